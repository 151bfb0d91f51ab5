"""Glob-style patterns."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sottovoce.protocol.push_rules.glob import Glob

_patterns = st.text("ab*?-", max_size=8)
_texts = st.text("ab-_", max_size=12)


@pytest.mark.parametrize("text", ["Lunch plans", "LUNCH"])
def test_the_specs_example_matches_whole_texts(text: str) -> None:
    assert Glob("lunc?*").matches(text)


@pytest.mark.parametrize("text", [" lunch", "lunc"])
def test_and_not_others(text: str) -> None:
    assert not Glob("lunc?*").matches(text)


@pytest.mark.parametrize("text", ["An example event.", "exple", "An exciting triple-whammy"])
def test_the_specs_example_matches_among_words(text: str) -> None:
    assert Glob("ex*ple").is_among_words(text)


@pytest.mark.parametrize("text", ["sexple", "examples", "exp_le", "an_example", ""])
def test_a_word_ends_where_no_letter_digit_or_underscore_follows(text: str) -> None:
    assert not Glob("ex*ple").is_among_words(text)


@pytest.mark.parametrize("text", ["cake", "cake!", "(cake)", "no\ncake\n", "äcakeö", "pancake cake", "CAKE"])
def test_a_word_is_found_wherever_it_stands_alone(text: str) -> None:
    assert Glob("cake").is_among_words(text)


def test_in_a_literal_nothing_has_a_meaning() -> None:
    assert Glob.literal("a*b?").is_among_words("is A*B? here")
    assert not Glob.literal("a*b?").is_among_words("is axbx here")


@given(_patterns, _texts)
def test_whole_texts_match_as_a_regular_expression_would(pattern: str, text: str) -> None:
    assert Glob(pattern).matches(text) == (re.fullmatch(_regex(pattern), text) is not None)


@given(_patterns, _texts)
def test_words_match_as_a_regular_expression_would(pattern: str, text: str) -> None:
    edge = r"(?:^|$|(?<=[^A-Za-z0-9_])|(?=[^A-Za-z0-9_]))"
    assert Glob(pattern).is_among_words(text) == (re.search(f"{edge}{_regex(pattern)}{edge}", text) is not None)


def test_no_pattern_is_slow() -> None:
    began = time.monotonic()
    assert not Glob("a*" * 120 + "b").matches("a" * 16_000)
    assert not Glob("*a" * 120 + "?c").is_among_words("a" * 16_000)
    for _ in range(100):
        assert not Glob("a").is_among_words("a" * 16_000)
    assert time.monotonic() - began < 1


def _regex(pattern: str) -> str:
    return "".join({"*": "(?s:.*)", "?": "(?s:.)"}.get(each, re.escape(each)) for each in pattern)
