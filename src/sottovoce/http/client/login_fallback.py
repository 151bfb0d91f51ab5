"""A page that signs in, for apps that know no way of signing in themselves. Spec: client-server, Login Fallback."""

import base64
import hashlib

from sottovoce.http.answers import File
from sottovoce.http.call import Call
from sottovoce.http.pages import reads_italian
from sottovoce.http.routing import Auth, Route

PAGE = "/_matrix/static/client/login/"

_SCRIPT = """const form = document.forms[0];
const told = document.querySelector("output");
form.addEventListener("submit", async (event) => {
    event.preventDefault();
    told.value = "";
    const asked = new URLSearchParams(location.search);
    const body = {
        type: "m.login.password",
        identifier: { type: "m.id.user", user: form.user.value },
        password: form.password.value,
    };
    for (const name of ["device_id", "initial_device_display_name"]) {
        if (asked.has(name)) body[name] = asked.get(name);
    }
    if (asked.get("refresh_token") === "true") body.refresh_token = true;
    const reply = await fetch("/_matrix/client/v3/login", { method: "POST", body: JSON.stringify(body) });
    const answer = await reply.json();
    if (!reply.ok) told.value = answer.error;
    else if (window.matrixLogin && window.matrixLogin.onLogin) window.matrixLogin.onLogin(answer);
});"""
_HASH = base64.b64encode(hashlib.sha256(_SCRIPT.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; script-src 'sha256-{_HASH}'; connect-src 'self'; form-action 'none';"
    " base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-security-policy", _POLICY.encode()),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
)


def _page(title: str, name: str, password: str, button: str) -> File:
    html = (
        '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title></head><body><h1>{title}</h1><form>"
        f'<p><label>{name} <input name="user" autocomplete="username" required></label></p>'
        f'<p><label>{password} <input name="password" type="password" autocomplete="current-password" required>'
        f"</label></p><p><button>{button}</button></p><p><output></output></p></form>"
        f"<script>{_SCRIPT}</script></body></html>"
    )
    return File(html.encode(), _HEADERS)


_ENGLISH = _page("Sign in", "User name", "Password", "Sign in")
_ITALIAN = _page("Accedi", "Nome utente", "Password", "Accedi")


async def _show(call: Call) -> File:
    return _ITALIAN if reads_italian(call) else _ENGLISH


def routes() -> list[Route]:
    """The route of the page."""
    return [Route(method="GET", pattern=PAGE, handler=_show, auth=Auth.NONE)]
