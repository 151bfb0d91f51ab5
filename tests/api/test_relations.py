"""Events that relate to others: edits, threads, references, reactions."""

from typing import Any

import pytest

from sottovoce.protocol.ids import UserId
from tests.helpers.people import Person, room
from tests.helpers.server import RunningServer

MESSAGE = "m.room.message"


def related(rel_type: str, event_id: str, **more: object) -> dict[str, object]:
    return {"m.relates_to": {"rel_type": rel_type, "event_id": event_id, **more}}


async def edits(person: Person, room_id: str, event_id: str, text: str) -> str:
    new = {"msgtype": "m.text", "body": text}
    content = {**new, "body": f"* {text}", "m.new_content": new, **related("m.replace", event_id)}
    return await person.sends(room_id, MESSAGE, content)


async def replies_in_thread(person: Person, room_id: str, root: str, text: str) -> str:
    return await person.sends(room_id, MESSAGE, {"msgtype": "m.text", "body": text, **related("m.thread", root)})


async def reacts(person: Person, room_id: str, event_id: str, key: str) -> str:
    return await person.sends(room_id, "m.reaction", related("m.annotation", event_id, key=key))


async def refers(person: Person, room_id: str, event_id: str) -> str:
    return await person.sends(room_id, "it.pointer", related("m.reference", event_id))


async def redacts(person: Person, room_id: str, event_id: str) -> None:
    await person.done("PUT", room(room_id, "redact", event_id, f"r{event_id}"), {})


async def told_with(person: Person, room_id: str, event_id: str) -> Any:
    event = await person.done("GET", room(room_id, "event", event_id))
    return event["unsigned"].get("m.relations")


def path(room_id: str, *rest: str) -> str:
    return f"/_matrix/client/v1/{room(room_id, *rest)}"


async def children(person: Person, room_id: str, event_id: str, *kinds: str, **query: object) -> Any:
    return await person.done("GET", path(room_id, "relations", event_id, *kinds), query=query)


def ids(page: Any) -> list[str]:
    return [event["event_id"] for event in page["chunk"]]


async def test_an_edited_message_comes_with_its_newest_edit(alice: Person, bob: Person, a_room: str) -> None:
    said = await alice.says(a_room, "ciao")
    assert await told_with(bob, a_room, said) is None
    await edits(alice, a_room, said, "ciao!")
    newest = await edits(alice, a_room, said, "ciao!!")
    edit = (await told_with(bob, a_room, said))["m.replace"]
    assert edit["event_id"] == newest
    assert edit["content"]["m.new_content"]["body"] == "ciao!!"
    assert (edit["sender"], edit["room_id"], edit["type"]) == (alice.user_id, a_room, MESSAGE)
    whole = await bob.done("GET", room(a_room, "event", said))
    assert whole["content"]["body"] == "ciao", "the original stays as it was"


async def test_what_is_no_valid_edit_is_not_told(alice: Person, bob: Person, a_room: str) -> None:
    said = await alice.says(a_room, "ciao")
    await edits(bob, a_room, said, "not mine to edit")
    await alice.sends(a_room, MESSAGE, {"msgtype": "m.text", "body": "nothing new", **related("m.replace", said)})
    await alice.sends(a_room, "m.sticker", {"m.new_content": {"body": "y"}, **related("m.replace", said)})
    assert await told_with(bob, a_room, said) is None
    edit = await edits(alice, a_room, said, "ciao!")
    await edits(alice, a_room, edit, "edited twice over")
    assert (await told_with(bob, a_room, said))["m.replace"]["event_id"] == edit
    assert await told_with(bob, a_room, edit) is None


async def test_a_redacted_edit_gives_way_to_the_one_before(alice: Person, bob: Person, a_room: str) -> None:
    said = await alice.says(a_room, "ciao")
    first = await edits(alice, a_room, said, "ciao!")
    second = await edits(alice, a_room, said, "ciao!!")
    await redacts(alice, a_room, second)
    assert (await told_with(bob, a_room, said))["m.replace"]["event_id"] == first
    await redacts(alice, a_room, first)
    assert await told_with(bob, a_room, said) is None


