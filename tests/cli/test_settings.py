"""Settings: where they come from, which one wins, and what is said of a wrong one."""

from pathlib import Path

import pytest

from sottovoce.app.rates import rates_in
from sottovoce.app.settings import load_settings
from sottovoce.cli import serving
from sottovoce.cli.main import main
from sottovoce.http.limits import DEFAULT_RATES, Rate

NO_ENVIRONMENT: dict[str, str] = {}
NOTHING: dict[str, str | None] = {}


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(serving, "serve", _must_not_start)


def _must_not_start(*_: object) -> None:
    raise AssertionError("the server was started all the same")


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line that a wrong setting gets."""
    try:
        status = main(list(arguments))
    except SystemExit as ended:
        status = int(ended.code or 0)
    said = capsys.readouterr()
    assert (status, said.out) == (2, "")
    assert said.err.startswith("sottovoce: ")
    assert said.err.count("\n") == 1, said.err
    return said.err


@pytest.mark.parametrize(
    ("setting", "wrong", "choices"),
    [
        ("port", "many", "a number from 0 to 65535"),
        ("port", "70000", "a number from 0 to 65535"),
        ("metrics-port", "-1", "a number from 0 to 65535"),
        ("registration", "ajar", "open or closed"),
        ("rate-limits", "maybe", "on or off"),
        ("presence", "yes", "on or off"),
        ("default-room-version", "99", "10 or 11 or 12"),
        ("database", "mysql://localhost/chat", "postgresql://user@host/name"),
        ("public-url", "chat.example.org", "https://chat.example.org"),
        ("log-level", "loud", "debug or info or warning or error"),
        ("log-format", "xml", "json or console"),
        ("server-name", "two words", "a name like chat.example.org"),
        ("server-name", "", "a name like chat.example.org"),
        ("trusted-proxies", "the one next door", "addresses or networks"),
        ("max-accounts", "0", "a number from 1 on"),
        ("admin-contact", "anna", "anna@example.org"),
        ("support-page", "help.html", "an address like"),
        ("smtp-from", "chat", "an address like chat@example.org"),
        ("smtp-tls", "perhaps", "starttls or tls or off"),
        ("terms-url", "terms.html", "an address like"),
        ("terms-version", "one two", "letters, digits"),
        ("password-min-length", "0", "a number from 1 on"),
        ("rates", "message=fast", "message=10/100"),
        ("rates", "message=10/0", "message=10/100"),
        ("rates", "message=-1/10", "message=10/100"),
        ("rates", "message=nan/10", "message=10/100"),
        ("rates", "shouting=10/100", "the kinds are"),
    ],
)
def test_wrong_value_is_named_with_what_it_may_be(
    capsys: pytest.CaptureFixture[str], setting: str, wrong: str, choices: str
) -> None:
    line = refused(capsys, "serve", f"--{setting}", wrong)
    assert setting in line
    assert repr(wrong) in line
    assert choices in line


def test_wrong_value_in_the_environment_is_refused_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOTTOVOCE_PORT", "harbour")
    assert "port is 'harbour'" in refused(capsys, "serve")


def test_wrong_value_in_the_file_is_refused_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "sottovoce.toml"
    file.write_text("port = [1]\n")
    assert "port is [1]: it may be a number" in refused(capsys, "serve", "--config", str(file))


def test_unknown_name_in_the_file_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "sottovoce.toml"
    file.write_text("prot = 9000\n")
    line = refused(capsys, "serve", "--config", str(file))
    assert "no setting called prot" in line
    assert "port" in line


@pytest.mark.parametrize("text", ["port = \n", "port = 1\nport = 2\n", "\xff"])
def test_file_that_is_no_toml_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str) -> None:
    file = tmp_path / "sottovoce.toml"
    file.write_bytes(text.encode("latin-1"))
    assert f"{file} is not valid TOML" in refused(capsys, "serve", "--config", str(file))


def test_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "missing.toml cannot be read" in refused(capsys, "serve", "--config", str(tmp_path / "missing.toml"))


@pytest.mark.parametrize("half", ["--tls-cert", "--tls-key"])
def test_half_of_a_certificate_is_refused(capsys: pytest.CaptureFixture[str], half: str) -> None:
    assert "tls-cert and tls-key go together" in refused(capsys, "serve", half, "chat.pem")


@pytest.mark.parametrize("arguments", [["serve", "--prot", "9"], ["swim"], [], ["user", "add"], ["serve", "--po", "9"]])
def test_misspelt_command_gets_one_line_that_points_to_the_help(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert "--help" in refused(capsys, *arguments)


def test_setting_comes_from_the_file_the_environment_or_the_command_line_and_the_last_wins(tmp_path: Path) -> None:
    file = tmp_path / "sottovoce.toml"
    file.write_text('port = 1\nhost = "file"\nserver-name = "file.example"\n')
    environment = {"SOTTOVOCE_PORT": "2", "SOTTOVOCE_HOST": "environment"}
    settings = load_settings(file, environment, {"port": "3", "host": None})
    assert (settings.port, settings.host, settings.server_name) == (3, "environment", "file.example")


def test_every_setting_can_be_given_in_the_environment() -> None:
    settings = load_settings(None, {"SOTTOVOCE_DEFAULT_ROOM_VERSION": "11", "SOTTOVOCE_RATE_LIMITS": "off"}, NOTHING)
    assert (settings.default_room_version, settings.rate_limits) == ("11", "off")


def test_nothing_given_means_a_closed_server_on_this_machine_alone() -> None:
    settings = load_settings(None, NO_ENVIRONMENT, NOTHING)
    assert (settings.host, settings.port, settings.registration) == ("127.0.0.1", 8008, "closed")
    assert (settings.data, settings.database, settings.default_room_version) == ("data", None, "12")


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        (("--smtp-host", "localhost"), "smtp-host needs smtp-from"),
        (("--smtp-user", "anna"), "smtp-user and smtp-password-file go together"),
        (("--smtp-user", "anna", "--smtp-password-file", "nowhere"), "there is no such file"),
        (("--registration-email", "on"), "there is no smtp-host"),
    ],
)
def test_what_mail_needs_is_told(capsys: pytest.CaptureFixture[str], given: tuple[str, ...], needed: str) -> None:
    assert needed in refused(capsys, "serve", *given)


def test_rates_are_changed_one_by_one() -> None:
    rates = rates_in(" message=0.5/7, ,login=3/2")
    assert rates == {**DEFAULT_RATES, "message": Rate(0.5, 7), "login": Rate(3, 2)}


def test_a_bound_of_accounts_needs_somebody_to_ask(capsys: pytest.CaptureFixture[str]) -> None:
    assert "max-accounts needs admin-contact" in refused(capsys, "serve", "--max-accounts", "100")
