"""Credentials for the relay of calls."""

from pathlib import Path

from tests.helpers.clock import FakeClock
from tests.helpers.people import Person
from tests.helpers.server import RunningServer


async def test_without_a_relay_there_is_nothing_to_say(alice: Person) -> None:
    assert await alice.done("GET", "voip/turnServer") == {}


async def test_everybody_gets_credentials_of_their_own(tmp_path: Path) -> None:
    relay = {"turn_uris": "turn:t.example.org, turns:t.example.org:443", "turn_secret": "s", "turn_lifetime_s": 600}
    server = RunningServer(tmp_path, clock=FakeClock(5_000_000), **relay)
    await server.start()
    try:
        alice, bob = [await server.person(name) for name in ("alice", "bob")]
        mine, theirs = [await person.done("GET", "voip/turnServer") for person in (alice, bob)]
    finally:
        await server.stop()
    assert mine["uris"] == ["turn:t.example.org", "turns:t.example.org:443"]
    assert (mine["ttl"], mine["username"]) == (600, "5600:@alice:test")
    assert mine["password"] != theirs["password"]


async def test_a_stranger_gets_none(homeserver: RunningServer, alice: Person) -> None:
    alice.token = "nonsense"
    reply = await alice.request("GET", "voip/turnServer")
    assert (reply.status, reply.json["errcode"]) == (401, "M_UNKNOWN_TOKEN")
