"""The list of what somebody was notified of."""

from typing import Any

import pytest

from sottovoce.domains.push.service import notifications as module
from tests.helpers.people import Person, room, texts


async def page(person: Person, **query: object) -> tuple[list[Any], str | None]:
    """What is told, and the token for more."""
    answer = await person.done("GET", "notifications", query=query)
    return answer["notifications"], answer.get("next_token")


async def pages(person: Person, **query: object) -> list[list[str]]:
    """The texts of all pages."""
    told, token = await page(person, **query)
    found = [texts([each["event"] for each in told])]
    while token is not None:
        told, token = await page(person, **(query | {"from": token}))
        found.append(texts([each["event"] for each in told]))
    return found


async def test_what_asked_for_attention_is_told_from_all_chats_the_newest_first(
    alice: Person, bob: Person, a_room: str
) -> None:
    other = await alice.creates_room(invite=[bob.user_id])
    await bob.joins(other)
    await alice.says(a_room, "one")
    await alice.says(other, "two")
    await bob.says(other, "my own")
    await alice.sends(a_room, "m.room.message", {"msgtype": "m.notice", "body": "beep"})
    event_id = await alice.says(a_room, "three")
    told, token = await page(bob)
    assert token is None
    assert texts([each["event"] for each in told]) == ["three", "two", "one"]
    assert [each["room_id"] for each in told] == [a_room, other, a_room]
    first = told[0]
    assert sorted(first) == ["actions", "event", "read", "room_id", "ts"]
    assert (first["event"]["event_id"], "room_id" in first["event"]) == (event_id, False)
    assert first["ts"] == first["event"]["origin_server_ts"]
    assert first["actions"] == ["notify", {"set_tweak": "sound", "value": "default"}]
    assert (await page(alice))[0][0]["event"]["content"]["body"] == "my own"


async def test_it_is_told_what_of_it_is_read(alice: Person, bob: Person, a_room: str) -> None:
    first = await alice.says(a_room, "one")
    await alice.says(a_room, "two")
    await bob.done("POST", room(a_room, "receipt", "m.read", first), {})
    assert [each["read"] for each in (await page(bob))[0]] == [False, True]
    await bob.says(a_room, "answer")
    assert [each["read"] for each in (await page(bob))[0]] == [True, True]


async def test_what_is_read_in_a_thread_is_read(alice: Person, bob: Person, a_room: str) -> None:
    root = await alice.says(a_room, "root")
    relation = {"rel_type": "m.thread", "event_id": root}
    reply = await alice.sends(a_room, "m.room.message", {"msgtype": "m.text", "body": "a", "m.relates_to": relation})
    await bob.done("POST", room(a_room, "receipt", "m.read", reply), {"thread_id": root})
    assert [each["read"] for each in (await page(bob))[0]] == [True, False]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
async def test_pages_follow_each_other_without_a_gap(
    alice: Person, bob: Person, a_room: str, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK_EVENTS", 4)
    monkeypatch.setattr(module, "ROOM_PLACES", 3)
    other = await alice.creates_room(invite=[bob.user_id])
    await bob.joins(other)
    said = [str(number) for number in range(7)]
    for number in said:
        await alice.says(other if int(number) % 3 else a_room, number)
        await alice.sets(a_room, "m.room.topic", {"topic": number})
    found = await pages(bob, limit=limit)
    assert [text for each in found for text in each] == said[::-1]
    assert all(len(each) <= limit for each in found)


async def test_a_long_search_is_answered_in_parts(
    alice: Person, bob: Person, a_room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK_EVENTS", 2)
    monkeypatch.setattr(module, "SCANNED_EVENTS_MAX", 2)
    await alice.says(a_room, "old")
    for number in range(6):
        await alice.sets(a_room, "m.room.topic", {"topic": str(number)})
    found = await pages(bob)
    assert len(found) > 3
    assert [text for each in found for text in each] == ["old"]


async def test_only_highlights_are_told_if_that_is_asked(alice: Person, bob: Person, a_room: str) -> None:
    await alice.says(a_room, "one")
    content = {"msgtype": "m.text", "body": "bob!", "m.mentions": {"user_ids": [bob.user_id]}}
    await alice.sends(a_room, "m.room.message", content)
    told, _ = await page(bob, only="highlight")
    assert texts([each["event"] for each in told]) == ["bob!"]


async def test_nothing_is_told_from_before_one_came_or_of_where_one_is_not(
    alice: Person, bob: Person, carol: Person, a_room: str
) -> None:
    await alice.says(a_room, "before")
    await alice.invites(a_room, carol)
    await carol.joins(a_room)
    await alice.says(a_room, "here")
    assert await pages(carol) == [["here"]]
    await carol.leaves(a_room)
    assert await pages(carol) == [[]]


async def test_what_was_taken_back_or_is_of_somebody_ignored_is_not_told(
    alice: Person, bob: Person, a_room: str
) -> None:
    event_id = await alice.says(a_room, "oops")
    await alice.says(a_room, "hello")
    await alice.done("PUT", room(a_room, "redact", event_id, "r"), {})
    assert await pages(bob) == [["hello"]]
    await bob.done(
        "PUT", f"user/{bob.user_id}/account_data/m.ignored_user_list", {"ignored_users": {alice.user_id: {}}}
    )
    assert await pages(bob) == [[]]


@pytest.mark.parametrize("query", [{"from": "x"}, {"from": "n" * 600}, {"limit": "x"}, {"limit": 0}, {"limit": -1}])
async def test_what_cannot_be_asked_is_refused(alice: Person, query: dict[str, object]) -> None:
    reply = await alice.get("notifications", query=query)
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")


async def test_a_token_is_one_persons(alice: Person, bob: Person, a_room: str) -> None:
    await alice.says(a_room, "one")
    await alice.says(a_room, "two")
    _, token = await page(bob, limit=1)
    assert token is not None
    reply = await alice.get("notifications", query={"from": token})
    assert (reply.status, reply.errcode) == (400, "M_INVALID_PARAM")
