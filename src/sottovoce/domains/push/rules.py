"""Pure rules of counting what is unread, and the predefined push rules as clients read them.

A count can be made from all events of a window, or go on from the last one: what came into the window is added, what
fell out of it is taken away again. Both come to the same.
"""

from collections.abc import Iterable, Mapping

from sottovoce.domains.changes.model import Unread
from sottovoce.domains.receipts.model import MAIN
from sottovoce.protocol.ids import UserId
from sottovoce.protocol.push_rules import Notice

from .model import Floors, Judged


class Tally:
    """What is unread for one person in one room, by thread, in a window of judged events."""

    __slots__ = ("_counts", "_sent_at", "floors", "user_id")

    def __init__(self, user_id: UserId, floors: Floors) -> None:
        self.user_id = user_id
        self.floors = floors
        self._counts: dict[str, list[int]] = {}
        self._sent_at: dict[str, int] = {}

    def add(self, events: Iterable[Judged]) -> None:
        """These events, ascending and after all others, are in the window now.

        What a person sends marks what was before it in the same thread as read. Spec: client-server, Marking
        notifications as read.
        """
        self._count(events, 1)

    def remove(self, events: Iterable[Judged]) -> None:
        """These events, which were in the window, are no longer."""
        self._count(events, -1)

    def whole(self) -> Unread:
        """The counts of all threads together. Spec: client-server, Syncing, unread_notifications."""
        counts = self._counts.values()
        return Unread(sum(it[0] for it in counts), sum(it[1] for it in counts))

    def by_thread(self) -> tuple[Unread, dict[str, Unread]]:
        """The count of the main timeline, and of each thread that has any. Spec: ditto, unread_thread_notifications."""
        counts = {thread_id: Unread(*count) for thread_id, count in self._counts.items() if count[0]}
        return counts.pop(MAIN, Unread(0, 0)), counts

    def _count(self, events: Iterable[Judged], by: int) -> None:
        # Runs for every event of every room in a first sync: hence the names for what does not change.
        me, whole, read, sent_at = self.user_id, self.floors.whole, self.floors.marks.threads, self._sent_at
        for judged in events:
            thread_id, position = judged.thread_id, judged.position
            if judged.sender == me:
                if judged.is_sent and by > 0:
                    sent_at[thread_id] = position
                    self._counts.pop(thread_id, None)
                continue
            notice = judged.by_user.get(me, judged.everyone) if judged.by_user else judged.everyone
            is_read = position <= whole or position <= read.get(thread_id, 0) or position <= sent_at.get(thread_id, 0)
            if notice and not is_read:
                count = self._counts.setdefault(thread_id, [0, 0])
                count[0] += by
                count[1] += by if notice is Notice.HIGHLIGHT else 0


def counted_afresh(user_id: UserId, floors: Floors, window: Iterable[Judged]) -> Tally:
    """The tally of a whole window, ascending."""
    tally = Tally(user_id, floors)
    tally.add(window)
    return tally


def default_ruleset(user_id: UserId) -> dict[str, list[dict[str, object]]]:
    """The predefined rules of this person, by kind, in their order. Spec: client-server, Predefined Rules."""
    override = [
        _rule("master", [], [], enabled=False),
        _rule("suppress_notices", [_is("content.msgtype", "m.notice")], []),
        _rule("invite_for_me", _invite_of(user_id), [_NOTIFY, _SOUND]),
        _rule("member_event", [_is("type", "m.room.member")], []),
        _rule("is_user_mention", [_mentions(user_id)], [_NOTIFY, _SOUND, _HIGHLIGHT]),
        _rule("is_room_mention", [_has(_ROOM_MENTIONED, value=True), _MAY_NOTIFY_ROOM], [_NOTIFY, _HIGHLIGHT]),
        _rule("tombstone", [_is("type", "m.room.tombstone"), _is("state_key", "")], [_NOTIFY, _HIGHLIGHT]),
        _rule("reaction", [_is("type", "m.reaction")], []),
        _rule("room.server_acl", [_is("type", "m.room.server_acl"), _is("state_key", "")], []),
        _rule("suppress_edits", [_has(_RELATION, value="m.replace")], []),
    ]
    underride = [
        _rule("call", [_is("type", "m.call.invite")], [_NOTIFY, {"set_tweak": "sound", "value": "ring"}]),
        _rule("encrypted_room_one_to_one", [_FOR_TWO, _is("type", "m.room.encrypted")], [_NOTIFY, _SOUND]),
        _rule("room_one_to_one", [_FOR_TWO, _is("type", "m.room.message")], [_NOTIFY, _SOUND]),
        _rule("message", [_is("type", "m.room.message")], [_NOTIFY]),
        _rule("encrypted", [_is("type", "m.room.encrypted")], [_NOTIFY]),
    ]
    return {"override": override, "content": [], "room": [], "sender": [], "underride": underride}


def find_rule(ruleset: Mapping[str, list[dict[str, object]]], kind: str, rule_id: str) -> dict[str, object] | None:
    """The rule of this kind and id, or None."""
    return next((rule for rule in ruleset.get(kind, ()) if rule["rule_id"] == rule_id), None)


_NOTIFY: object = "notify"
_SOUND: object = {"set_tweak": "sound", "value": "default"}
_HIGHLIGHT: object = {"set_tweak": "highlight"}
_FOR_TWO: dict[str, object] = {"kind": "room_member_count", "is": "2"}
_MAY_NOTIFY_ROOM: dict[str, object] = {"kind": "sender_notification_permission", "key": "room"}
_ROOM_MENTIONED = "content.m\\.mentions.room"
_RELATION = "content.m\\.relates_to.rel_type"


def _rule(
    name: str, conditions: list[dict[str, object]], actions: list[object], *, enabled: bool = True
) -> dict[str, object]:
    return {
        "rule_id": f".m.rule.{name}",
        "default": True,
        "enabled": enabled,
        "conditions": conditions,
        "actions": actions,
    }


def _is(key: str, pattern: str) -> dict[str, object]:
    return {"kind": "event_match", "key": key, "pattern": pattern}


def _has(key: str, *, value: object) -> dict[str, object]:
    return {"kind": "event_property_is", "key": key, "value": value}


def _mentions(user_id: UserId) -> dict[str, object]:
    return {"kind": "event_property_contains", "key": "content.m\\.mentions.user_ids", "value": user_id}


def _invite_of(user_id: UserId) -> list[dict[str, object]]:
    return [_is("type", "m.room.member"), _is("content.membership", "invite"), _is("state_key", user_id)]
