"""Receipts and markers, and how /sync tells them."""

from typing import Any

import pytest

from tests.helpers.people import Person, room


def receipts_in(answer: dict[str, Any], room_id: str) -> dict[tuple[str, str, str], str]:
    """(person, kind, thread) → event, of all receipts that the answer tells of the room."""
    told = {}
    for event in answer.get("rooms", {}).get("join", {}).get(room_id, {}).get("ephemeral", {}).get("events", []):
        if event["type"] != "m.receipt":
            continue
        for event_id, kinds in event["content"].items():
            for kind, people in kinds.items():
                for person, said in people.items():
                    told[person, kind, said.get("thread_id", "")] = event_id
    return told


async def reads_up_to(person: Person, room_id: str, event_id: str, kind: str = "m.read", **body: object) -> None:
    await person.done("POST", room(room_id, "receipt", kind, event_id), body)


async def marker_of(person: Person, room_id: str) -> str:
    path = f"user/{person.user_id}/" + room(room_id, "account_data", "m.fully_read")
    event_id: str = (await person.done("GET", path))["event_id"]
    return event_id


async def in_thread(person: Person, room_id: str, root: str) -> str:
    relation = {"rel_type": "m.thread", "event_id": root}
    return await person.sends(room_id, "m.room.message", {"msgtype": "m.text", "body": "…", "m.relates_to": relation})


async def test_a_receipt_reaches_everybody_in_the_chat(alice: Person, bob: Person, a_room: str) -> None:
    event_id = await alice.says(a_room, "hello")
    since = (await alice.syncs())["next_batch"]
    await reads_up_to(bob, a_room, event_id)
    told = {(bob.user_id, "m.read", ""): event_id}
    assert receipts_in(await alice.syncs(since), a_room) == told
    assert receipts_in(await alice.syncs(), a_room) == told
    assert receipts_in(await bob.syncs(), a_room) == told


async def test_a_receipt_says_when_it_was_given(alice: Person, a_room: str) -> None:
    event_id = await alice.says(a_room, "hello")
    await reads_up_to(alice, a_room, event_id)
    [event] = (await alice.syncs())["rooms"]["join"][a_room]["ephemeral"]["events"]
    assert isinstance(event["content"][event_id]["m.read"][alice.user_id]["ts"], int)


async def test_a_private_receipt_reaches_nobody_else(alice: Person, bob: Person, a_room: str) -> None:
    event_id = await alice.says(a_room, "hello")
    alices, bobs = (await alice.syncs())["next_batch"], (await bob.syncs())["next_batch"]
    await reads_up_to(bob, a_room, event_id, "m.read.private")
    told = {(bob.user_id, "m.read.private", ""): event_id}
    assert receipts_in(await bob.syncs(bobs), a_room) == told
    assert receipts_in(await bob.syncs(), a_room) == told
    assert receipts_in(await alice.syncs(alices), a_room) == {}
    assert receipts_in(await alice.syncs(), a_room) == {}


async def test_a_receipt_never_moves_back(alice: Person, bob: Person, a_room: str) -> None:
    first, second = await alice.says(a_room, "one"), await alice.says(a_room, "two")
    await reads_up_to(bob, a_room, second)
    since = (await alice.syncs())["next_batch"]
    await reads_up_to(bob, a_room, first)
    assert receipts_in(await alice.syncs(since), a_room) == {}
    assert receipts_in(await alice.syncs(), a_room) == {(bob.user_id, "m.read", ""): second}


async def test_of_several_receipts_since_the_last_sync_the_newest_is_told(
    alice: Person, bob: Person, a_room: str
) -> None:
    first, second = await alice.says(a_room, "one"), await alice.says(a_room, "two")
    since = (await alice.syncs())["next_batch"]
    await reads_up_to(bob, a_room, first)
    await reads_up_to(bob, a_room, second)
    assert receipts_in(await alice.syncs(since), a_room) == {(bob.user_id, "m.read", ""): second}


async def test_receipts_of_threads_stand_beside_each_other(alice: Person, bob: Person, a_room: str) -> None:
    root = await alice.says(a_room, "root")
    reply = await in_thread(alice, a_room, root)
    await reads_up_to(bob, a_room, root)
    await reads_up_to(bob, a_room, root, thread_id="main")
    await reads_up_to(bob, a_room, reply, thread_id=root)
    assert receipts_in(await alice.syncs(), a_room) == {
        (bob.user_id, "m.read", ""): root,
        (bob.user_id, "m.read", "main"): root,
        (bob.user_id, "m.read", root): reply,
    }


async def test_a_thread_is_found_over_a_few_relations(alice: Person, bob: Person, a_room: str) -> None:
    root = await alice.says(a_room, "root")
    reply = await in_thread(alice, a_room, root)
    reaction = await alice.sends(
        a_room, "m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": reply, "key": "👍"}}
    )
    await reads_up_to(bob, a_room, reaction, thread_id=root)
    assert receipts_in(await alice.syncs(), a_room) == {(bob.user_id, "m.read", root): reaction}


