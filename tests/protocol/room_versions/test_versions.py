from dataclasses import fields

import pytest

from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.room_versions import ROOM_VERSIONS, UnknownRoomVersion, room_version


@pytest.mark.parametrize("name", ["10", "11", "12"])
def test_versions_are_found_by_their_name(name: str) -> None:
    assert room_version(name).name == name


@pytest.mark.parametrize("name", ["", "9", "13", "012", "org.example"])
def test_other_names_are_unknown_which_is_a_fault_of_the_asker(name: str) -> None:
    with pytest.raises(UnknownRoomVersion, match="not supported") as caught:
        room_version(name)
    assert isinstance(caught.value, Malformed)


def test_flags_change_in_the_version_whose_page_says_so() -> None:
    flags = {
        name: (
            version.create_names_creator,
            version.redacts_in_content,
            version.room_id_is_create_hash,
            version.creators_outrank_everyone,
        )
        for name, version in ROOM_VERSIONS.items()
    }
    assert flags == {
        "10": (True, False, False, False),
        "11": (False, True, False, False),
        "12": (False, True, True, True),
    }


def test_every_field_tells_at_least_two_versions_apart() -> None:
    for field in fields(room_version("12")):
        assert len({repr(getattr(version, field.name)) for version in ROOM_VERSIONS.values()}) > 1, field.name


def test_the_table_of_versions_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        ROOM_VERSIONS["12"] = room_version("11")  # type: ignore[index]
