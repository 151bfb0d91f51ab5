"""The web app's built files, served with the headers that keep it safe and quick."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from sottovoce.http.answers import File, Headers
from sottovoce.http.compression import takes

# Larger files are read in a thread.
READ_IN_LOOP_BYTES = 256 * 1024

PACKAGE = Path(__file__).parent.parent

CONTENT_SECURITY_POLICY = (
    b"default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
    b"img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; "
    b"frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
)

_GUARDS: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
# Only documents and workers are governed by these.
_DOCUMENT_GUARDS: Headers = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), microphone=(self), geolocation=(self), payment=(), usb=()"),
)
_FOREVER = (b"cache-control", b"public, max-age=31536000, immutable")
_ASK_AGAIN = (b"cache-control", b"no-cache")
_VARY = (b"vary", b"accept-encoding")

_CONTENT_TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".gif": b"image/gif",
    ".html": b"text/html; charset=utf-8",
    ".ico": b"image/x-icon",
    ".jpg": b"image/jpeg",
    ".js": b"text/javascript; charset=utf-8",
    ".json": b"application/json",
    ".mp3": b"audio/mpeg",
    ".ogg": b"audio/ogg",
    ".png": b"image/png",
    ".svg": b"image/svg+xml",
    ".txt": b"text/plain; charset=utf-8",
    ".wasm": b"application/wasm",
    ".webmanifest": b"application/manifest+json",
    ".webp": b"image/webp",
    ".woff2": b"font/woff2",
}
_ENCODINGS = ((b"br", ".br"), (b"gzip", ".gz"))


class _Variant(NamedTuple):
    path: Path
    encoding: bytes | None
    size_bytes: int
    etag: bytes


class WebApp:
    """The files under one folder; a path without a dot that is no file is answered with `index.html`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def answer(self, method: str, raw_path: bytes, headers: Sequence[tuple[bytes, bytes]]) -> File:
        """The file at this path in the best encoding the request takes; 304 if the client has it already."""
        if method not in ("GET", "HEAD"):
            return _plain(405, b"Method not allowed")
        asked = dict(headers)
        name = _file_name(raw_path)
        variant = self._variant(name, asked.get(b"accept-encoding", b"")) if name is not None else None
        if name is None or variant is None:
            return _plain(404, b"Not found")
        fixed = _headers(name, variant)
        if variant.etag in asked.get(b"if-none-match", b""):
            return File(b"", fixed, 304)
        if variant.size_bytes > READ_IN_LOOP_BYTES:
            return File(await asyncio.to_thread(variant.path.read_bytes), fixed)
        return File(variant.path.read_bytes(), fixed)

    def _variant(self, name: str, accept_encoding: bytes) -> _Variant | None:
        for encoding, suffix in _ENCODINGS:
            if takes(accept_encoding, encoding):
                found = _found(self._folder / (name + suffix), encoding)
                if found is not None:
                    return found
        return _found(self._folder / name, None)


def _file_name(raw_path: bytes) -> str | None:
    """The file a path asks for, relative to the folder; None if no file may have such a name."""
    try:
        path = unquote_to_bytes(raw_path).decode()
    except UnicodeDecodeError:
        return None
    segments = path.split("/")[1:]
    if "." not in segments[-1]:
        return "index.html"
    if any(mark in path for mark in "\\\0:") or any(segment[:1] in ("", ".") for segment in segments):
        return None
    return "/".join(segments)


def _found(path: Path, encoding: bytes | None) -> _Variant | None:
    try:
        status = path.stat()
    except OSError:
        return None
    if not S_ISREG(status.st_mode):
        return None
    etag = b'"%x-%x%s"' % (status.st_mtime_ns, status.st_size, b"-" + encoding if encoding else b"")
    return _Variant(path, encoding, status.st_size, etag)


def _headers(name: str, variant: _Variant) -> Headers:
    suffix = name[name.rindex(".") :]
    headers = (
        (b"content-type", _CONTENT_TYPES.get(suffix, b"application/octet-stream")),
        (b"etag", variant.etag),
        _FOREVER if name.startswith("assets/") else _ASK_AGAIN,
        _VARY,
        *_GUARDS,
    )
    if suffix in (".html", ".js"):
        headers += _DOCUMENT_GUARDS
    if variant.encoding is not None:
        headers += ((b"content-encoding", variant.encoding),)
    return headers


def _plain(status: int, text: bytes) -> File:
    return File(text, ((b"content-type", b"text/plain; charset=utf-8"), *_GUARDS), status)


def find_webapp(folder: Path | None) -> WebApp | None:
    """The web app in this folder, by default in the package or, in a checkout, where it is built; None if it is not."""
    folders = [folder] if folder is not None else [PACKAGE / "webapp", PACKAGE.parent.parent / "web/dist"]
    return next((WebApp(place) for place in folders if (place / "index.html").is_file()), None)
