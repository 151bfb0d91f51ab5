import json

import msgspec
import pytest
from hypothesis import given

from sottovoce.protocol.canonical_json import MAX_NESTING, check_canonical, encode_canonical
from sottovoce.protocol.errors import Malformed

from .builders import json_values, oracle_canonical, vectors


@pytest.mark.parametrize("vector", vectors("canonical_json")["vectors"], ids=lambda vector: str(vector["canonical"]))
def test_published_examples_come_out_as_published(vector: dict[str, str]) -> None:
    assert encode_canonical(msgspec.json.decode(vector["json"])) == vector["canonical"].encode()


@given(json_values)
def test_any_value_survives_the_round_trip(value: object) -> None:
    assert json.loads(encode_canonical(value)) == value


@given(json_values)
def test_the_bytes_are_those_of_the_reference_algorithm(value: object) -> None:
    assert encode_canonical(value) == oracle_canonical(value)


def test_keys_are_sorted_by_code_point_not_by_utf16_unit() -> None:
    assert encode_canonical({"\U0001f600": 1, "\uffff": 2, "a": 3}) == '{"a":3,"\uffff":2,"\U0001f600":1}'.encode()


def test_control_characters_take_their_shortest_escape_and_others_none() -> None:
    assert encode_canonical('\b\t\n\f\r"\\/\x1f\x7f\u2028') == b'"\\b\\t\\n\\f\\r\\"\\\\/\\u001f\x7f\xe2\x80\xa8"'


@pytest.mark.parametrize("number", [9_007_199_254_740_991, -9_007_199_254_740_991, 0])
def test_integers_up_to_the_limit_are_written(number: int) -> None:
    assert encode_canonical([number]) == f"[{number}]".encode()


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (1.0, "float"),
        ({"a": [float("nan")]}, "float"),
        (9_007_199_254_740_992, "integer"),
        ({"a": -9_007_199_254_740_992}, "integer"),
        ({1: "a"}, "key"),
        ({"a": {None: "a"}}, "key"),
        ("\ud800", "surrogate"),
        ({"\udfff": 1}, "surrogate"),
        (b"bytes", "bytes"),
        ({"a": {1, 2}}, "set"),
    ],
)
def test_what_has_no_canonical_form_is_malformed(value: object, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        encode_canonical(value)
    with pytest.raises(Malformed, match=why):
        check_canonical(value)


def test_nesting_has_a_limit() -> None:
    arrays: object = 1
    objects: object = 1
    for _ in range(MAX_NESTING):
        arrays, objects = [arrays], {"a": objects}
    check_canonical(arrays)
    check_canonical(objects)
    for deeper in ([arrays], {"a": arrays}, [objects], {"a": objects}):
        with pytest.raises(Malformed, match="nested"):
            encode_canonical(deeper)


def test_tuples_are_arrays() -> None:
    assert encode_canonical((1, ("a",))) == b'[1,["a"]]'
