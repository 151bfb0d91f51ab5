import pytest

from sottovoce.protocol.auth_rules.numbers import refuse
from sottovoce.protocol.errors import Refusal
from sottovoce.protocol.room_versions import ROOM_VERSIONS


@pytest.mark.parametrize(
    ("rule", "before_12"),
    [
        ("1.3", "1.3"),
        ("3.1", "2.1"),
        ("3.2", "2.2"),
        ("3.3", "2.3"),
        ("3.4", "2.5"),
        ("4", "3"),
        ("5.3.5.2", "4.3.5.2"),
        ("5.4.1.8", "4.4.1.8"),
        ("6", "5"),
        ("7.1", "6.1"),
        ("8", "7"),
        ("9", "8"),
        ("10.1", "9.1"),
        ("10.3", "9.3"),
        ("10.6.2", "9.5.2"),
        ("10.10.1", "9.9.1"),
    ],
)
def test_a_refusal_carries_the_number_on_its_versions_page(rule: str, before_12: str) -> None:
    assert refuse(ROOM_VERSIONS["12"], rule, "why") == Refusal(rule, "why")
    assert refuse(ROOM_VERSIONS["11"], rule, "why") == Refusal(before_12, "why")
    assert refuse(ROOM_VERSIONS["10"], rule, "why") == Refusal(before_12, "why")
