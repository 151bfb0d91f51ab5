"""What whoever runs the server may choose: from a TOML file, the environment, the command line; the last one wins."""

import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, get_args, get_type_hints

import msgspec
from msgspec import Meta

from sottovoce.app.rates import rates_in
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import is_user_id, parse_server_name
from sottovoce.protocol.room_versions import ROOM_VERSIONS

ENVIRONMENT_PREFIX = "SOTTOVOCE_"
Switch = Literal["on", "off"]
Positive = Annotated[int, Meta(ge=1)]
Days = Annotated[int, Meta(ge=1, le=36_500)]
Port = Annotated[int, Meta(ge=0, le=65_535)]


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """Every setting, with its default and what it is for."""

    data: Annotated[str, Meta(description="the folder that holds everything the server knows")] = "data"
    host: Annotated[str, Meta(description="the address to listen on; 0.0.0.0 for all the machine has")] = "127.0.0.1"
    port: Annotated[Port, Meta(description="the port to listen on")] = 8008
    server_name: Annotated[
        str | None, Meta(description="what people's addresses end in; fixed for good at the first start")
    ] = None
    public_url: Annotated[
        str | None, Meta(description="where people reach the server, such as https://chat.example.org")
    ] = None
    database: Annotated[
        str | None, Meta(description="a postgresql:// address; without it, one file in the data folder")
    ] = None
    registration: Annotated[
        Literal["open", "closed"], Meta(description="whether whoever finds the server may make an account")
    ] = "closed"
    max_accounts: Annotated[
        Positive | None, Meta(description="how many accounts there may be, guests with them; without it, any number")
    ] = None
    admin_contact: Annotated[
        str, Meta(description="e-mail addresses or user ids, commas between, of whoever runs the server; shown to all")
    ] = ""
    support_page: Annotated[str | None, Meta(description="the address of a page with help for people")] = None
    registration_email: Annotated[
        Switch, Meta(description="whether people show that an e-mail address is theirs when they register")
    ] = "off"
    terms_url: Annotated[
        str | None, Meta(description="the address of the terms that people agree to when they register")
    ] = None
    terms_version: Annotated[str, Meta(description="which version of the terms that is")] = "1"
    password_min_length: Annotated[Positive, Meta(description="how many characters a password has at least")] = 8
    access_token_lifetime_s: Annotated[
        Positive, Meta(description="seconds after which a device that can renew its access token has to")
    ] = 3_600
    guests: Annotated[Switch, Meta(description="whether people without an account may join what is open to guests")] = (
        "off"
    )
    default_room_version: Annotated[str, Meta(description="the Matrix room version of new chats")] = "12"
    rate_limits: Annotated[Switch, Meta(description="whether floods of requests are slowed")] = "on"
    rates: Annotated[
        str,
        Meta(description="how many requests a second, and at once, of each kind, such as message=10/100, login=0.2/10"),
    ] = ""
    presence: Annotated[Switch, Meta(description="whether people who share a chat see who is there")] = "on"
    app_services: Annotated[
        str | None, Meta(description="registration files of bridges and bots (app services), commas between")
    ] = None
    public_directory: Annotated[Switch, Meta(description="whether people may list rooms for everybody to find")] = "off"
    search: Annotated[Switch, Meta(description="whether people may search their chats on the server")] = "on"
    delayed_events: Annotated[
        int, Meta(ge=0, le=10_000, description="how many events one person may have waiting to be sent later")
    ] = 100
    keep_messages_days: Annotated[
        Days | None, Meta(description="after how many days messages are erased; without it, never")
    ] = None
    redaction_retention_hours: Annotated[
        int,
        Meta(ge=0, le=87_600, description="for how many hours administrators may see what a redacted event said"),
    ] = 0
    delayed_events_max_s: Annotated[
        int, Meta(ge=1, le=315_360_000, description="by how many seconds an event may be delayed at most")
    ] = 2_592_000
    turn_uris: Annotated[
        str | None, Meta(description="where calls are relayed, such as turn:turn.example.org, commas between")
    ] = None
    turn_secret: Annotated[str | None, Meta(description="the secret shared with the relay of calls")] = None
    turn_lifetime_s: Annotated[
        int, Meta(ge=60, le=2_592_000, description="for how long somebody may use the relay before asking again")
    ] = 86_400
    push_private_addresses: Annotated[
        Switch, Meta(description="whether pushes may go to addresses of the own network, and without TLS")
    ] = "off"
    smtp_host: Annotated[
        str | None, Meta(description="the server that mail is handed to; without it there is none")
    ] = None
    smtp_port: Annotated[Port, Meta(description="its port")] = 587
    smtp_tls: Annotated[Literal["starttls", "tls", "off"], Meta(description="how mail is kept secret on its way")] = (
        "starttls"
    )
    smtp_user: Annotated[str | None, Meta(description="the name to sign in with at the mail server")] = None
    smtp_password_file: Annotated[str | None, Meta(description="a file with the password for that")] = None
    smtp_from: Annotated[str | None, Meta(description="the address that mails come from")] = None
    tls_cert: Annotated[str | None, Meta(description="a certificate file, to serve https without a proxy")] = None
    tls_key: Annotated[str | None, Meta(description="the certificate's key file")] = None
    trusted_proxies: Annotated[
        str, Meta(description="addresses or networks, commas between, whose X-Forwarded-For is believed")
    ] = "127.0.0.1,::1"
    metrics_port: Annotated[
        Port | None, Meta(description="a port for Prometheus metrics on the same host; without it there are none")
    ] = None
    log_level: Annotated[Literal["debug", "info", "warning", "error"], Meta(description="how much is logged")] = "info"
    log_format: Annotated[Literal["json", "console"], Meta(description="logs for machines or for people")] = "console"
    webapp: Annotated[str | None, Meta(description="a folder with another build of the web app")] = None


