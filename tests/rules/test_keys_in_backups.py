"""Which of two backed up keys is kept, and what a version is."""

import pytest

from sottovoce.domains.keys.model import KeyValue
from sottovoce.domains.keys.rules import is_better, version_number

KEPT = KeyValue(first_message_index=5, forwarded_count=2, is_verified=False, session_data=b"{}")


@pytest.mark.parametrize(
    ("new", "replaces"),
    [
        (KEPT, False),
        (KEPT._replace(session_data=b"other"), False),
        (KEPT._replace(is_verified=True, first_message_index=9, forwarded_count=9), True),
        (KEPT._replace(first_message_index=4, forwarded_count=9), True),
        (KEPT._replace(first_message_index=6, forwarded_count=0), False),
        (KEPT._replace(forwarded_count=1), True),
    ],
)
def test_verified_keys_come_first_then_early_ones_then_direct_ones(new: KeyValue, replaces: bool) -> None:
    assert is_better(new, KEPT) is replaces
    if replaces:
        assert not is_better(KEPT, new)


@pytest.mark.parametrize(
    ("text", "number"), [("1", 1), ("42", 42), ("", None), ("01", None), ("-1", None), ("٣", None)]
)
def test_versions_are_plain_numbers(text: str, number: int | None) -> None:
    assert version_number(text) == number
    assert version_number("9" * 40) is None
