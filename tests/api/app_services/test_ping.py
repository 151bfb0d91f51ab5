"""Whether the server reaches the app service. Spec: application-service, Pinging."""

import pytest

from tests.helpers.app_service import HS_TOKEN, Bridge, Ghost
from tests.helpers.people import Person
from tests.helpers.server import RunningServer
from tests.helpers.web_server import Answer

PING = "/_matrix/client/v1/appservice/irc/ping"


async def test_a_ping_comes_back(bridge: Bridge) -> None:
    told = await Ghost(bridge.homeserver, None).done("POST", PING, {"transaction_id": "meow"})
    assert told["duration_ms"] >= 0
    (asked,) = bridge.asked
    assert (asked.method, asked.path) == ("POST", "/irc/_matrix/app/v1/ping")
    assert asked.headers["authorization"] == f"Bearer {HS_TOKEN}"
    assert asked.json == {"transaction_id": "meow"}
    await Ghost(bridge.homeserver, None).done("POST", PING, {})
    assert bridge.asked[-1].json == {}


async def test_an_answer_that_is_none_is_told_with_its_status(bridge: Bridge) -> None:
    bridge.answering = lambda asked: Answer(403, b'{"errcode": "M_FORBIDDEN"}')
    reply = await Ghost(bridge.homeserver, None).post(PING, {})
    assert (reply.status, reply.errcode) == (502, "M_BAD_STATUS")
    assert (reply.json["status"], reply.json["body"]) == (403, '{"errcode": "M_FORBIDDEN"}')


async def test_nobody_there_is_told(bridge: Bridge) -> None:
    bridge._server.close()
    await bridge._server.wait_closed()
    reply = await Ghost(bridge.homeserver, None).post(PING, {})
    assert (reply.status, reply.errcode) == (502, "M_CONNECTION_FAILED")


async def test_no_answer_in_time_is_told(bridge: Bridge, monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    from sottovoce.domains.appservices import gateway

    monkeypatch.setattr(gateway, "ANSWER_WITHIN_S", 0.01)
    bridge.hold = asyncio.Event()
    reply = await Ghost(bridge.homeserver, None).post(PING, {})
    assert (reply.status, reply.errcode) == (504, "M_CONNECTION_TIMEOUT")
    bridge.hold.set()


async def test_only_the_app_service_itself_may_ask(bridge: Bridge) -> None:
    alice = await bridge.homeserver.person("alice")
    other = Ghost(bridge.homeserver, None)
    for person, path in ((alice, PING), (other, PING.replace("irc", "sms"))):
        reply = await person.post(path, {})
        assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")
    assert bridge.asked == []


async def test_without_an_address_there_is_nothing_to_reach(
    homeserver: RunningServer, bot: Ghost, alice: Person
) -> None:
    reply = await bot.post(PING, {})
    assert (reply.status, reply.errcode) == (400, "M_URL_NOT_SET")
