"""Plain pages for browsers that have come by a link or from another app: no style, no script but one that is known."""

import base64
import hashlib
from urllib.parse import parse_qs

from sottovoce.http.answers import File, Headers
from sottovoce.http.call import Call
from sottovoce.http.refused import Refused
from sottovoce.http.routing import Auth, Handler, Route

FORM_FIELDS_LIMIT = 20
FORM_LIMIT_BYTES = 4 * 1024

_AUTH_DONE = """if (window.onAuthDone) {
    window.onAuthDone();
} else if (window.opener && window.opener.postMessage) {
    window.opener.postMessage("authDone", "*");
}"""
"""What the specification asks a fallback page to do. Spec: client-server, Fallback."""

_SCRIPT_HASH = base64.b64encode(hashlib.sha256(_AUTH_DONE.encode()).digest())
_POLICY = b"default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; script-src 'sha256-%b'"
_HEADERS: Headers = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-security-policy", _POLICY % _SCRIPT_HASH),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


def reads_italian(call: Call) -> bool:
    """Whether the browser asks for Italian first."""
    for name, value in call.headers:
        if name == b"accept-language":
            return value[:2].lower() == b"it"
    return False


def page(title: str, *paragraphs: str, status: int = 200, is_done: bool = False) -> File:
    """A page. title: a text; paragraphs: HTML, for which `text`, `link` and `form` are good.

    is_done: tells the app that opened it that the stage is passed.
    """
    script = f"<script>{_AUTH_DONE}</script>" if is_done else ""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{_escaped(title)}</title>'
    html = f"<!doctype html><html><head>{head}</head><body><h1>{_escaped(title)}</h1>{body}{script}</body></html>"
    return File(html.encode("utf-8", "replace"), _HEADERS, status)


def text(words: str) -> str:
    """Words, as HTML."""
    return _escaped(words)


def link(address: str, words: str) -> str:
    """A link that opens a page of its own."""
    return f'<a href="{_escaped(address)}" target="_blank" rel="noopener noreferrer">{_escaped(words)}</a>'


def form(button: str, hidden: dict[str, str], label: str | None = None, field: str = "", kind: str = "text") -> str:
    """A form that is posted to where it came from: at most one field to fill in, and a button."""
    inputs = "".join(
        f'<input type="hidden" name="{_escaped(name)}" value="{_escaped(value)}">' for name, value in hidden.items()
    )
    if label is not None:
        inputs += f'<label>{_escaped(label)} <input name="{_escaped(field)}" type="{_escaped(kind)}" required></label> '
    return f'<form method="post" action="?">{inputs}<button>{_escaped(button)}</button></form>'


def form_routes(pattern: str, show: Handler, submit: Handler) -> list[Route]:
    """The routes of a page with a form, which is posted to where it came from."""
    return [
        Route(method="GET", pattern=pattern, handler=show, auth=Auth.NONE, limit="login"),
        Route(
            method="POST",
            pattern=pattern,
            handler=submit,
            auth=Auth.NONE,
            limit="login",
            body_limit_bytes=FORM_LIMIT_BYTES,
        ),
    ]


def form_fields(call: Call) -> dict[str, str]:
    """The fields of a posted form, of each the first value. Raises Refused (M_INVALID_PARAM)."""
    try:
        fields = parse_qs(call.body.decode(), keep_blank_values=True, max_num_fields=FORM_FIELDS_LIMIT, errors="strict")
    except ValueError:
        raise Refused(400, "M_INVALID_PARAM", "This form cannot be read") from None
    return {name: values[0] for name, values in fields.items() if "\0" not in values[0]}


def _escaped(text: str) -> str:
    from html import escape  # noqa: PLC0415 - it brings a table of all entities, for which only pages have a use

    return escape(text)
