"""Rooms and events for the tests of the protocol: real events, signed by made-up servers."""

import json
from pathlib import Path

from hypothesis import strategies as st

from sottovoce.protocol.auth_rules import check, needed_for
from sottovoce.protocol.errors import Refusal
from sottovoce.protocol.events import Draft, Event, build_event
from sottovoce.protocol.ids import EventId, RoomId, ServerName, UserId, server_of
from sottovoce.protocol.room_versions import ROOM_VERSIONS
from sottovoce.protocol.signing import Signer

ALICE = UserId("@alice:example.org")
BOB = UserId("@bob:example.org")
CAROL = UserId("@carol:example.org")
FAR_DAVE = UserId("@dave:elsewhere.net")

VERSIONS = sorted(ROOM_VERSIONS)

Content = dict[str, object]

_VECTORS = Path(__file__).parent.parent / "vectors"


def vectors(name: str) -> dict[str, list[dict[str, object]]]:
    """A file of published test vectors."""
    loaded: dict[str, list[dict[str, object]]] = json.loads((_VECTORS / f"{name}.json").read_text("utf-8"))
    return loaded


def signer_of(server: str) -> Signer:
    """The one key each made-up server has."""
    return Signer(ServerName(server), "ed25519:1", server.encode().ljust(32, b".")[:32])


def oracle_canonical(value: object) -> bytes:
    """Canonical JSON the slow way, from the standard library."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


class Room:
    """A room made by alice, who has joined it. State is put in without being judged."""

    def __init__(self, version: str = "12", create: Content | None = None) -> None:
        self.version = ROOM_VERSIONS[version]
        self.state: dict[tuple[str, str], Event] = {}
        content: Content = {"room_version": version}
        if self.version.create_names_creator:
            content["creator"] = ALICE
        self.room_id = None if self.version.room_id_is_create_hash else RoomId("!room:example.org")
        self.create = self.put("m.room.create", ALICE, {**content, **(create or {})})
        self.room_id = self.create.room_id
        self.member(ALICE, "join")

    def event(
        self,
        event_type: str,
        sender: UserId,
        content: Content,
        state_key: str | None = None,
        *,
        signer: Signer | None = None,
        prev_events: tuple[EventId, ...] = (EventId("$before"),),
        redacts: EventId | None = None,
    ) -> Event:
        """An event on top of the room's state; the state does not change."""
        pairs = needed_for(event_type, sender, state_key, content, self.version)
        draft = Draft(
            type=event_type,
            sender=sender,
            content=content,
            room_id=self.room_id,
            origin_server_ts=1_700_000_000_000,
            depth=7,
            prev_events=() if event_type == "m.room.create" else prev_events,
            auth_events=tuple(self.state[pair].event_id for pair in pairs if pair in self.state),
            state_key=state_key,
            redacts=redacts,
        )
        return build_event(draft, self.version, signer or signer_of(server_of(sender)))

    def put(self, event_type: str, sender: UserId, content: Content, state_key: str = "") -> Event:
        """Make this state event part of the room's state."""
        event = self.event(event_type, sender, content, state_key)
        self.state[event_type, state_key] = event
        return event

    def member(self, user: UserId, membership: str) -> Event:
        """Give a user a membership."""
        return self.put("m.room.member", user, {"membership": membership}, user)

    def levels(self, **content: object) -> Event:
        """Give the room a power levels event."""
        return self.put("m.room.power_levels", ALICE, content)

    def join_rule(self, rule: str) -> Event:
        """Set how the room is joined."""
        return self.put("m.room.join_rules", ALICE, {"join_rule": rule})

    def refusal(self, event: Event) -> Refusal | None:
        """What the rules say to the event."""
        return check(event, self.state, self.version)

    def refused_by(self, event: Event) -> str | None:
        """The rule that refuses the event, None if it is allowed."""
        refusal = self.refusal(event)
        return None if refusal is None else refusal.rule

    def judge_member(self, sender: UserId, membership: str, target: UserId, **content: object) -> str | None:
        """The rule that refuses this change of membership, None if it is allowed."""
        return self.refused_by(self.event("m.room.member", sender, {"membership": membership, **content}, target))


def numbered(version: str, rule_in_12: str) -> str:
    """The number on a version's page of a rule of version 12's: one less from rule 3 on, and no 10.4 before."""
    first, *rest = (int(part) for part in rule_in_12.split("."))
    if version == "12" or first < 3:
        return rule_in_12
    if first == 10 and rest and rest[0] > 4:
        rest[0] -= 1
    return ".".join(map(str, [first - 1, *rest]))


_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_integers = st.integers(-(2**53) + 1, 2**53 - 1)
json_values: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | _integers | _texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=12,
)
json_objects: st.SearchStrategy[dict[str, object]] = st.dictionaries(_texts, json_values, max_size=5)
