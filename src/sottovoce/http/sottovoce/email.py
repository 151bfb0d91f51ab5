"""The page behind the link in a mail: it asks once more, so that no robot that follows links confirms anything."""

from urllib.parse import urlsplit

from sottovoce.domains.accounts.model import ValidationExpired, WrongValidationToken
from sottovoce.domains.accounts.service import Accounts
from sottovoce.domains.accounts.service.email_validations import PAGE
from sottovoce.http.answers import File
from sottovoce.http.call import Call
from sottovoce.http.pages import form, form_fields, form_routes, link, page, reads_italian, text
from sottovoce.http.routing import Route

_FIELDS = ("sid", "client_secret", "token")

_ENGLISH = {
    "ask": "Confirm your address",
    "warn": "If it was not you who asked for the mail, close this page: whoever asked goes on in your name.",
    "button": "It is mine, and I asked",
    "done": "Confirmed",
    "go_on": "You may close this page and go on where you began.",
    "wrong": "This link is not valid",
    "why": "It has expired, has been used, or was replaced by a newer one.",
    "next": "Go on to {address}",
}
_ITALIAN = {
    "ask": "Conferma il tuo indirizzo",
    "warn": "Se non sei stato tu a chiedere il messaggio, chiudi questa pagina: chi l'ha chiesto agirà a tuo nome.",
    "button": "È mio, e l'ho chiesto io",
    "done": "Confermato",
    "go_on": "Puoi chiudere questa pagina e continuare dove avevi cominciato.",
    "wrong": "Questo link non è valido",
    "why": "È scaduto, è stato usato, o ne è arrivato uno più nuovo.",
    "next": "Continua su {address}",
}


class EmailRoutes:
    """Handlers of the page."""

    def __init__(self, accounts: Accounts) -> None:
        self._email = accounts.email

    async def ask(self, call: Call) -> File:
        """GET email/confirm."""
        words = _words(call)
        hidden = {name: call.query.text(name) or "" for name in _FIELDS}
        return page(words["ask"], text(words["warn"]), form(words["button"], hidden))

    async def confirm(self, call: Call) -> File:
        """POST email/confirm."""
        words, fields = _words(call), form_fields(call)
        try:
            next_link = await self._email.submit(*(fields.get(name, "") for name in _FIELDS))
        except (WrongValidationToken, ValidationExpired):
            return page(words["wrong"], text(words["why"]), status=400)
        further = [] if next_link is None else [_further(next_link, words["next"])]
        return page(words["done"], text(words["go_on"]), *further)


def routes(accounts: Accounts) -> list[Route]:
    """The routes of this section."""
    own = EmailRoutes(accounts)
    return form_routes(PAGE, own.ask, own.confirm)


def _further(address: str, words: str) -> str:
    """Where the client wants people to go on. It is shown whose page it is: anybody can ask for such a mail."""
    return link(address, words.format(address=urlsplit(address).netloc))


def _words(call: Call) -> dict[str, str]:
    return _ITALIAN if reads_italian(call) else _ENGLISH
