"""Glob-style matching."""

import pytest

from sottovoce.protocol.globs import glob_matches


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("", ""),
        ("*", ""),
        ("*", "anything"),
        ("a?c", "abc"),
        ("*.example.org", "chat.example.org"),
        ("@*:evil.org", "@someone:evil.org"),
        ("a*b*c", "aXbYbZc"),
        ("a**", "a"),
        ("[ab]", "[ab]"),
    ],
)
def test_text_fits_the_pattern(pattern: str, text: str) -> None:
    assert glob_matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [("", "a"), ("a", ""), ("?", ""), ("a?", "a"), ("a*b", "aXbc"), ("A", "a"), ("a.c", "abc"), ("[ab]", "a")],
)
def test_text_does_not_fit_the_pattern(pattern: str, text: str) -> None:
    assert not glob_matches(pattern, text)


def test_a_pattern_made_to_be_slow_is_not() -> None:
    assert not glob_matches("*a" * 120 + "b", "a" * 255)
