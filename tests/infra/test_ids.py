"""Random identifiers."""

import string
from itertools import cycle

import pytest

from sottovoce.infra.ids import Ids


@pytest.mark.parametrize("length", [1, 10, 100])
def test_identifiers_have_the_length_and_the_letters_asked_for(length: int) -> None:
    letters, capitals = Ids().letters(length), Ids().capitals(length)
    assert len(letters) == len(capitals) == length
    assert set(letters) <= set(string.ascii_letters)
    assert set(capitals) <= set(string.ascii_uppercase)


def test_every_letter_is_equally_likely() -> None:
    every_byte = cycle(range(256))
    ids = Ids(lambda size_bytes: bytes(next(every_byte) for _ in range(size_bytes)))
    drawn = ids.letters(52 * 128)
    assert {drawn.count(letter) for letter in string.ascii_letters} == {128}


def test_url_safe_text_holds_all_the_randomness_asked_for() -> None:
    assert Ids(lambda size_bytes: b"\xff" * size_bytes).url_safe(4) == "_____w"


def test_identifiers_differ() -> None:
    ids = Ids()
    assert len({ids.url_safe(16) for _ in range(1000)}) == 1000
