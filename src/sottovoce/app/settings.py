"""What whoever runs the server may choose: from a TOML file, the environment, the command line; the last one wins."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from sottovoce.protocol.room_versions import ROOM_VERSIONS

PREFIX = "SOTTOVOCE_"
Switch = Literal["on", "off"]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Every setting, with its default."""

    data: str = "data"
    """The folder that holds everything the server knows."""
    host: str = "127.0.0.1"
    """The address to listen on; 0.0.0.0 for every one the machine has."""
    port: int = 8008
    """The port to listen on."""
    server_name: str | None = None
    """The name people's addresses end in, fixed for good at the first start."""
    public_url: str | None = None
    """Where people reach this server, when it is not where it listens."""
    database: str | None = None
    """A postgresql:// address; without it, one file in the data folder."""
    registration: Literal["open", "closed"] = "closed"
    """Whether anybody who finds the server may make an account."""
    default_room_version: str = "12"
    """The version of new rooms."""
    rate_limits: Switch = "on"
    """Whether floods of requests are slowed."""
    presence: Switch = "on"
    """Whether people who share a chat see who is there."""
    tls_cert: str | None = None
    """A certificate file, to serve https without a proxy."""
    tls_key: str | None = None
    """The certificate's key file."""
    trusted_proxies: str = "127.0.0.1,::1"
    """Addresses or networks, with commas between, whose X-Forwarded-For is believed."""
    metrics_port: int | None = None
    """A port for Prometheus metrics, on the same host; without it there are none."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """How much is logged."""
    log_format: Literal["json", "console"] = "console"
    """Logs for machines or for people."""
    webapp: str | None = None
    """A folder with another build of the web app."""


class BadSetting(Exception):
    """A setting has a value it cannot have; the text names it, what it got and what it may be."""


def load_settings(
    file: Path | None, environment: Mapping[str, str], command_line: Mapping[str, str | int | None]
) -> Settings:
    """The settings in force. Raises BadSetting."""
    values: dict[str, object] = {} if file is None else _read(file)
    names = {field.encode_name for field in msgspec.structs.fields(Settings)}
    for name in names:
        from_environment = environment.get(PREFIX + name.replace("-", "_").upper())
        if from_environment is not None:
            values[name] = from_environment
    values |= {name.replace("_", "-"): value for name, value in command_line.items() if value is not None}
    unknown = sorted(set(values) - names)
    if unknown:
        raise BadSetting(f"there is no setting called {unknown[0]!r}; the settings are {', '.join(sorted(names))}")
    return _checked(values)


def _read(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text())
    except OSError as cause:
        raise BadSetting(f"the settings file {file} cannot be read: {cause.strerror}") from cause
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise BadSetting(f"the settings file {file} is not valid TOML: {cause}") from cause


def _checked(values: dict[str, object]) -> Settings:
    defaults = msgspec.to_builtins(Settings())
    for name, value in values.items():
        try:
            msgspec.convert({**defaults, name: value}, Settings, strict=False)
        except msgspec.ValidationError as cause:
            raise BadSetting(f"{name} is {value!r}: {_expected(str(cause))}") from cause
    settings = msgspec.convert({**defaults, **values}, Settings, strict=False)
    _check_values(settings)
    return settings


def _check_values(settings: Settings) -> None:
    for name, port in (("port", settings.port), ("metrics-port", settings.metrics_port)):
        if port is not None and not 0 <= port <= 65_535:
            raise BadSetting(f"{name} is {port}: it may be a number from 0 to 65535")
    if settings.default_room_version not in ROOM_VERSIONS:
        allowed = ", ".join(ROOM_VERSIONS)
        raise BadSetting(f"default-room-version is {settings.default_room_version!r}: it may be one of {allowed}")
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise BadSetting("tls-cert and tls-key go together: give both files or neither")
    if settings.database is not None and not settings.database.startswith(("postgresql://", "postgres://")):
        raise BadSetting(f"database is {settings.database!r}: it may be an address like postgresql://user@host/name")
    if settings.public_url is not None and not settings.public_url.startswith(("http://", "https://")):
        raise BadSetting(f"public-url is {settings.public_url!r}: it may be an address like https://chat.example.org")


def _expected(why: str) -> str:
    return why.split(" - at ")[0].replace("Invalid enum value", "that is none of the values it may have")
