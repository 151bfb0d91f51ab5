"""Reports, as an administrator deals with them."""

from tests.api.admin.conftest import ADMIN
from tests.helpers.asgi import segment
from tests.helpers.people import Person, room

REPORTS = f"{ADMIN}/reports"


async def test_report_is_listed_until_it_is_dealt_with(anna: Person, alice: Person, bob: Person, a_room: str) -> None:
    event_id = await alice.says(a_room, "something mean")
    await bob.done("POST", room(a_room, "report", event_id), {"reason": "it is mean"})
    await bob.done("POST", f"users/{segment(alice.user_id)}/report", {"reason": "she too"})
    first, second = (await anna.done("GET", REPORTS))["reports"]
    assert (first["event_id"], first["room_id"], first["reporter"]) == (event_id, a_room, bob.user_id)
    assert (second["user_id"], second["reason"]) == (alice.user_id, "she too")
    page = await anna.done("GET", REPORTS, query={"limit": 1})
    assert (await anna.done("GET", REPORTS, query={"from": page["next_from"]}))["reports"] == [second]
    await anna.done("POST", f"{REPORTS}/{first['report_id']}/resolve", {})
    assert (await anna.done("GET", REPORTS))["reports"] == [second]
    everything = (await anna.done("GET", REPORTS, query={"with_resolved": "true"}))["reports"]
    assert everything[0]["resolved_at_ms"] > 0


async def test_report_that_is_not_there_is_not_dealt_with(anna: Person) -> None:
    for name, status in (("7", 404), ("seven", 400), ("9" * 30, 400), ("-1", 400)):
        assert (await anna.request("POST", f"{REPORTS}/{name}/resolve", json={})).status == status
