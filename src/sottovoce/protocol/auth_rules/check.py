"""The rules in the order of the page; the long ones have files of their own."""

from sottovoce.protocol.auth_rules.membership import check_member
from sottovoce.protocol.auth_rules.numbers import refuse
from sottovoce.protocol.auth_rules.power_levels import check_power_levels
from sottovoce.protocol.auth_rules.view import RoomView, StateMap
from sottovoce.protocol.errors import Refusal
from sottovoce.protocol.events import Event
from sottovoce.protocol.ids import is_user_id, server_of
from sottovoce.protocol.room_versions import ROOM_VERSIONS, RoomVersion


def check(event: Event, state: StateMap, version: RoomVersion) -> Refusal | None:
    """Judge an event against a state of its room; None allows it.

    state: at least the create event and what `needed_for` names. Whether signatures are genuine is not judged here.
    Spec: room version pages, Authorisation rules.
    """
    if event.type == "m.room.create":  # 1
        return _check_create(event, version)
    create = state.get(("m.room.create", ""))
    if create is None:
        return refuse(
            version,
            "2" if version.room_id_is_create_hash else "2.4",
            "the room has no create event",
        )
    if version.room_id_is_create_hash and create.event_id[1:] != event.room_id[1:]:  # 2
        return refuse(version, "2", "the room id is not that of the create event")
    room = RoomView(create, state, version)
    if create.content.get("m.federate") is False and server_of(event.sender) != server_of(create.sender):  # 4
        return room.refuse("4", "the room is closed to other servers")
    if event.type == "m.room.member":  # 5
        return check_member(event, room)
    return _check_by_member(event, room)


def _check_by_member(event: Event, room: RoomView) -> Refusal | None:
    if room.membership(event.sender) != "join":  # 6
        return room.refuse("6", "the sender is not in the room")
    level = room.power.of_user(event.sender)
    if event.type == "m.room.third_party_invite":  # 7.1
        return None if level >= room.power.to_invite else room.refuse("7.1", "the sender may not invite")
    required = room.power.to_send(event.type, is_state=event.state_key is not None)
    if level < required:  # 8
        return room.refuse("8", f"{event.type} needs power level {required}, the sender has {level}")
    if event.state_key is not None and event.state_key.startswith("@") and event.state_key != event.sender:  # 9
        return room.refuse("9", "the state key is another user's")
    if event.type == "m.room.power_levels":  # 10
        return check_power_levels(event, room)
    return None  # 11


def _check_create(event: Event, version: RoomVersion) -> Refusal | None:
    if event.prev_events:  # 1.1
        return refuse(version, "1.1", "a create event comes first")
    if version.room_id_is_create_hash:
        if event.room_id[1:] != event.event_id[1:]:  # 1.2
            return refuse(version, "1.2", "the create event carries a room id")
    elif event.room_id.partition(":")[2] != server_of(event.sender):  # 1.2 up to version 11
        return refuse(version, "1.2", "the room id is of another server than the sender")
    named_version = event.content.get("room_version", version.name)
    if not isinstance(named_version, str) or named_version not in ROOM_VERSIONS:  # 1.3
        return refuse(version, "1.3", "unknown room version")
    if version.create_names_creator and "creator" not in event.content:  # 1.4 up to version 10
        return refuse(version, "1.4", "no creator")
    if version.creators_outrank_everyone:
        additional = event.content.get("additional_creators", [])
        if not isinstance(additional, list) or not all(map(is_user_id, additional)):  # 1.4
            return refuse(version, "1.4", "additional_creators is not a list of user ids")
    return None  # 1.5