async def test_a_redacted_message_has_no_edit_but_keeps_its_thread(alice: Person, bob: Person, a_room: str) -> None:
    said = await alice.says(a_room, "ciao")
    edit = await edits(alice, a_room, said, "ciao!")
    await replies_in_thread(bob, a_room, said, "one")
    await redacts(alice, a_room, said)
    assert list(await told_with(bob, a_room, said)) == ["m.thread"]
    assert edit in ids(await children(bob, a_room, said))


async def test_a_thread_is_told_with_its_root(alice: Person, bob: Person, carol: Person, a_room: str) -> None:
    await alice.invites(a_room, carol)
    await carol.joins(a_room)
    root = await alice.says(a_room, "who comes?")
    await replies_in_thread(bob, a_room, root, "me")
    last = await replies_in_thread(bob, a_room, root, "and my cat")
    await edits(bob, a_room, last, "and my two cats")
    for person, takes_part in ((alice, True), (bob, True), (carol, False)):
        thread = (await told_with(person, a_room, root))["m.thread"]
        assert (thread["count"], thread["current_user_participated"]) == (2, takes_part)
        assert thread["latest_event"]["event_id"] == last
        inner = thread["latest_event"]["unsigned"]["m.relations"]["m.replace"]
        assert inner["content"]["m.new_content"]["body"] == "and my two cats"


async def test_a_redacted_reply_leaves_the_thread(alice: Person, bob: Person, a_room: str) -> None:
    root = await alice.says(a_room, "who comes?")
    first = await replies_in_thread(bob, a_room, root, "me")
    second = await replies_in_thread(bob, a_room, root, "or not")
    await redacts(bob, a_room, second)
    thread = (await told_with(alice, a_room, root))["m.thread"]
    assert (thread["count"], thread["latest_event"]["event_id"]) == (1, first)
    await redacts(bob, a_room, first)
    assert await told_with(alice, a_room, root) is None


async def test_references_are_told_by_their_ids(alice: Person, bob: Person, a_room: str) -> None:
    said = await alice.says(a_room, "ciao")
    pointers = [await refers(bob, a_room, said), await refers(alice, a_room, said)]
    assert await told_with(bob, a_room, said) == {
        "m.reference": {"chunk": [{"event_id": event_id} for event_id in pointers]}
    }


async def test_reactions_and_own_kinds_are_listed_but_not_told(alice: Person, bob: Person, a_room: str) -> None:
    said = await alice.says(a_room, "ciao")
    reaction = await reacts(bob, a_room, said, "👍")
    own = await bob.sends(a_room, "it.own", related("it.own", said))
    assert await told_with(alice, a_room, said) is None
    assert ids(await children(alice, a_room, said)) == [own, reaction]


async def test_every_place_that_shows_events_tells(homeserver: RunningServer, alice: Person, a_room: str) -> None:
    said = await alice.says(a_room, "ciao")
    edit = await edits(alice, a_room, said, "ciao!")
    context = await alice.done("GET", room(a_room, "context", said))
    around = await alice.done("GET", room(a_room, "context", edit))
    page = await alice.done("GET", room(a_room, "messages"), query={"dir": "b", "limit": 2})
    synced = await alice.syncs(filter='{"room":{"timeline":{"limit":2}}}')
    timeline = synced["rooms"]["join"][a_room]["timeline"]
    assert timeline["limited"]
    shown = [context["event"], around["events_before"][0], page["chunk"][1], timeline["events"][0]]
    assert [event["unsigned"]["m.relations"]["m.replace"]["event_id"] for event in shown] == [edit] * 4


async def test_a_sync_that_brings_everything_leaves_it_to_the_client(alice: Person, bob: Person, a_room: str) -> None:
    since = (await bob.syncs())["next_batch"]
    said = await alice.says(a_room, "ciao")
    await edits(alice, a_room, said, "ciao!")
    timeline = (await bob.syncs(since))["rooms"]["join"][a_room]["timeline"]
    assert not timeline["limited"]
    assert "m.relations" not in timeline["events"][0]["unsigned"]


