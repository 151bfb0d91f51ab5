"""The registration files of app services. Spec: application-service, Registration."""

import tomllib
from pathlib import Path

import msgspec

from sottovoce.app.settings import BadSetting, Settings
from sottovoce.domains.appservices.model import AppService
from sottovoce.domains.appservices.rules import check_together, registration
from sottovoce.protocol.errors import Malformed

FILE_LIMIT_BYTES = 1024 * 1024


def registrations(settings: Settings) -> list[AppService]:
    """The app services of the files in `app-services`. Raises BadSetting."""
    files = [Path(part.strip()) for part in (settings.app_services or "").split(",") if part.strip()]
    services = []
    for file in files:
        try:
            services.append(registration(_read(file)))
            check_together(services)
        except Malformed as cause:
            raise BadSetting(f"app-services has {file} in it, which cannot be used: {cause}") from cause
    return services


def _read(file: Path) -> object:
    """What the file holds: YAML, as the specification has it, or JSON or TOML by its ending."""
    try:
        if file.stat().st_size > FILE_LIMIT_BYTES:
            raise Malformed(f"it is larger than {FILE_LIMIT_BYTES} bytes")
        text = file.read_text("utf-8")
    except OSError as cause:
        raise Malformed(f"{cause.strerror}") from cause
    except UnicodeDecodeError as cause:
        raise Malformed("it is not UTF-8") from cause
    try:
        if file.suffix == ".toml":
            return tomllib.loads(text)
        if file.suffix == ".json":
            return msgspec.json.decode(text)
        return _yaml(text)
    except (tomllib.TOMLDecodeError, msgspec.DecodeError, RecursionError) as cause:
        raise Malformed(_one_line(cause)) from cause


def _yaml(text: str) -> object:
    import yaml  # noqa: PLC0415 - only servers with bridges read it

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as cause:
        raise Malformed(_one_line(cause)) from cause


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
