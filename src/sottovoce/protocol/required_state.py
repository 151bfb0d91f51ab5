"""Which state of a room a client asks for in a sliding sync. Spec: MSC4186, RequiredStateRequest."""

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import TypeVar

import msgspec

KNOWN_COMBINATIONS = 1_024

StateKey = tuple[str, str]
StateElement = tuple[str | None, str | None]
"""A type and a state key; None stands for any."""

T = TypeVar("T")
_MEMBER = "m.room.member"


class StateSelection(msgspec.Struct, frozen=True, dict=True):
    """What one list or subscription asks for. lazy_members: of all members only those needed to show the timeline."""

    include: frozenset[StateElement] = frozenset()
    exclude: frozenset[StateElement] = frozenset()
    lazy_members: bool = False

    def matches(self, event_type: str, state_key: str) -> bool:
        """Whether this piece of state is asked for, by itself and not lazily."""
        include = self.include
        is_included = (event_type, state_key) in include or (None, state_key) in include
        if not is_included and not (self.lazy_members and event_type == _MEMBER):
            is_included = (event_type, None) in include or (None, None) in include
        return is_included and not (self.exclude and self._excludes(event_type, state_key))

    @property
    def holds_every_member(self) -> bool:
        """Whether all members come by themselves."""
        return not self.lazy_members and ((_MEMBER, None) in self.include or (None, None) in self.include)

    @cached_property
    def exact_keys(self) -> frozenset[StateKey] | None:
        """The pieces of state that can match at all, if they are named one by one; None if there is a wildcard."""
        keys = {(kind, key) for kind, key in self.include if kind is not None and key is not None}
        return frozenset(keys) if len(keys) == len(self.include) else None

    def _excludes(self, event_type: str, state_key: str) -> bool:
        exclude = self.exclude
        return (
            (event_type, state_key) in exclude
            or (event_type, None) in exclude
            or (None, state_key) in exclude
            or (None, None) in exclude
        )


class RequiredState(msgspec.Struct, frozen=True, dict=True):
    """What all lists and subscriptions that match a room ask for together."""

    selections: frozenset[StateSelection] = frozenset()

    @cached_property
    def is_lazy(self) -> bool:
        """Whether members come as the timeline needs them. Spec: MSC4186, Combining room configs."""
        is_asked = any(selection.lazy_members for selection in self.selections)
        return is_asked and not any(selection.holds_every_member for selection in self.selections)

    def matches(self, event_type: str, state_key: str) -> bool:
        """Whether any of them asks for this piece of state."""
        return any(selection.matches(event_type, state_key) for selection in self.selections)

    def of(self, state: Mapping[StateKey, T]) -> dict[StateKey, T]:
        """The part of a state that is asked for."""
        keys = self.exact_keys
        if keys is None:
            return {key: held for key, held in state.items() if self.matches(*key)}
        return {key: state[key] for key in keys if key in state and self.matches(*key)}

    @cached_property
    def exact_keys(self) -> frozenset[StateKey] | None:
        """The pieces of state that can match at all, if they are named one by one; None if there is a wildcard."""
        keys: set[StateKey] = set()
        for selection in self.selections:
            if selection.exact_keys is None:
                return None
            keys |= selection.exact_keys
        return frozenset(keys)


def required_state(selections: Iterable[StateSelection]) -> RequiredState:
    """What these ask for together; equal questions give the same object as long as it is remembered."""
    return _combined(frozenset(selections))


@lru_cache(KNOWN_COMBINATIONS)
def _combined(selections: frozenset[StateSelection]) -> RequiredState:
    return RequiredState(selections)