async def test_relations_are_remembered_over_a_restart(homeserver: RunningServer, alice: Person, a_room: str) -> None:
    said = await alice.says(a_room, "ciao")
    edit = await edits(alice, a_room, said, "ciao!")
    await homeserver.stop()
    await homeserver.start()
    alice.app = homeserver.app.http
    assert (await told_with(alice, a_room, said))["m.replace"]["event_id"] == edit


async def test_children_are_listed_by_kind_and_type(alice: Person, bob: Person, a_room: str) -> None:
    said = await alice.says(a_room, "ciao")
    edit = await edits(alice, a_room, said, "ciao!")
    reply = await replies_in_thread(bob, a_room, said, "one")
    pointer = await bob.sends(a_room, "it.pointer", related("m.thread", said))
    assert ids(await children(bob, a_room, said)) == [pointer, reply, edit]
    assert ids(await children(bob, a_room, said, dir="f")) == [edit, reply, pointer]
    assert ids(await children(bob, a_room, said, "m.thread")) == [pointer, reply]
    assert ids(await children(bob, a_room, said, "m.thread", "it.pointer")) == [pointer]
    assert await children(bob, a_room, said, "m.reference") == {"chunk": []}


@pytest.mark.parametrize("direction", ["b", "f"])
async def test_children_are_paged(alice: Person, a_room: str, direction: str) -> None:
    said = await alice.says(a_room, "ciao")
    pointers = [await refers(alice, a_room, said) for _ in range(5)]
    if direction == "b":
        pointers.reverse()
    first = await children(alice, a_room, said, dir=direction, limit=2)
    second = await children(alice, a_room, said, dir=direction, limit=2, **{"from": first["next_batch"]})
    third = await children(alice, a_room, said, dir=direction, limit=2, **{"from": second["next_batch"]})
    assert [ids(page) for page in (first, second, third)] == [pointers[:2], pointers[2:4], pointers[4:]]
    assert "prev_batch" not in first
    assert second["prev_batch"] == first["next_batch"]
    assert "next_batch" not in third
    between = await children(
        alice, a_room, said, dir=direction, **{"from": first["next_batch"], "to": second["next_batch"]}
    )
    assert ids(between) == pointers[2:4]


async def test_children_of_children_are_followed_three_levels_down(alice: Person, a_room: str) -> None:
    said = await alice.says(a_room, "ciao")
    reply = await replies_in_thread(alice, a_room, said, "one")
    edit = await edits(alice, a_room, reply, "two")
    below = await refers(alice, a_room, edit)
    too_deep = await refers(alice, a_room, below)
    assert ids(await children(alice, a_room, said)) == [reply]
    page = await children(alice, a_room, said, recurse="true")
    assert ids(page) == [below, edit, reply]
    assert page["recursion_depth"] == 3
    assert (await children(alice, a_room, said, recurse="false"))["recursion_depth"] == 1
    assert "recursion_depth" not in await children(alice, a_room, said)
    assert ids(await children(alice, a_room, said, "m.replace", recurse="true")) == []
    assert ids(await children(alice, a_room, below, recurse="true")) == [too_deep]
    first = await children(alice, a_room, said, recurse="true", limit=1)
    assert ids(await children(alice, a_room, said, recurse="true", **{"from": first["next_batch"]})) == [edit, reply]


async def test_strangers_learn_nothing_of_what_relates(alice: Person, carol: Person, a_room: str) -> None:
    said = await alice.says(a_room, "ciao")
    await edits(alice, a_room, said, "ciao!")
    theirs = await carol.request("GET", path(a_room, "relations", said))
    nowhere = await carol.request("GET", path("!none:test", "relations", said))
    absent = await alice.request("GET", path(a_room, "relations", "$none"))
    assert (theirs.status, theirs.json["errcode"]) == (404, "M_NOT_FOUND")
    assert (nowhere.status, nowhere.json) == (404, theirs.json)
    assert (absent.status, absent.json) == (404, theirs.json)
    threads = await carol.request("GET", path(a_room, "threads"))
    assert (threads.status, threads.json["errcode"]) == (403, "M_FORBIDDEN")