@pytest.mark.parametrize("thread_id", [None, 7, "", "aside"])
async def test_what_cannot_be_a_thread_is_refused(alice: Person, a_room: str, thread_id: object) -> None:
    event_id = await alice.says(a_room, "hello")
    reply = await alice.post(room(a_room, "receipt", "m.read", event_id), {"thread_id": thread_id})
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")


async def test_a_thread_the_event_is_not_in_is_refused(alice: Person, a_room: str) -> None:
    root, other = await alice.says(a_room, "root"), await alice.says(a_room, "other")
    threaded = await in_thread(alice, a_room, root)
    for event_id, thread_id in ((threaded, "main"), (threaded, other), (other, root)):
        reply = await alice.post(room(a_room, "receipt", "m.read", event_id), {"thread_id": thread_id})
        assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")


async def test_the_fully_read_marker_is_of_no_thread(alice: Person, a_room: str) -> None:
    event_id = await alice.says(a_room, "hello")
    reply = await alice.post(room(a_room, "receipt", "m.fully_read", event_id), {"thread_id": "main"})
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")


async def test_a_kind_of_receipt_that_the_spec_does_not_know_is_refused(alice: Person, a_room: str) -> None:
    event_id = await alice.says(a_room, "hello")
    reply = await alice.post(room(a_room, "receipt", "m.seen", event_id), {})
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")


@pytest.mark.parametrize("kind", ["m.read", "m.fully_read"])
async def test_an_event_of_another_chat_cannot_be_read_here(alice: Person, a_room: str, kind: str) -> None:
    elsewhere = await alice.says(await alice.creates_room(), "hello")
    for event_id in (elsewhere, "$nowhere"):
        reply = await alice.post(room(a_room, "receipt", kind, event_id), {})
        assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND")


async def test_only_who_is_in_the_chat_reads_in_it(alice: Person, carol: Person, a_room: str) -> None:
    event_id = await alice.says(a_room, "hello")
    for path in (room(a_room, "receipt", "m.read", event_id), room(a_room, "read_markers")):
        reply = await carol.post(path, {"m.read": event_id})
        assert (reply.status, reply.errcode) == (403, "M_FORBIDDEN")


async def test_markers_are_set_together(alice: Person, bob: Person, a_room: str) -> None:
    first, second, third = [await alice.says(a_room, text) for text in ("one", "two", "three")]
    body = {"m.fully_read": first, "m.read": second, "m.read.private": third}
    await bob.done("POST", room(a_room, "read_markers"), body)
    assert await marker_of(bob, a_room) == first
    assert receipts_in(await bob.syncs(), a_room) == {
        (bob.user_id, "m.read", ""): second,
        (bob.user_id, "m.read.private", ""): third,
    }


async def test_the_fully_read_marker_is_account_data_that_other_devices_hear_of(alice: Person, a_room: str) -> None:
    event_id = await alice.says(a_room, "hello")
    since = (await alice.syncs())["next_batch"]
    await reads_up_to(alice, a_room, event_id, "m.fully_read")
    joined = (await alice.syncs(since))["rooms"]["join"][a_room]
    assert joined["account_data"]["events"] == [{"type": "m.fully_read", "content": {"event_id": event_id}}]


async def test_the_fully_read_marker_never_moves_back(alice: Person, a_room: str) -> None:
    first, second = await alice.says(a_room, "one"), await alice.says(a_room, "two")
    await reads_up_to(alice, a_room, second, "m.fully_read")
    await reads_up_to(alice, a_room, first, "m.fully_read")
    assert await marker_of(alice, a_room) == second


async def test_whoever_comes_in_hears_of_the_receipts_given_before(
    alice: Person, bob: Person, carol: Person, a_room: str
) -> None:
    event_id = await alice.says(a_room, "hello")
    await reads_up_to(bob, a_room, event_id)
    since = (await carol.syncs())["next_batch"]
    await alice.invites(a_room, carol)
    await carol.joins(a_room)
    assert receipts_in(await carol.syncs(since), a_room) == {(bob.user_id, "m.read", ""): event_id}


@pytest.mark.parametrize(
    "filter",
    [
        '{"room": {"ephemeral": {"not_types": ["m.receipt"]}}}',
        '{"room": {"ephemeral": {"types": []}}}',
        '{"room": {"ephemeral": {"rooms": []}}}',
    ],
)
async def test_receipts_can_be_filtered_out(alice: Person, a_room: str, filter: str) -> None:
    await reads_up_to(alice, a_room, await alice.says(a_room, "hello"))
    assert receipts_in(await alice.syncs(filter=filter), a_room) == {}
