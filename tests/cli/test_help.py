"""What the command says of itself."""

import pytest

from sottovoce.app.settings import described
from sottovoce.cli.main import main


def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("command", ["serve", "user", "backup", "restore"])
def test_help_names_every_command(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert f"    {command} " in shown(capsys)


def test_help_shows_how_to_begin_and_which_setting_wins(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys)
    assert "sottovoce serve " in text
    assert "the command line wins over the environment, the environment over the file" in text


@pytest.mark.parametrize("setting", described())
def test_help_of_serve_explains_every_setting(capsys: pytest.CaptureFixture[str], setting: str) -> None:
    purpose = described()[setting][0]
    text = " ".join(shown(capsys, "serve").split())
    assert f"--{setting} " in text
    assert purpose.split()[0] in text


@pytest.mark.parametrize("arguments", [["user", "add"], ["user", "reset-password"], ["backup"], ["restore"]])
def test_help_of_a_command_says_how_to_name_the_server(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    text = shown(capsys, *arguments)
    assert "--data" in text
    assert "--config" in text


def test_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("sottovoce 0.")