async def test_whoever_left_sees_what_related_until_then(alice: Person, bob: Person, a_room: str) -> None:
    said = await alice.says(a_room, "ciao")
    seen = await edits(alice, a_room, said, "ciao!")
    await replies_in_thread(bob, a_room, said, "one")
    await bob.leaves(a_room)
    await edits(alice, a_room, said, "behind his back")
    await replies_in_thread(alice, a_room, said, "two")
    told = await told_with(bob, a_room, said)
    assert told["m.replace"]["event_id"] == seen
    assert told["m.thread"]["count"] == 1
    assert len(ids(await children(bob, a_room, said))) == 2


async def test_what_was_hidden_in_between_is_not_told(alice: Person, bob: Person) -> None:
    hidden = {"type": "m.room.history_visibility", "state_key": "", "content": {"history_visibility": "joined"}}
    room_id = await alice.creates_room(invite=[bob.user_id], initial_state=[hidden])
    await bob.joins(room_id)
    said = await alice.says(room_id, "ciao")
    first = await replies_in_thread(alice, room_id, said, "one")
    await bob.leaves(room_id)
    await replies_in_thread(alice, room_id, said, "behind his back")
    await alice.invites(room_id, bob)
    await bob.joins(room_id)
    thread = (await told_with(bob, room_id, said))["m.thread"]
    assert (thread["count"], thread["latest_event"]["event_id"]) == (1, first)
    assert ids(await children(bob, room_id, said)) == [first]


async def test_nobody_reacts_twice_with_the_same(alice: Person, bob: Person, a_room: str) -> None:
    said = await alice.says(a_room, "ciao")
    first = await reacts(bob, a_room, said, "👍")
    again = await bob.request(
        "PUT", room(a_room, "send", "m.reaction", "again"), json=related("m.annotation", said, key="👍")
    )
    assert (again.status, again.json["errcode"]) == (400, "M_DUPLICATE_ANNOTATION")
    await reacts(bob, a_room, said, "👎")
    await reacts(alice, a_room, said, "👍")
    await bob.sends(a_room, "it.verdict", related("m.annotation", said, key="👍"))
    await redacts(bob, a_room, first)
    await reacts(bob, a_room, said, "👍")


async def test_a_reaction_sent_again_by_its_transaction_is_no_second_one(alice: Person, a_room: str) -> None:
    said = await alice.says(a_room, "ciao")
    content = related("m.annotation", said, key="👍")
    first = await alice.sends(a_room, "m.reaction", content, "same")
    assert await alice.sends(a_room, "m.reaction", content, "same") == first


async def test_no_thread_starts_from_what_relates_to_something(alice: Person, a_room: str) -> None:
    said = await alice.says(a_room, "ciao")
    for child in (await replies_in_thread(alice, a_room, said, "one"), await edits(alice, a_room, said, "ciao!")):
        content = {"msgtype": "m.text", "body": "x", **related("m.thread", child)}
        refused = await alice.request("PUT", room(a_room, "send", MESSAGE, f"t{child}"), json=content)
        assert (refused.status, refused.json["errcode"]) == (400, "M_UNKNOWN")


async def test_a_relation_to_nothing_is_an_event_like_any_other(alice: Person, a_room: str) -> None:
    elsewhere = await alice.creates_room()
    there = await alice.says(elsewhere, "over there")
    for target in ("$none", there, "x" * 300, "nul"):
        await replies_in_thread(alice, a_room, target, "sent all the same")
    await alice.sends(a_room, MESSAGE, {"msgtype": "m.text", "body": "x", "m.relates_to": "odd"})
    assert await told_with(alice, elsewhere, there) is None


async def test_a_poll_is_a_message_whose_answers_refer_to_it(alice: Person, bob: Person, a_room: str) -> None:
    poll = await alice.sends(a_room, "m.poll.start", {"m.poll": {"question": {"m.text": [{"body": "Pizza?"}]}}})
    vote = await bob.sends(a_room, "m.poll.response", {"m.selections": ["yes"], **related("m.reference", poll)})
    end = await alice.sends(a_room, "m.poll.end", {"m.text": [{"body": "over"}], **related("m.reference", poll)})
    assert ids(await children(bob, a_room, poll, "m.reference")) == [end, vote]
    assert ids(await children(bob, a_room, poll, "m.reference", "m.poll.response")) == [vote]
    chunk = (await told_with(bob, a_room, poll))["m.reference"]["chunk"]
    assert [child["event_id"] for child in chunk] == [vote, end]


