"""Reporting events, rooms and people."""

import pytest

from sottovoce.domains.reports import service as reports_service
from sottovoce.domains.reports.model import Report
from tests.helpers.people import Person, room
from tests.helpers.server import RunningServer


async def reported(server: RunningServer) -> list[Report]:
    assert server.app.messenger is not None
    return await server.app.messenger.messages.reports.list()


async def test_an_event_is_reported_with_a_reason_or_without(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str
) -> None:
    said = await alice.says(a_room, "something bad")
    assert await bob.done("POST", room(a_room, "report", said), {"reason": "it is bad"}) == {}
    await alice.done("POST", room(a_room, "report", said), {"score": -100})
    first, second = await reported(homeserver)
    assert (first.reporter, first.room_id, first.event_id, first.user_id) == (bob.user_id, a_room, said, None)
    assert (first.reason, second.reason) == ("it is bad", "")


async def test_what_is_reported_again_is_one_report(homeserver: RunningServer, bob: Person, a_room: str) -> None:
    await bob.done("POST", room(a_room, "report"), {"reason": "first"})
    await bob.done("POST", room(a_room, "report"), {"reason": "second"})
    [report] = await reported(homeserver)
    assert report.reason == "second"


async def test_only_whoever_sees_an_event_may_report_it(
    homeserver: RunningServer, alice: Person, carol: Person, a_room: str
) -> None:
    said = await alice.says(a_room, "ciao")
    stranger = await carol.request("POST", room(a_room, "report", said), json={"reason": "x"})
    absent = await alice.request("POST", room(a_room, "report", "$none"), json={"reason": "x"})
    nowhere = await alice.request("POST", room("!none:test", "report", said), json={"reason": "x"})
    assert (stranger.status, stranger.json["errcode"]) == (404, "M_NOT_FOUND")
    assert (absent.json, nowhere.json) == (stranger.json, stranger.json)
    assert await reported(homeserver) == []


async def test_a_room_is_reported_by_anybody_who_learns_nothing_of_it(
    homeserver: RunningServer, carol: Person, a_room: str
) -> None:
    assert await carol.done("POST", room(a_room, "report"), {"reason": ""}) == {}
    assert await carol.done("POST", room("!none:test", "report"), {"reason": ""}) == {}
    assert [report.room_id for report in await reported(homeserver)] == [a_room]


async def test_a_person_is_reported_by_anybody_who_learns_nothing_of_them(
    homeserver: RunningServer, alice: Person, carol: Person
) -> None:
    for user_id in (alice.user_id, "@nobody:test", "@far:away", "nonsense"):
        assert await carol.done("POST", f"users/{user_id}/report", {"reason": "rude"}) == {}
    assert [report.user_id for report in await reported(homeserver)] == [alice.user_id]


async def test_reasons_have_bounds(alice: Person, a_room: str) -> None:
    for path in (room(a_room, "report"), f"users/{alice.user_id}/report"):
        missing = await alice.request("POST", path, json={})
        assert (missing.status, missing.json["errcode"]) == (400, "M_MISSING_PARAM")
        for reason, errcode in ((7, "M_BAD_JSON"), ("x" * 5_000, "M_INVALID_PARAM"), ("\0", "M_INVALID_PARAM")):
            refused = await alice.request("POST", path, json={"reason": reason})
            assert (refused.status, refused.json["errcode"]) == (400, errcode)


async def test_nobody_reports_without_end(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports_service, "MAX_OPEN_REPORTS", 1)
    await bob.done("POST", room(a_room, "report"), {"reason": "x"})
    for path in (room("!none:test", "report"), f"users/{alice.user_id}/report", "users/@nobody:test/report"):
        refused = await bob.request("POST", path, json={"reason": "x"})
        assert (refused.status, refused.json["errcode"]) == (429, "M_LIMIT_EXCEEDED")
    await alice.done("POST", room(a_room, "report"), {"reason": "x"})
    assert homeserver.app.messenger is not None
    await homeserver.app.messenger.messages.reports.resolve((await reported(homeserver))[0].report_id)
    await bob.done("POST", f"users/{alice.user_id}/report", {"reason": "x"})
