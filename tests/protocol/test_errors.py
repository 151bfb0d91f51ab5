import pytest

from sottovoce.protocol.errors import Malformed, Refusal


def test_malformed_tells_why_as_a_field_and_as_text() -> None:
    with pytest.raises(Malformed, match="too deep") as caught:
        raise Malformed("too deep")
    assert caught.value.why == "too deep"


def test_a_refusal_is_a_value_of_rule_and_reason() -> None:
    assert Refusal("5.3.2", "no") == Refusal(rule="5.3.2", why="no")
    assert Refusal("5.3.2", "no") != Refusal("5.3.3", "no")
