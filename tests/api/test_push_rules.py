"""Push rules: reading them, changing them, and what they make of messages."""

from typing import Any

import pytest

from tests.helpers.asgi import segment
from tests.helpers.people import Person, room
from tests.helpers.server import RunningServer

LOUD = ["notify", {"set_tweak": "highlight"}]


def rule_path(kind: str, rule_id: str, *rest: str) -> str:
    return "/".join(["pushrules/global", kind, segment(rule_id), *rest])


async def puts(person: Person, kind: str, rule_id: str, **body: object) -> None:
    await person.done("PUT", rule_path(kind, rule_id), {"actions": []} | body)


async def names(person: Person, kind: str) -> list[str]:
    return [rule["rule_id"] for rule in (await person.done("GET", "pushrules/global/"))[kind]]


async def unread(person: Person, room_id: str) -> tuple[int, int]:
    counts = (await person.syncs())["rooms"]["join"][room_id]["unread_notifications"]
    return counts["notification_count"], counts["highlight_count"]


def rules_in(answer: dict[str, Any]) -> list[Any]:
    events = answer.get("account_data", {}).get("events", [])
    return [event["content"] for event in events if event["type"] == "m.push_rules"]


async def test_everybody_has_the_predefined_rules(alice: Person) -> None:
    rules = await alice.done("GET", "pushrules/")
    assert list(rules) == ["global"]
    assert await alice.done("GET", "pushrules/global/") == rules["global"]
    assert await alice.done("GET", "pushrules") == rules
    mention = await alice.done("GET", rule_path("override", ".m.rule.is_user_mention"))
    assert mention["conditions"] == [
        {"kind": "event_property_contains", "key": "content.m\\.mentions.user_ids", "value": alice.user_id}
    ]


async def test_one_rule_can_be_read_whole_or_in_part(alice: Person) -> None:
    path = "pushrules/global/underride/.m.rule.message"
    rule = await alice.done("GET", path)
    assert rule["rule_id"] == ".m.rule.message"
    assert await alice.done("GET", f"{path}/enabled") == {"enabled": True}
    assert await alice.done("GET", f"{path}/actions") == {"actions": ["notify"]}


@pytest.mark.parametrize("path", ["override/.m.rule.message", "strange/.m.rule.message", "room/%21room"])
async def test_a_rule_that_is_not_there_is_not_found(alice: Person, path: str) -> None:
    for method, rest, body in (
        ("GET", "", None), ("DELETE", "", None), ("GET", "/enabled", None), ("GET", "/actions", None),
        ("PUT", "/enabled", {"enabled": True}), ("PUT", "/actions", {"actions": []}),
    ):  # fmt: skip
        reply = await alice.request(method, f"pushrules/global/{path}{rest}", json=body)
        assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND"), (method, rest)


async def test_a_rule_of_ones_own_is_made_changed_switched_off_and_removed(alice: Person, bob: Person) -> None:
    path = rule_path("content", "cake")
    await alice.done("PUT", path, {"actions": ["notify"], "pattern": "cake*lie"})
    assert await alice.done("GET", path) == {
        "rule_id": "cake", "default": False, "enabled": True, "actions": ["notify"], "pattern": "cake*lie",
    }  # fmt: skip
    await alice.done("PUT", f"{path}/enabled", {"enabled": False})
    await alice.done("PUT", f"{path}/actions", {"actions": ["dont_notify"]})
    changed = await alice.done("GET", path)
    assert (changed["enabled"], changed["actions"]) == (False, [])
    assert (await bob.get(path)).status == 404
    await alice.done("DELETE", path)
    assert (await alice.get(path)).status == 404


async def test_rules_are_ordered_by_before_and_after(alice: Person) -> None:
    for name in ("c", "a"):
        await puts(alice, "override", name, conditions=[])
    await alice.done("PUT", f"{rule_path('override', 'b')}?before=c", {"actions": []})
    await alice.done("PUT", f"{rule_path('override', 'd')}?after=c", {"actions": []})
    assert (await names(alice, "override"))[:5] == [".m.rule.master", "a", "b", "c", "d"]
    reply = await alice.put(f"{rule_path('override', 'e')}?before=x", {"actions": []})
    assert (reply.status, reply.errcode) == (400, "M_UNKNOWN")


