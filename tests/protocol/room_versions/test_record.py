from dataclasses import FrozenInstanceError

import pytest

from sottovoce.protocol.room_versions.record import RedactionRules, RoomVersion

RULES = RedactionRules(frozenset({"type"}), {"m.room.create": None}, keeps_third_party_signature=True)


def test_a_version_is_a_record_that_nothing_changes() -> None:
    version = RoomVersion("x", RULES, True, True, True, True, {})
    with pytest.raises(FrozenInstanceError):
        version.redacts_in_content = False  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        version.redaction.event_keys = frozenset()  # type: ignore[misc]