class BadSetting(Exception):
    """A setting has a value it cannot have; the text names it, what it got and what it may be."""


def proxies(settings: Settings) -> list[str]:
    """The addresses and networks of `trusted_proxies`, one by one."""
    return [part.strip() for part in settings.trusted_proxies.split(",") if part.strip()]


def turn_uris(settings: Settings) -> list[str]:
    """The addresses of `turn_uris`, one by one."""
    return [part.strip() for part in (settings.turn_uris or "").split(",") if part.strip()]


def contacts(settings: Settings) -> list[str]:
    """The addresses of `admin_contact`, one by one."""
    return [part.strip() for part in settings.admin_contact.split(",") if part.strip()]


def admin_contact(settings: Settings) -> str:
    """The first contact, as an address that can be opened."""
    first = contacts(settings)[:1]
    return "".join(f"https://matrix.to/#/{text}" if text.startswith("@") else f"mailto:{text}" for text in first)


def names() -> list[str]:
    """The settings' names, as on the command line and in the file."""
    return [field.encode_name for field in msgspec.structs.fields(Settings)]


def described() -> dict[str, tuple[str, str]]:
    """For each setting what it is for, and its default in words."""
    hints = get_type_hints(Settings, include_extras=True)
    table = {}
    for field in msgspec.structs.fields(Settings):
        meta = next(extra for extra in get_args(hints[field.name])[1:] if extra.description is not None)
        table[field.encode_name] = (meta.description, "none" if field.default is None else str(field.default))
    return table


def load_settings(
    file: Path | None, environment: Mapping[str, str], command_line: Mapping[str, str | None]
) -> Settings:
    """The settings in force. Raises BadSetting."""
    values: dict[str, object] = {} if file is None else _read(file)
    for name in names():
        from_environment = environment.get(ENVIRONMENT_PREFIX + name.replace("-", "_").upper())
        if from_environment is not None:
            values[name] = from_environment
    values |= {name: value for name, value in command_line.items() if value is not None}
    unknown = sorted(set(values) - set(names()))
    if unknown:
        raise BadSetting(f"there is no setting called {unknown[0]}: there are {', '.join(names())}")
    settings = _converted(values)
    _check_together(settings)
    return settings


def _read(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text())
    except OSError as cause:
        raise BadSetting(f"the settings file {file} cannot be read: {cause.strerror}") from cause
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise BadSetting(f"the settings file {file} is not valid TOML: {cause}") from cause


def _converted(values: Mapping[str, object]) -> Settings:
    for field in msgspec.structs.fields(Settings):
        if field.encode_name in values:
            value = values[field.encode_name]
            try:
                msgspec.convert({field.encode_name: value}, Settings, strict=False)
            except msgspec.ValidationError as cause:
                raise BadSetting(f"{field.encode_name} is {value!r}: it may be {_choices(field.type)}") from cause
    return msgspec.convert(values, Settings, strict=False)


def _choices(kind: object) -> str:
    """What a setting of this type may be, in words."""
    inner = get_args(kind)
    if getattr(kind, "__origin__", None) is Literal:
        return " or ".join(str(choice) for choice in inner)
    for part in _parts(kind):
        if isinstance(part, Meta) and part.ge is not None and part.le is not None:
            return f"a number from {part.ge} to {part.le}"
    if any(isinstance(part, Meta) and part.ge == 1 for part in _parts(kind)):
        return "a number from 1 on"
    nested = [part for part in inner if part is not type(None) and not isinstance(part, Meta)]
    return _choices(nested[0]) if nested and kind is not nested[0] else "a text"