async def test_arguments_that_make_no_sense_are_refused(alice: Person, a_room: str) -> None:
    said = await alice.says(a_room, "ciao")
    for query in ({"dir": "x"}, {"limit": "0"}, {"limit": "x"}, {"from": "x"}, {"to": "x"}, {"recurse": "x"}):
        refused = await alice.request("GET", path(a_room, "relations", said), query=query)
        assert (refused.status, refused.json["errcode"]) == (400, "M_INVALID_PARAM"), query
    for query in ({"include": "x"}, {"limit": "0"}, {"from": "x"}):
        refused = await alice.request("GET", path(a_room, "threads"), query=query)
        assert (refused.status, refused.json["errcode"]) == (400, "M_INVALID_PARAM"), query


async def test_threads_come_with_the_newest_reply_first(alice: Person, bob: Person, a_room: str) -> None:
    first, second, third = [await alice.says(a_room, text) for text in ("one", "two", "three")]
    for root in (third, first, second):
        await replies_in_thread(alice, a_room, root, "x")
    await replies_in_thread(bob, a_room, third, "y")
    await bob.says(a_room, "no thread")
    page = await bob.done("GET", path(a_room, "threads"))
    assert ids(page) == [third, second, first]
    assert "next_batch" not in page
    assert page["chunk"][0]["unsigned"]["m.relations"]["m.thread"]["count"] == 2
    start = await bob.done("GET", path(a_room, "threads"), query={"limit": 2})
    rest = await bob.done("GET", path(a_room, "threads"), query={"limit": 2, "from": start["next_batch"]})
    assert (ids(start), ids(rest)) == ([third, second], [first])
    assert "next_batch" not in rest
    mine = await bob.done("GET", path(a_room, "threads"), query={"include": "participated"})
    assert ids(mine) == [third]
    begun = await alice.done("GET", path(a_room, "threads"), query={"include": "participated"})
    assert ids(begun) == [third, second, first]


async def ignores(person: Person, other: Person) -> None:
    content: dict[str, object] = {"ignored_users": {other.user_id: {}}}
    await person.done("PUT", f"user/{person.user_id}/account_data/m.ignored_user_list", content)


async def test_ignored_people_take_no_part_in_what_is_told(alice: Person, bob: Person, a_room: str) -> None:
    said = await alice.says(a_room, "ciao")
    mine = await replies_in_thread(alice, a_room, said, "one")
    pointer = await refers(bob, a_room, said)
    await replies_in_thread(bob, a_room, said, "two")
    begun = await bob.says(a_room, "a thread of bob's")
    await replies_in_thread(alice, a_room, begun, "in it")
    await ignores(alice, bob)
    told = await told_with(alice, a_room, said)
    assert list(told) == ["m.thread"]
    assert (told["m.thread"]["count"], told["m.thread"]["latest_event"]["event_id"]) == (1, mine)
    assert ids(await children(alice, a_room, said, recurse="true")) == [mine]
    assert pointer in ids(await children(bob, a_room, said))
    page = await alice.done("GET", path(a_room, "threads"))
    assert ids(page) == [begun, said]
    assert page["chunk"][0]["content"] == {}
    assert page["chunk"][0]["unsigned"]["m.relations"]["m.thread"]["count"] == 1


async def test_what_erased_people_said_is_not_told_to_newcomers_either(
    homeserver: RunningServer, alice: Person, bob: Person, carol: Person, a_room: str
) -> None:
    said = await bob.says(a_room, "ciao")
    edit = await edits(bob, a_room, said, "ciao a tutti")
    root = await alice.says(a_room, "who comes?")
    await replies_in_thread(bob, a_room, root, "me")
    await homeserver.app.base.accounts.users.deactivate(UserId(bob.user_id), erases=True)
    await homeserver.settle()
    await alice.invites(a_room, carol)
    await carol.joins(a_room)
    assert await told_with(carol, a_room, said) is None
    assert (await told_with(carol, a_room, root))["m.thread"]["latest_event"]["content"] == {}
    assert (await told_with(alice, a_room, said))["m.replace"]["event_id"] == edit