@pytest.mark.parametrize(
    ("path", "body", "errcode"),
    [
        (("override", ".mine"), {"actions": []}, "M_INVALID_PARAM"),
        (("override", "a/b"), {"actions": []}, "M_INVALID_PARAM"),
        (("override", "a\\b"), {"actions": []}, "M_INVALID_PARAM"),
        (("override", "a\0b"), {"actions": []}, "M_INVALID_PARAM"),
        (("strange", "a"), {"actions": []}, "M_INVALID_PARAM"),
        (("override", "a"), {}, "M_MISSING_PARAM"),
        (("content", "a"), {"actions": []}, "M_MISSING_PARAM"),
        (("override", "a"), {"actions": "notify"}, "M_BAD_JSON"),
        (("override", "a"), {"actions": ["bark"]}, "M_INVALID_PARAM"),
        (("override", "a"), {"actions": [], "conditions": [{"kind": "event_match"}]}, "M_INVALID_PARAM"),
        (("override", "a"), {"actions": [], "conditions": [5]}, "M_BAD_JSON"),
        (("content", "a"), {"actions": [], "pattern": 5}, "M_BAD_JSON"),
        (("override", ".m.rule.master", "enabled"), {}, "M_MISSING_PARAM"),
        (("override", ".m.rule.master", "enabled"), {"enabled": 1}, "M_BAD_JSON"),
        (("override", ".m.rule.master", "actions"), {"actions": [None]}, "M_INVALID_PARAM"),
    ],
)
async def test_what_is_no_rule_is_refused(alice: Person, path: tuple[str, ...], body: object, errcode: str) -> None:
    reply = await alice.put(rule_path(*path), body)
    assert (reply.status, reply.errcode) == (400, errcode), reply.body


async def test_the_rules_come_with_the_first_sync_and_when_they_changed(alice: Person) -> None:
    answer = await alice.syncs()
    assert rules_in(answer) == [await alice.done("GET", "pushrules/")]
    await alice.creates_room()
    answer = await alice.syncs(answer["next_batch"])
    assert rules_in(answer) == []
    await puts(alice, "room", "!somewhere")
    answer = await alice.syncs(answer["next_batch"])
    assert rules_in(answer) == [await alice.done("GET", "pushrules/")]
    assert rules_in(await alice.syncs(answer["next_batch"])) == []


async def test_the_rules_can_be_filtered_out(alice: Person) -> None:
    answer = await alice.syncs(filter='{"account_data": {"not_types": ["m.push_rules"]}}')
    assert "account_data" not in answer


async def test_the_rules_are_read_as_account_data_too_but_not_written(alice: Person, bob: Person) -> None:
    await puts(alice, "room", "!somewhere")
    path = f"user/{alice.user_id}/account_data/m.push_rules"
    assert await alice.done("GET", path) == await alice.done("GET", "pushrules/")
    reply = await alice.put(path, {"global": {}})
    assert (reply.status, reply.errcode) == (405, "M_BAD_JSON")
    assert (await bob.get(path)).status == (await bob.put(path, {})).status == 403


async def test_a_muted_room_counts_nothing_and_says_so_at_once(alice: Person, bob: Person, a_room: str) -> None:
    await alice.says(a_room, "hello")
    answer = await bob.syncs()
    assert answer["rooms"]["join"][a_room]["unread_notifications"]["notification_count"] == 1
    await puts(bob, "room", a_room)
    answer = await bob.syncs(answer["next_batch"])
    assert answer["rooms"]["join"][a_room]["unread_notifications"]["notification_count"] == 0
    await alice.says(a_room, "hello?")
    assert await unread(bob, a_room) == (0, 0)
    await bob.done("DELETE", rule_path("room", a_room))
    assert await unread(bob, a_room) == (2, 0)


async def test_keywords_highlight_for_whom_they_are_alone(
    alice: Person, bob: Person, carol: Person, a_room: str
) -> None:
    await alice.invites(a_room, carol)
    await carol.joins(a_room)
    await puts(bob, "content", "cake", pattern="cake", actions=LOUD)
    await alice.says(a_room, "there is cake!")
    await alice.says(a_room, "pancakes")
    assert await unread(bob, a_room) == (2, 1)
    assert await unread(carol, a_room) == (2, 0)


