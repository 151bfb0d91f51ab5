"""`sottovoce serve`."""

import sys

from sottovoce.app.serve import serve
from sottovoce.app.settings import Settings
from sottovoce.cli.trouble import in_words
from sottovoce.infra.logs import configure_logs


def run(settings: Settings, given: dict[str, object]) -> int:
    """Serve until told to stop."""
    configure_logs(settings.log_level, settings.log_format)
    with in_words():
        serve(settings, _announce)
    return 0


def _announce(address: str, code: str | None) -> None:
    if code is None:
        _print(f"Sottovoce is ready: open {address} in a browser. Ctrl-C stops it.")
        return
    link = f"{address}/setup#{code}"
    _print(
        "\nSottovoce is running and waits to be set up. Open this link in a browser, once:\n\n"
        f"    {link}\n\n"
        "or point a phone that reaches this machine at this:\n"
    )
    if sys.stdout.isatty():
        import segno  # noqa: PLC0415 - only who sets a server up needs it

        segno.make(link, error="l").terminal(compact=True, border=2)
    _print("The link gives whoever opens it the administrator's account. Ctrl-C stops the server.")


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
