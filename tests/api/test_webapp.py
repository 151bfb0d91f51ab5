"""How the web app's files are served."""

import os
from pathlib import Path

import pytest

from sottovoce.domains.accounts.model import Caller
from sottovoce.http.app import HttpApp
from sottovoce.http.limits import Limits
from sottovoce.http.routing import Router
from sottovoce.http.webapp import WebApp, find_webapp
from tests.helpers.asgi import AsgiClient


class Nobody:
    async def identify(self, token: str, client_ip: str) -> Caller:
        raise AssertionError("nobody asks for a token here")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "webapp"
    (folder / "assets").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    (folder / ".hidden.txt").write_text("secret")
    (folder / "index.html").write_text("<!doctype html>")
    (folder / "sw.js").write_text("worker")
    (folder / "assets" / "app-1a2b.js").write_text("plain")
    (folder / "assets" / "app-1a2b.js.br").write_bytes(b"brotli")
    (folder / "assets" / "app-1a2b.js.gz").write_bytes(b"gzip")
    (folder / "assets" / "large.wasm").write_bytes(b"w" * 300_000)
    return folder


@pytest.fixture
def client(folder: Path) -> AsgiClient:
    return AsgiClient(HttpApp(Router([]), Nobody(), Limits({}, lambda: 0.0), site=find_webapp(folder)))


async def test_a_path_without_a_dot_is_the_app(client: AsgiClient) -> None:
    for path in ("/", "/setup", "/chat/%21room%3Atest/x", "/a//b"):
        reply = await client.get(path)
        assert (reply.status, reply.body) == (200, b"<!doctype html>")
        assert reply.headers["content-type"] == "text/html; charset=utf-8"
        assert reply.headers["cache-control"] == "no-cache"


async def test_the_document_is_guarded_by_a_strict_policy(client: AsgiClient) -> None:
    headers = (await client.get("/")).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


async def test_hashed_files_may_be_kept_for_ever_and_others_are_asked_for_again(client: AsgiClient) -> None:
    assert "immutable" in (await client.get("/assets/app-1a2b.js")).headers["cache-control"]
    assert (await client.get("/sw.js")).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("accepts", "body", "encoding"),
    [("gzip, br", b"brotli", "br"), ("gzip", b"gzip", "gzip"), ("", b"plain", None)],
)
async def test_the_best_encoding_the_client_takes_is_sent(
    client: AsgiClient, accepts: str, body: bytes, encoding: str | None
) -> None:
    reply = await client.get("/assets/app-1a2b.js", headers={"Accept-Encoding": accepts})
    assert (reply.body, reply.headers.get("content-encoding")) == (body, encoding)
    assert reply.headers["vary"] == "accept-encoding"
    assert reply.headers["content-type"] == "text/javascript; charset=utf-8"


async def test_a_file_that_has_not_changed_is_not_sent_again(client: AsgiClient, folder: Path) -> None:
    etag = (await client.get("/sw.js")).headers["etag"]
    reply = await client.get("/sw.js", headers={"If-None-Match": etag})
    assert (reply.status, reply.body) == (304, b"")
    os.utime(folder / "sw.js", (1, 1))
    assert (await client.get("/sw.js", headers={"If-None-Match": etag})).status == 200


async def test_a_large_file_arrives_whole(client: AsgiClient) -> None:
    reply = await client.get("/assets/large.wasm")
    assert (len(reply.body), reply.headers["content-type"]) == (300_000, "application/wasm")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/../../secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "/.hidden.txt",
        "//etc/os-release.txt",
        "/%00.txt",
        "/%FF.txt",
        "/missing.js",
        "/assets/folder.d/",
        "/assets.",
    ],
)
async def test_nothing_outside_the_folder_or_hidden_is_served(client: AsgiClient, path: str) -> None:
    reply = await client.get(path)
    assert b"secret" not in reply.body
    assert reply.status == 404 or reply.body == b"<!doctype html>"


async def test_a_folder_is_no_file(client: AsgiClient, folder: Path) -> None:
    (folder / "some.folder").mkdir()
    assert (await client.get("/some.folder")).status == 404


async def test_other_methods_than_get_and_head_are_refused(client: AsgiClient) -> None:
    assert (await client.post("/")).status == 405
    assert (await client.request("HEAD", "/")).status == 200


async def test_the_api_is_never_answered_with_the_app(client: AsgiClient) -> None:
    assert (await client.get("/_matrix/client/v3/nothing")).errcode == "M_UNRECOGNIZED"


def test_a_folder_without_an_index_is_no_app(tmp_path: Path) -> None:
    assert find_webapp(tmp_path) is None
    (tmp_path / "index.html").touch()
    assert isinstance(find_webapp(tmp_path), WebApp)