def _parts(kind: object) -> list[object]:
    found: list[object] = []
    for part in (*get_args(kind), *getattr(kind, "__metadata__", ())):
        found += [part, *_parts(part)]
    return found


def _check_together(settings: Settings) -> None:
    version = settings.default_room_version
    if version not in ROOM_VERSIONS:
        raise BadSetting(f"default-room-version is {version!r}: it may be {' or '.join(ROOM_VERSIONS)}")
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise BadSetting("tls-cert and tls-key go together: give both files or neither")
    if settings.database is not None and not settings.database.startswith(("postgresql://", "postgres://")):
        raise BadSetting(f"database is {settings.database!r}: it may be an address like postgresql://user@host/name")
    _check_turn(settings)
    _check_proxies(settings)
    _check_contacts(settings)
    _check_mail(settings)
    _check_rates(settings)
    _check_registration(settings)
    _check_server_name(settings.server_name)
    if settings.public_url is not None and not settings.public_url.startswith(("http://", "https://")):
        raise BadSetting(f"public-url is {settings.public_url!r}: it may be an address like https://chat.example.org")


def _check_turn(settings: Settings) -> None:
    uris = turn_uris(settings)
    if bool(uris) != (settings.turn_secret is not None):
        raise BadSetting("turn-uris and turn-secret go together: give both or neither")
    for uri in uris:
        if not uri.startswith(("turn:", "turns:")):
            raise BadSetting(
                f"turn-uris has {uri!r} in it: it may be addresses like turn:turn.example.org?transport=udp"
            )


def _check_proxies(settings: Settings) -> None:
    for proxy in proxies(settings):
        try:
            ip_network(proxy)
        except ValueError as cause:
            raise BadSetting(
                f"trusted-proxies has {proxy!r} in it: it may be addresses or networks like 10.0.0.0/8, commas between"
            ) from cause


def _check_contacts(settings: Settings) -> None:
    for contact in contacts(settings):
        if not is_user_id(contact) and not re.fullmatch(r"[^@\s]+@[^@\s]+", contact):
            raise BadSetting(
                f"admin-contact has {contact!r} in it: it may be addresses like anna@example.org or @anna:example.org"
            )
    if settings.max_accounts is not None and not contacts(settings):
        raise BadSetting("max-accounts needs admin-contact: whoever finds no place is told whom to ask")
    page = settings.support_page
    if page is not None and not page.startswith(("http://", "https://")):
        raise BadSetting(f"support-page is {page!r}: it may be an address like https://example.org/help")


def _check_mail(settings: Settings) -> None:
    if settings.smtp_host is not None and (settings.smtp_from is None or settings.public_url is None):
        raise BadSetting("smtp-host needs smtp-from, and public-url, which links in mails begin with")
    if (settings.smtp_user is None) != (settings.smtp_password_file is None):
        raise BadSetting("smtp-user and smtp-password-file go together: give both or neither")
    if settings.smtp_from is not None and not re.fullmatch(r"[^\r\n]*[^@\s]+@[^@\s]+", settings.smtp_from):
        raise BadSetting(f"smtp-from is {settings.smtp_from!r}: it may be an address like chat@example.org")
    file = settings.smtp_password_file
    if file is not None and not Path(file).is_file():
        raise BadSetting(f"smtp-password-file is {file!r}: there is no such file")


def _check_rates(settings: Settings) -> None:
    try:
        rates_in(settings.rates)
    except ValueError as cause:
        raise BadSetting(
            f"rates is {settings.rates!r}: it may be like message=10/100, login=0.2/10; wrong is {cause}"
        ) from cause


def _check_registration(settings: Settings) -> None:
    if settings.registration_email == "on" and settings.smtp_host is None:
        raise BadSetting("registration-email is 'on' but there is no smtp-host to send mail with")
    url = settings.terms_url
    if url is not None and not url.startswith(("http://", "https://")):
        raise BadSetting(f"terms-url is {url!r}: it may be an address like https://example.org/terms")
    if not re.fullmatch(r"[0-9A-Za-z._~-]{1,255}", settings.terms_version):
        raise BadSetting(f"terms-version is {settings.terms_version!r}: it may be letters, digits and . _ ~ -")


def _check_server_name(name: str | None) -> None:
    try:
        if name is not None:
            parse_server_name(name.lower())
    except Malformed as cause:
        raise BadSetting(f"server-name is {name!r}: it may be a name like chat.example.org") from cause
