"""Pure rules of presence and typing: what follows from what was seen, and how it is told."""

from collections.abc import Iterable, Mapping

import msgspec

from sottovoce.protocol.ids import UserId

from .model import IDLE_AFTER_S, OFFLINE_AFTER_S, TYPING_MAX_MS, Attendance, Shown, State

_encode = msgspec.json.Encoder().encode
_STATES: Mapping[str, State] = {state.word: state for state in State}


def state_named(word: str) -> State | None:
    """The state the spec calls so; None if it calls none so. Spec: client-server, Presence."""
    return _STATES.get(word)


def present_until_s(now_s: float, waiting_ms: int) -> float:
    """Until when a device counts as there that syncs now and will wait so long for its answer."""
    return now_s + waiting_ms / 1000 + OFFLINE_AFTER_S


def state_at(person: Attendance, now_s: float) -> State:
    """What the person is at this moment: the best of their devices' states, away if nothing was heard of them lately.

    Spec: client-server, Idle timeout.
    """
    best = max((seen.state for seen in person.devices.values() if seen.until_s > now_s), default=State.OFFLINE)
    if best is State.ONLINE and (person.active_at_s is None or now_s - person.active_at_s >= IDLE_AFTER_S):
        return State.UNAVAILABLE
    return best


def presence_content(shown: Shown) -> dict[str, object]:
    """The content of the person's `m.presence` event; what is not known is left out.

    Whoever is shown as online counts as active until told otherwise, so that nothing has to be sent meanwhile.
    Spec: client-server, m.presence; Last active ago.
    """
    content: dict[str, object] = {"presence": shown.state.word}
    if shown.last_active_ago_ms is not None:
        content["last_active_ago"] = shown.last_active_ago_ms
    if shown.state is not State.OFFLINE:
        content["currently_active"] = shown.state is State.ONLINE
    if shown.status_msg is not None:
        content["status_msg"] = shown.status_msg
    return content


def presence_event(shown: Shown) -> bytes:
    """An `m.presence` event, a whole JSON object. Spec: client-server, m.presence."""
    return _encode({"type": "m.presence", "sender": shown.user_id, "content": presence_content(shown)})


def typing_event(user_ids: Iterable[UserId]) -> bytes:
    """An `m.typing` event, a whole JSON object. Spec: client-server, m.typing."""
    return _encode({"type": "m.typing", "content": {"user_ids": sorted(user_ids)}})


def typing_ms(timeout_ms: int | None) -> int:
    """How long a notification of typing counts: what was asked, within bounds. Spec: client-server, Typing."""
    return TYPING_MAX_MS if timeout_ms is None else max(1, min(timeout_ms, TYPING_MAX_MS))
