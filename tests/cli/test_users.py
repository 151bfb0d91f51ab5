"""Accounts made and mended from the command line, with a server running and without."""

from pathlib import Path

import httpx
import pytest

from tests.helpers.command import Done, sottovoce
from tests.helpers.server_process import ServerProcess

API = "/_matrix/client/v3"
PASSWORD = "a password of many words"
ANOTHER = "another password of words"


def user(verb: str, name: str, folder: Path, *options: str, password: str = PASSWORD) -> Done:
    return sottovoce("user", verb, name, "--password-stdin", "--data", folder, *options, given=f"{password}\n")


async def log_in(http: httpx.AsyncClient, server: ServerProcess, name: str, password: str) -> httpx.Response:
    identifier = {"type": "m.id.user", "user": name}
    body = {"type": "m.login.password", "identifier": identifier, "password": password}
    return await http.post(f"{server.address}{API}/login", json=body)


async def whoami(http: httpx.AsyncClient, server: ServerProcess, token: str) -> httpx.Response:
    return await http.get(f"{server.address}{API}/account/whoami", headers={"Authorization": f"Bearer {token}"})


async def test_account_added_before_the_first_start_can_sign_in_and_there_is_nothing_to_set_up(
    fresh: ServerProcess, http: httpx.AsyncClient
) -> None:
    done = user("add", "anna", fresh.data, "--server-name", "chat.example.org", "--admin")
    assert done == (0, "@anna:chat.example.org can sign in now.\n", "")
    await fresh.start()
    assert "/setup#" not in fresh.said()
    assert (await log_in(http, fresh, "anna", PASSWORD)).json()["user_id"] == "@anna:chat.example.org"


async def test_account_added_while_the_server_runs_can_sign_in_at_once(
    server: ServerProcess, http: httpx.AsyncClient
) -> None:
    assert user("add", "bea", server.data).said == "@bea:localhost can sign in now.\n"
    assert (await log_in(http, server, "bea", PASSWORD)).is_success


async def test_reset_password_signs_everybody_out_of_a_running_server(
    server: ServerProcess, http: httpx.AsyncClient
) -> None:
    user("add", "bea", server.data)
    token = (await log_in(http, server, "bea", PASSWORD)).json()["access_token"]
    assert (await whoami(http, server, token)).is_success
    done = user("reset-password", "@bea:localhost", server.data, password=ANOTHER)
    assert done == (0, "@bea:localhost has a new password and is signed out everywhere.\n", "")
    assert (await whoami(http, server, token)).status_code == 401
    assert (await log_in(http, server, "bea", PASSWORD)).status_code == 403
    assert (await log_in(http, server, "bea", ANOTHER)).is_success


async def test_reset_password_works_while_no_server_runs(server: ServerProcess, http: httpx.AsyncClient) -> None:
    user("add", "bea", server.data)
    token = (await log_in(http, server, "bea", PASSWORD)).json()["access_token"]
    assert server.stop() == 0
    assert user("reset-password", "bea", server.data, password=ANOTHER).status == 0
    await server.start()
    assert (await whoami(http, server, token)).status_code == 401
    assert (await log_in(http, server, "bea", ANOTHER)).is_success


@pytest.mark.parametrize("is_running", [True, False])
@pytest.mark.parametrize(
    ("verb", "name", "password", "said"),
    [
        ("add", "anna", PASSWORD, "anna"),
        ("add", "two words", PASSWORD, "two words"),
        ("add", "bea", "short", "password"),
        ("add", "bea", "", "password"),
        ("reset-password", "nobody", PASSWORD, "nobody"),
        ("reset-password", "@anna:elsewhere.example", PASSWORD, "@anna:elsewhere.example"),
        ("reset-password", "anna", "short", "password"),
    ],
)
async def test_what_cannot_be_done_is_refused_in_one_line(
    server: ServerProcess, verb: str, name: str, password: str, said: str, is_running: bool
) -> None:
    user("add", "anna", server.data)
    if not is_running:
        server.stop()
    done = user(verb, name, server.data, password=password)
    assert (done.status, done.said) == (1, "")
    assert done.complained.count("\n") == 1, done.complained
    assert said in done.complained


def test_account_needs_a_server_with_a_name(tmp_path: Path) -> None:
    done = user("add", "anna", tmp_path / "data")
    assert done.status == 1
    assert "--server-name" in done.complained


def test_password_is_not_waited_for_when_nobody_is_there_to_type_it(tmp_path: Path) -> None:
    done = sottovoce("user", "add", "anna", "--data", tmp_path, "--server-name", "localhost")
    assert done.status == 1
    assert "--password-stdin" in done.complained


async def test_only_the_owner_of_the_folder_can_command_the_server(server: ServerProcess) -> None:
    assert server.data.stat().st_mode & 0o777 == 0o700
    assert (server.data / "control").stat().st_mode & 0o777 == 0o600
