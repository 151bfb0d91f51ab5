"""The files that say which app services there are. Spec: application-service, Registration."""

from pathlib import Path

import msgspec
import pytest

from sottovoce.app.build import App
from sottovoce.app.settings import BadSetting, Settings
from tests.helpers.app_service import written

YAML = """
id: "IRC Bridge"
url: "http://127.0.0.1:1234"
as_token: "ours"
hs_token: "theirs"
sender_localpart: "_irc_bot" # Will result in @_irc_bot:example.org
namespaces:
  users:
    - exclusive: true
      regex: "@_irc_bridge_.*"
  aliases:
    - exclusive: false
      regex: "#_irc_bridge_.*"
  rooms: []
"""
TOML = """
id = "IRC Bridge"
url = "http://127.0.0.1:1234"
as_token = "ours"
hs_token = "theirs"
sender_localpart = "_irc_bot"
namespaces.users = [{exclusive = true, regex = "@_irc_bridge_.*"}]
namespaces.aliases = [{exclusive = false, regex = "#_irc_bridge_.*"}]
"""


def app_with(folder: Path, *files: Path) -> App:
    return App(Settings(data=str(folder), app_services=" , ".join(str(file) for file in files)))


@pytest.mark.parametrize(("name", "text"), [("irc.yaml", YAML), ("irc.yml", YAML), ("irc.toml", TOML)])
def test_a_registration_is_a_file_of_yaml_or_toml(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.write_text(text)
    (service,) = app_with(tmp_path, file).base.app_services.all()
    assert (service.id, service.url) == ("IRC Bridge", "http://127.0.0.1:1234")
    assert [namespace.is_exclusive for namespace in (*service.users, *service.aliases)] == [True, False]


def test_there_may_be_several(tmp_path: Path) -> None:
    files = [written(tmp_path, id=name, as_token=name, sender_localpart=name) for name in ("irc", "sms")]
    assert [service.id for service in app_with(tmp_path, *files).base.app_services.all()] == ["irc", "sms"]


@pytest.mark.parametrize(
    "text", [b"", b"[", b"id: [", b"- id", b"\xff", b"a: &a [*a, *a]", b"!!python/object:os.system x"]
)
@pytest.mark.parametrize("ending", ["yaml", "json", "toml"])
def test_a_file_that_cannot_be_used_is_named_in_one_line(tmp_path: Path, text: bytes, ending: str) -> None:
    file = tmp_path / f"bad.{ending}"
    file.write_bytes(text)
    with pytest.raises(BadSetting, match=f"bad.{ending}") as caught:
        app_with(tmp_path, file)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_or_far_too_large_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="none"):
        app_with(tmp_path, tmp_path / "none.yaml")
    large = tmp_path / "large.json"
    large.write_bytes(msgspec.json.encode(["x" * 1_100_000]))
    with pytest.raises(BadSetting, match="larger than"):
        app_with(tmp_path, large)


def test_two_with_one_name_are_refused(tmp_path: Path) -> None:
    file = written(tmp_path)
    with pytest.raises(BadSetting, match="has the id of another"):
        app_with(tmp_path, file, file)
