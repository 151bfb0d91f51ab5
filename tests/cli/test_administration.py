"""What an administrator does from the command line, with a server running and without."""

import subprocess

import pytest

from tests.helpers.command import ENDS_WITHIN_S, Done, sottovoce
from tests.helpers.server_process import PROGRAM, ServerProcess, bare_environment

PASSWORD = "a password of many words"


def told(server: ServerProcess, *words: str, given: str = "") -> Done:
    return sottovoce(*words, "--data", server.data, given=given)


@pytest.fixture
async def with_people(server: ServerProcess) -> ServerProcess:
    for name, options in (("anna", ("--admin",)), ("bea", ())):
        assert told(server, "user", "add", name, *options, "--password-stdin", given=f"{PASSWORD}\n").status == 0
    return server


@pytest.mark.parametrize("is_running", [True, False])
async def test_people_are_listed_with_their_standing(with_people: ServerProcess, is_running: bool) -> None:
    if not is_running:
        with_people.stop()
    assert told(with_people, "user", "lock", "bea").said == "bea is locked.\n"
    assert told(with_people, "user", "make-admin", "bea").said == "bea administers now.\n"
    heads, anna, bea = told(with_people, "user", "list").said.splitlines()
    assert heads.split("  ")[0] == "ADDRESS"
    assert anna.split()[:2] == ["@anna:localhost", "administrator"]
    assert "administrator, locked" in bea
    assert told(with_people, "user", "list", "--search", "bea").said.count("\n") == 2
    assert "administrator, locked" in told(with_people, "user", "show", "bea").said
    assert told(with_people, "user", "unlock", "bea").status == 0
    assert told(with_people, "user", "end", "bea").said == "The account of bea is over.\n"
    assert "over" in told(with_people, "user", "show", "bea").said


async def test_token_is_issued_listed_and_revoked(with_people: ServerProcess) -> None:
    token = told(with_people, "token", "issue", "--uses", "3", "--days", "7", "--label", "the choir").said.strip()
    assert len(token) == 20
    _, listed = told(with_people, "token", "list").said.splitlines()
    assert "0 of 3" in listed
    assert listed.endswith("the choir")
    assert told(with_people, "token", "revoke", listed.split()[0]).status == 0
    assert told(with_people, "token", "list").said.count("\n") == 1
    refused = told(with_people, "token", "revoke", "nothing")
    assert (refused.status, refused.complained.count("\n")) == (1, 1)


@pytest.mark.parametrize("is_running", [True, False])
async def test_everybody_gets_a_notice_and_its_chat_is_listed(with_people: ServerProcess, is_running: bool) -> None:
    if not is_running:
        with_people.stop()
    assert told(with_people, "notice", "We move on Sunday.", "--to", "bea").said == "bea was written to.\n"
    assert told(with_people, "notice", "We have moved.", "--to-everybody").said == "2 people were written to.\n"
    listed = told(with_people, "room", "list").said.splitlines()[1:]
    assert [line.split()[1:3] for line in listed] == [["Sottovoce", "1"]] * 2
    shown = told(with_people, "room", "show", listed[0].split()[0]).said
    assert "people     1" in shown
    assert "We move" not in shown
    assert "chats          2" in told(with_people, "storage").said


async def test_whom_to_write_to_must_be_said(with_people: ServerProcess) -> None:
    assert told(with_people, "notice", "Hello").status == 2
    assert told(with_people, "notice", "Hello", "--to", "nobody").complained.count("\n") == 1


async def test_chat_is_erased_and_old_messages_are_forgotten(with_people: ServerProcess) -> None:
    told(with_people, "notice", "We move on Sunday.", "--to", "bea")
    told(with_people, "notice", "We have moved.", "--to", "bea")
    room_id = told(with_people, "room", "list").said.splitlines()[1].split()[0]
    assert told(with_people, "room", "forget", room_id, "--days", "1").said == "0 messages are gone.\n"
    assert told(with_people, "room", "forget", room_id, "--days", "0").said == "1 messages are gone.\n"
    assert told(with_people, "room", "erase", room_id).said == "The chat is gone.\n"
    assert "people     0" in told(with_people, "room", "show", room_id).said


def unread(command: str) -> Done:
    """What the command leaves behind when nobody reads what it says."""
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} | true"],
        capture_output=True,
        text=True,
        env=bare_environment(),
        timeout=ENDS_WITHIN_S,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


async def test_nobody_complains_when_a_list_is_not_read_to_its_end(with_people: ServerProcess) -> None:
    assert unread(" ".join([*PROGRAM, "user", "list", "--data", str(with_people.data)])) == (0, "", "")
