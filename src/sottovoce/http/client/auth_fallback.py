"""Pages that pass a stage of authentication in a browser, where the app does not know it. Spec: Fallback."""

from collections.abc import Callable

from sottovoce.domains.accounts.model import InteractionNeeded, TooManyAttempts
from sottovoce.domains.accounts.service import Accounts
from sottovoce.domains.accounts.service.interactive import InteractiveSession
from sottovoce.domains.accounts.service.sensitive import PASSWORD
from sottovoce.domains.accounts.service.stages import DUMMY, TERMS, TOKEN
from sottovoce.http.answers import File
from sottovoce.http.call import Call
from sottovoce.http.pages import form, form_fields, form_routes, link, page, reads_italian, text
from sottovoce.http.refused import Refused
from sottovoce.http.routing import Route

_ENGLISH = {
    "title": "Go on",
    "done": "Done",
    "close": "You may close this page.",
    "button": "Go on",
    "agree": "I have read it and agree",
    "password": "Your password",
    "token": "Your registration token",
    "gone": "This page has expired",
    "again": "Go back to the app and begin again.",
    "wrong": "That was not right. Try again.",
    "wait": "Too many attempts. Try again later.",
}
_ITALIAN = {
    "title": "Continua",
    "done": "Fatto",
    "close": "Puoi chiudere questa pagina.",
    "button": "Continua",
    "agree": "Ho letto e accetto",
    "password": "La tua password",
    "token": "Il tuo codice d'invito",
    "gone": "Questa pagina è scaduta",
    "again": "Torna all'app e ricomincia.",
    "wrong": "Non era giusto. Riprova.",
    "wait": "Troppi tentativi. Riprova più tardi.",
}

Words = dict[str, str]


class FallbackRoutes:
    """Handlers of the pages."""

    def __init__(self, accounts: Accounts) -> None:
        self._interactive = accounts.interactive

    async def show(self, call: Call) -> File:
        """GET auth/{stage}/fallback/web."""
        session_id = call.query.required("session")
        words, stage = _words(call), _offered(call)
        session = self._interactive.find(session_id)
        if session is None:
            return _gone(words)
        if stage in session.passed:
            return page(words["done"], text(words["close"]), is_done=True)
        return page(words["title"], *_asked(stage, session, words))

    async def submit(self, call: Call) -> File:
        """POST auth/{stage}/fallback/web."""
        words, stage, fields = _words(call), _offered(call), form_fields(call)
        session = self._interactive.find(fields.get("session", ""))
        if session is None:
            return _gone(words)
        try:
            await self._interactive.submit(session, {**fields, "type": stage})
        except InteractionNeeded:
            return page(words["title"], text(words["wrong"]), *_asked(stage, session, words), status=403)
        except TooManyAttempts:
            return page(words["title"], text(words["wait"]), *_asked(stage, session, words), status=429)
        return page(words["done"], text(words["close"]), is_done=True)


def routes(accounts: Accounts) -> list[Route]:
    """The routes of this section."""
    own = FallbackRoutes(accounts)
    at = "/_matrix/client/v3/auth/{stage}/fallback/web"
    return form_routes(at, own.show, own.submit)


def _offered(call: Call) -> str:
    stage = call.path["stage"]
    if stage not in _ASKS:
        raise Refused(404, "M_UNRECOGNIZED", "There is no page for this stage")
    return stage


def _asked(stage: str, session: InteractiveSession, words: Words) -> list[str]:
    return _ASKS[stage](session, words)


def _ask_dummy(session: InteractiveSession, words: Words) -> list[str]:
    return [form(words["button"], {"session": session.id})]


def _ask_terms(session: InteractiveSession, words: Words) -> list[str]:
    terms = session.params.get(TERMS)
    policies = terms["policies"] if isinstance(terms, dict) else {}
    language = "it" if words is _ITALIAN else "en"
    links = [link(policy[language]["url"], policy[language]["name"]) for policy in policies.values()]
    return [*links, form(words["agree"], {"session": session.id})]


def _ask_token(session: InteractiveSession, words: Words) -> list[str]:
    return [form(words["button"], {"session": session.id}, words["token"], "token")]


def _ask_password(session: InteractiveSession, words: Words) -> list[str]:
    return [form(words["button"], {"session": session.id}, words["password"], "password", "password")]


_ASKS: dict[str, Callable[[InteractiveSession, Words], list[str]]] = {
    DUMMY: _ask_dummy,
    TERMS: _ask_terms,
    TOKEN: _ask_token,
    PASSWORD: _ask_password,
}


def _gone(words: Words) -> File:
    return page(words["gone"], text(words["again"]), status=404)


def _words(call: Call) -> Words:
    return _ITALIAN if reads_italian(call) else _ENGLISH
