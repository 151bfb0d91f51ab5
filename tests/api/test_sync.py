"""GET /sync: what a client is told, and when."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest

from tests.helpers.asgi import Connection
from tests.helpers.people import Person, room, texts
from tests.helpers.server import RunningServer

LONG_MS = 20_000
NO_TIME_S = 2

NO_NEWS = {"next_batch", "device_unused_fallback_key_types"}
"""What every answer says."""


async def soon(answer: Awaitable[Any]) -> Any:
    """The answer, which must come long before a long-poll would end by itself."""
    return await asyncio.wait_for(answer, NO_TIME_S)


async def test_the_first_sync_holds_every_room(alice: Person, a_room: str) -> None:
    await alice.sets(a_room, "m.room.name", {"name": "Casa"})
    event_id = await alice.says(a_room, "ciao")
    joined = (await alice.syncs())["rooms"]["join"][a_room]
    assert joined["timeline"]["events"][-1]["event_id"] == event_id
    everything = joined["state"]["events"] + joined["timeline"]["events"]
    kinds = {(event["type"], event.get("state_key")) for event in everything}
    assert {("m.room.create", ""), ("m.room.name", ""), ("m.room.member", alice.user_id)} <= kinds
    assert "room_id" not in everything[0]


async def test_with_nothing_new_the_answer_is_empty_and_at_once(alice: Person, a_room: str) -> None:
    since = (await alice.syncs())["next_batch"]
    answer = await soon(alice.syncs(since))
    assert set(answer) == NO_NEWS


async def test_only_what_is_new_comes_next(alice: Person, bob: Person, a_room: str) -> None:
    await alice.says(a_room, "vecchio")
    since = (await alice.syncs())["next_batch"]
    await bob.says(a_room, "nuovo")
    timeline = (await alice.syncs(since))["rooms"]["join"][a_room]["timeline"]
    assert texts(timeline["events"]) == ["nuovo"]
    assert timeline["limited"] is False


async def test_who_waits_is_told_at_once(alice: Person, bob: Person, a_room: str) -> None:
    since = (await bob.syncs())["next_batch"]
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(soon(bob.syncs(since, timeout=LONG_MS)))
        await asyncio.sleep(0.02)
        await alice.says(a_room, "ecco")
    assert texts(waiting.result()["rooms"]["join"][a_room]["timeline"]["events"]) == ["ecco"]


async def test_who_waits_is_not_woken_by_what_is_none_of_theirs(alice: Person, bob: Person, carol: Person) -> None:
    room_id = await alice.creates_room()
    since = (await carol.syncs())["next_batch"]
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(carol.syncs(since, timeout=100))
        await asyncio.sleep(0.02)
        await alice.says(room_id, "tra noi")
    assert set(waiting.result()) == NO_NEWS


async def test_the_wait_ends_by_itself(alice: Person) -> None:
    since = (await alice.syncs())["next_batch"]
    assert set(await soon(alice.syncs(since, timeout=30))) == NO_NEWS


async def test_at_the_stop_who_waits_is_answered(homeserver: RunningServer, alice: Person) -> None:
    since = (await alice.syncs())["next_batch"]
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(soon(alice.syncs(since, timeout=LONG_MS)))
        await asyncio.sleep(0.02)
        homeserver.app.close_waits()
    assert "next_batch" in waiting.result()


async def test_a_client_that_leaves_ends_its_wait(alice: Person) -> None:
    since = (await alice.syncs())["next_batch"]
    connection = Connection()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(
            alice.get("sync", query={"since": since, "timeout": LONG_MS}, connection=connection)
        )
        await asyncio.sleep(0.02)
        connection.close()
    assert waiting.result().status == 0


async def test_an_invitation_shows_what_it_is_to(alice: Person, bob: Person) -> None:
    since = (await bob.syncs())["next_batch"]
    room_id = await alice.creates_room(name="Festa", invite=[bob.user_id])
    for answer in (await bob.syncs(since), await bob.syncs()):
        events = answer["rooms"]["invite"][room_id]["invite_state"]["events"]
        by_type = {event["type"]: event for event in events if event["type"] != "m.room.member"}
        assert by_type["m.room.name"]["content"] == {"name": "Festa"}
        assert "m.room.create" in by_type
        mine = next(event for event in events if event.get("state_key") == bob.user_id)
        assert (mine["content"]["membership"], mine["sender"]) == ("invite", alice.user_id)
        assert "join" not in answer["rooms"]


async def test_a_joined_room_comes_whole(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room(name="Festa", invite=[bob.user_id])
    await alice.says(room_id, "prima")
    since = (await bob.syncs())["next_batch"]
    await bob.joins(room_id)
    answer = await bob.syncs(since)
    joined = answer["rooms"]["join"][room_id]
    kinds = {event["type"] for event in joined["state"]["events"] + joined["timeline"]["events"]}
    assert {"m.room.create", "m.room.name", "m.room.member"} <= kinds
    assert "invite" not in answer["rooms"]


async def test_a_room_left_is_told_once(alice: Person, bob: Person, a_room: str) -> None:
    since = (await bob.syncs())["next_batch"]
    await alice.says(a_room, "ultimo")
    await bob.leaves(a_room)
    await alice.says(a_room, "dopo")
    answer = await bob.syncs(since)
    events = answer["rooms"]["leave"][a_room]["timeline"]["events"]
    assert texts(events) == ["ultimo"]
    assert events[-1]["content"]["membership"] == "leave"
    assert "rooms" not in await bob.syncs(answer["next_batch"])
    assert "rooms" not in await bob.syncs()


async def test_rooms_left_long_ago_come_when_asked_for(alice: Person, bob: Person, a_room: str) -> None:
    await bob.leaves(a_room)
    answer = await bob.syncs(filter='{"room":{"include_leave":true}}')
    assert a_room in answer["rooms"]["leave"]


async def test_a_declined_invitation_is_told(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room(invite=[bob.user_id])
    since = (await bob.syncs())["next_batch"]
    await bob.leaves(room_id)
    assert room_id in (await bob.syncs(since))["rooms"]["leave"]


async def test_a_long_absence_brings_the_newest_and_says_that_there_is_more(
    alice: Person, bob: Person, a_room: str
) -> None:
    since = (await bob.syncs())["next_batch"]
    for number in range(15):
        await alice.says(a_room, str(number))
    await alice.sets(a_room, "m.room.name", {"name": "nuovo"})
    for number in range(15, 30):
        await alice.says(a_room, str(number))
    joined = (await bob.syncs(since))["rooms"]["join"][a_room]
    assert joined["timeline"]["limited"] is True
    assert texts(joined["timeline"]["events"]) == [str(number) for number in range(20, 30)]
    assert [event["content"] for event in joined["state"]["events"]] == [{"name": "nuovo"}]
    older = await bob.reads(a_room, **{"from": joined["timeline"]["prev_batch"], "limit": 5})
    assert older == ["19", "18", "17", "16", "15"]


async def test_a_filter_limits_the_timeline_and_chooses_rooms(alice: Person, a_room: str) -> None:
    other = await alice.creates_room()
    for number in range(5):
        await alice.says(a_room, str(number))
    answer = await alice.syncs(filter='{"room":{"timeline":{"limit":2}}}')
    assert texts(answer["rooms"]["join"][a_room]["timeline"]["events"]) == ["3", "4"]
    answer = await alice.syncs(filter=f'{{"room":{{"rooms":["{other}"]}}}}')
    assert set(answer["rooms"]["join"]) == {other}


async def test_a_stored_filter_is_used_by_its_id(alice: Person, a_room: str) -> None:
    for number in range(5):
        await alice.says(a_room, str(number))
    stored = await alice.done("POST", f"user/{alice.user_id}/filter", {"room": {"timeline": {"limit": 1}}})
    answer = await alice.syncs(filter=stored["filter_id"])
    assert texts(answer["rooms"]["join"][a_room]["timeline"]["events"]) == ["4"]


async def test_lazily_loaded_members_are_those_who_speak(alice: Person, bob: Person, carol: Person) -> None:
    room_id = await alice.creates_room(name="Casa", invite=[bob.user_id, carol.user_id])
    for person in (bob, carol):
        await person.joins(room_id)
    for number in range(10):
        await bob.says(room_id, str(number))
    lazy = '{"room":{"state":{"lazy_load_members":true}}}'
    joined = (await alice.syncs(filter=lazy))["rooms"]["join"][room_id]
    members = {event["state_key"] for event in joined["state"]["events"] if event["type"] == "m.room.member"}
    assert bob.user_id in members
    assert carol.user_id not in members


async def test_the_summary_names_the_others(alice: Person, bob: Person, carol: Person, a_room: str) -> None:
    await alice.invites(a_room, carol)
    summary = (await alice.syncs())["rooms"]["join"][a_room]["summary"]
    assert summary["m.joined_member_count"] == 2
    assert summary["m.invited_member_count"] == 1
    assert set(summary["m.heroes"]) == {bob.user_id, carol.user_id}


async def test_full_state_comes_when_asked_for(alice: Person, a_room: str) -> None:
    since = (await alice.syncs())["next_batch"]
    joined = (await alice.syncs(since, full_state="true"))["rooms"]["join"][a_room]
    assert "m.room.create" in {event["type"] for event in joined["state"]["events"]}


async def test_state_after_is_the_state_at_the_end_of_the_timeline(alice: Person, a_room: str) -> None:
    since = (await alice.syncs())["next_batch"]
    await alice.sets(a_room, "m.room.name", {"name": "nuovo"})
    joined = (await alice.syncs(since, use_state_after="true"))["rooms"]["join"][a_room]
    assert [event["content"] for event in joined["state_after"]["events"]] == [{"name": "nuovo"}]
    assert "state" not in joined


async def test_own_messages_come_back_with_their_transaction_id(homeserver: RunningServer, alice: Person) -> None:
    room_id = await alice.creates_room()
    laptop = await homeserver.another_device(alice)
    ours, theirs = (await alice.syncs())["next_batch"], (await laptop.syncs())["next_batch"]
    await alice.sends(room_id, "m.room.message", {"msgtype": "m.text", "body": "ciao"}, "mine")
    for device, since, expected in ((alice, ours, "mine"), (laptop, theirs, None)):
        event = (await device.syncs(since))["rooms"]["join"][room_id]["timeline"]["events"][-1]
        assert event.get("unsigned", {}).get("transaction_id") == expected


async def test_a_redacted_message_arrives_empty(alice: Person, bob: Person, a_room: str) -> None:
    event_id = await alice.says(a_room, "segreto")
    await alice.done("PUT", room(a_room, "redact", event_id, "r"), {})
    events = (await bob.syncs())["rooms"]["join"][a_room]["timeline"]["events"]
    assert next(event for event in events if event["event_id"] == event_id)["content"] == {}
    redaction = events[-1]
    assert (redaction["type"], redaction["redacts"]) == ("m.room.redaction", event_id)


@pytest.mark.parametrize(
    "query",
    [
        {"since": "nonsense"},
        {"timeout": "long"},
        {"full_state": "perhaps"},
        {"set_presence": "asleep"},
        {"filter": '{"room": 5}'},
        {"filter": "{"},
        {"use_state_after": "1"},
    ],
)
async def test_a_sync_asked_for_wrongly_is_refused(alice: Person, query: dict[str, object]) -> None:
    reply = await alice.get("sync", query=query)
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")


async def test_a_filter_nobody_stored_is_refused(alice: Person) -> None:
    reply = await alice.get("sync", query={"filter": "77"})
    assert reply.status in (400, 404)


async def test_a_token_of_somebody_else_is_refused(alice: Person, bob: Person) -> None:
    since = (await alice.syncs())["next_batch"]
    reply = await bob.get("sync", query={"since": since})
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")


async def test_a_token_is_good_after_a_restart(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str
) -> None:
    since = (await alice.syncs())["next_batch"]
    await bob.says(a_room, "prima")
    await homeserver.stop()
    await homeserver.start()
    alice.app = bob.app = homeserver.app.http
    await bob.says(a_room, "dopo")
    events = (await alice.syncs(since))["rooms"]["join"][a_room]["timeline"]["events"]
    assert texts(events) == ["prima", "dopo"]


async def test_lazily_loaded_members_are_also_those_who_changed_in_a_gap(
    alice: Person, bob: Person, carol: Person, a_room: str
) -> None:
    lazy = '{"room":{"state":{"lazy_load_members":true},"timeline":{"limit":1}}}'
    since = (await alice.syncs(filter=lazy))["next_batch"]
    await alice.invites(a_room, carol)
    for number in range(3):
        await bob.says(a_room, str(number))
    for state in ("state", "state_after"):
        answer = await alice.syncs(since, filter=lazy, use_state_after="true" if state == "state_after" else "false")
        told = answer["rooms"]["join"][a_room][state]["events"]
        assert {event["state_key"] for event in told} == {bob.user_id, carol.user_id}


async def test_lazily_loaded_members_are_also_those_a_nameless_room_is_called_after(
    alice: Person, bob: Person, a_room: str
) -> None:
    lazy = '{"room":{"state":{"lazy_load_members":true},"timeline":{"limit":1}}}'
    await alice.says(a_room, "ciao")
    joined = (await alice.syncs(filter=lazy))["rooms"]["join"][a_room]
    assert joined["summary"]["m.heroes"] == [bob.user_id]
    assert ("m.room.member", bob.user_id) in {(it["type"], it["state_key"]) for it in joined["state"]["events"]}


async def test_a_room_with_a_name_is_called_after_nobody_until_it_loses_it(alice: Person, bob: Person) -> None:
    room_id = await alice.creates_room(name="Casa", preset="public_chat")
    await bob.joins(room_id)
    first = await alice.syncs()
    assert first["rooms"]["join"][room_id]["summary"] == {"m.joined_member_count": 2, "m.invited_member_count": 0}
    await alice.sets(room_id, "m.room.name", {"name": ""})
    after = (await alice.syncs(first["next_batch"]))["rooms"]["join"][room_id]
    assert after["summary"] == {"m.heroes": [bob.user_id]}


async def test_state_after_is_there_even_if_it_is_empty(alice: Person, a_room: str) -> None:
    since = (await alice.syncs())["next_batch"]
    await alice.done("PUT", f"user/{alice.user_id}/rooms/{a_room}/account_data/it.test", {"n": 1})
    part = (await alice.syncs(since, use_state_after="true"))["rooms"]["join"][a_room]
    assert part["state_after"] == {"events": []}
    assert "state" not in part
    assert "state_after" not in (await alice.syncs(since))["rooms"]["join"][a_room]


async def test_account_data_of_a_room_that_was_left_is_told_with_it(alice: Person, bob: Person, a_room: str) -> None:
    first = await bob.syncs()
    await bob.done("PUT", f"user/{bob.user_id}/rooms/{a_room}/account_data/it.test", {"n": 1})
    await bob.leaves(a_room)
    kept = [{"type": "it.test", "content": {"n": 1}}]
    assert (await bob.syncs(first["next_batch"]))["rooms"]["leave"][a_room]["account_data"]["events"] == kept
    whole = await bob.syncs(filter='{"room":{"include_leave":true}}')
    assert whole["rooms"]["leave"][a_room]["account_data"]["events"] == kept


async def test_events_come_as_they_go_from_server_to_server_when_asked_for(alice: Person, a_room: str) -> None:
    await alice.says(a_room, "ciao")
    joined = (await alice.syncs(filter='{"event_format":"federation"}'))["rooms"]["join"][a_room]
    for event in joined["timeline"]["events"] + joined["state"]["events"]:
        assert {"auth_events", "prev_events", "hashes", "signatures", "depth"} <= set(event)
