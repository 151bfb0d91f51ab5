"""The page that signs in for apps that cannot."""

import base64
import hashlib
import re

from tests.helpers.asgi import AsgiClient
from tests.helpers.server import RunningServer


async def test_the_page_signs_in_with_the_one_script_that_may_run(homeserver: RunningServer) -> None:
    client = AsgiClient(homeserver.app.http)
    reply = await client.get("/_matrix/static/client/login/", query={"device_id": "<b>"})
    html = reply.body.decode()
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    script = re.search(r"<script>(.*)</script>", html, re.DOTALL)
    assert script is not None
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in reply.headers["content-security-policy"]
    assert "window.matrixLogin.onLogin(answer)" in script[1]
    assert "<b>" not in html


async def test_the_page_speaks_italian_to_whoever_reads_it(homeserver: RunningServer) -> None:
    client = AsgiClient(homeserver.app.http)
    reply = await client.get("/_matrix/static/client/login/", headers={"Accept-Language": "it"})
    assert "Accedi" in reply.body.decode()