async def test_the_master_switch_silences_everything(alice: Person, bob: Person, a_room: str) -> None:
    await bob.done("PUT", rule_path("override", ".m.rule.master", "enabled"), {"enabled": True})
    await puts(bob, "content", "cake", pattern="cake", actions=LOUD)
    await alice.says(a_room, "cake")
    assert await unread(bob, a_room) == (0, 0)


async def test_mentions_only(alice: Person, bob: Person, a_room: str) -> None:
    for rule_id in (".m.rule.message", ".m.rule.room_one_to_one"):
        await bob.done("PUT", rule_path("underride", rule_id, "actions"), {"actions": []})
    await alice.says(a_room, "hello")
    content = {"msgtype": "m.text", "body": "bob!", "m.mentions": {"user_ids": [bob.user_id]}}
    await alice.sends(a_room, "m.room.message", content)
    assert await unread(bob, a_room) == (1, 1)


async def test_ones_name_is_the_one_in_the_room(alice: Person, bob: Person, a_room: str) -> None:
    await puts(bob, "override", "name", actions=LOUD, conditions=[{"kind": "contains_display_name"}])
    await alice.says(a_room, "hello Robert")
    assert await unread(bob, a_room) == (1, 0)
    await bob.sets(a_room, "m.room.member", {"membership": "join", "displayname": "Robert"}, bob.user_id)
    assert await unread(bob, a_room) == (1, 1)


async def test_how_many_are_in_the_room_counts(alice: Person, bob: Person, carol: Person, a_room: str) -> None:
    await puts(bob, "override", "few", actions=LOUD, conditions=[{"kind": "room_member_count", "is": "2"}])
    await alice.says(a_room, "hello")
    assert await unread(bob, a_room) == (1, 1)
    await alice.invites(a_room, carol)
    await carol.joins(a_room)
    await alice.says(a_room, "all together")
    assert await unread(bob, a_room) == (2, 0)


async def test_nothing_of_those_one_ignores_counts(alice: Person, bob: Person, a_room: str) -> None:
    path = f"user/{bob.user_id}/account_data/m.ignored_user_list"
    await alice.says(a_room, "hello")
    assert await unread(bob, a_room) == (1, 0)
    since = (await bob.syncs())["next_batch"]
    await bob.done("PUT", path, {"ignored_users": {alice.user_id: {}}})
    answer = await bob.syncs(since)
    assert answer["rooms"]["join"][a_room]["unread_notifications"]["notification_count"] == 0
    assert await unread(bob, a_room) == (0, 0)
    await bob.done("PUT", path, {"ignored_users": 5})
    assert await unread(bob, a_room) == (1, 0)


async def test_rules_and_counts_are_the_same_after_a_restart(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str
) -> None:
    await puts(bob, "content", "cake", pattern="cake", actions=LOUD)
    await alice.says(a_room, "cake")
    before = await bob.done("GET", "pushrules/")
    await homeserver.stop()
    await homeserver.start()
    bob.app = homeserver.app.http
    assert await bob.done("GET", "pushrules/") == before
    assert await unread(bob, a_room) == (1, 1)


async def test_threads_are_counted_by_ones_own_rules_too(alice: Person, bob: Person, a_room: str) -> None:
    await puts(bob, "content", "cake", pattern="cake", actions=LOUD)
    root = await alice.says(a_room, "cake")
    relation = {"rel_type": "m.thread", "event_id": root}
    await alice.sends(a_room, "m.room.message", {"msgtype": "m.text", "body": "cake", "m.relates_to": relation})
    answer = await bob.syncs(filter='{"room": {"timeline": {"unread_thread_notifications": true}}}')
    mine = answer["rooms"]["join"][a_room]
    assert mine["unread_thread_notifications"] == {root: {"notification_count": 1, "highlight_count": 1}}
    await bob.done("POST", room(a_room, "receipt", "m.read", root), {})
    assert await unread(bob, a_room) == (1, 1)
