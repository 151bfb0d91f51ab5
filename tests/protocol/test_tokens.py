import pytest
from hypothesis import given
from hypothesis import strategies as st

from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.tokens import MAX_NUMBERS, MAX_TOKEN_CHARACTERS, TokenSealer

SEALER = TokenSealer(bytes(range(32)))
NUMBERS = (1, -2, 300)

_numbers = st.lists(st.integers(-(2**63), 2**63), max_size=MAX_NUMBERS).map(tuple)


@given(numbers=_numbers, kind=st.sampled_from(["sync", "page"]), audience=st.text(st.characters(codec="utf-8")))
def test_a_token_opens_to_what_was_sealed(numbers: tuple[int, ...], kind: str, audience: str) -> None:
    assert SEALER.open(kind, audience, SEALER.seal(kind, audience, numbers)) == numbers


def test_the_largest_token_that_can_be_sealed_can_be_opened() -> None:
    largest = (-(2**63),) * MAX_NUMBERS
    token = SEALER.seal("sync", "@a:x", largest)
    assert len(token) <= MAX_TOKEN_CHARACTERS
    assert SEALER.open("sync", "@a:x", token) == largest


def test_the_same_numbers_make_the_same_token_and_others_another() -> None:
    assert SEALER.seal("sync", "@a:x", NUMBERS) == SEALER.seal("sync", "@a:x", NUMBERS)
    assert SEALER.seal("sync", "@a:x", NUMBERS) != SEALER.seal("sync", "@a:x", (1, -2, 301))


@pytest.mark.parametrize(("kind", "audience"), [("page", "@a:x"), ("since", "@a:x"), ("sync", "@b:x"), ("sync", "")])
def test_a_token_opens_only_for_its_kind_and_audience(kind: str, audience: str) -> None:
    token = SEALER.seal("sync", "@a:x", NUMBERS)
    with pytest.raises(Malformed):
        SEALER.open(kind, audience, token)


def test_a_token_opens_only_with_its_key() -> None:
    with pytest.raises(Malformed):
        TokenSealer(bytes(32)).open("sync", "@a:x", SEALER.seal("sync", "@a:x", NUMBERS))


@given(position=st.integers(0, 32), replacement=st.sampled_from("AZaz09-_"))
def test_a_token_changed_anywhere_does_not_open(position: int, replacement: str) -> None:
    token = SEALER.seal("sync", "@a:x", NUMBERS)
    changed = token[:position] + replacement + token[position + 1 :]
    if changed != token:
        with pytest.raises(Malformed):
            SEALER.open("sync", "@a:x", changed)


@pytest.mark.parametrize(
    "text",
    ["", "s", "sAAAA", "s!", "s12345_1_2_3", "s" + "A" * 1_000_000, "s" + "A" * 32, "é", "sé"],
    ids=lambda text: text[:12],
)
def test_any_other_text_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        SEALER.open("sync", "@a:x", text)


def test_a_token_is_short_and_safe_in_urls() -> None:
    token = SEALER.seal("sync", "@alice:example.org", (1_000_000, 4_000, 120))
    assert len(token) == 33
    assert token.replace("-", "").replace("_", "").isalnum()


def test_the_length_of_a_token_does_not_follow_the_count() -> None:
    assert len({len(SEALER.seal("sync", "@a:x", (count, 0, 0))) for count in (0, 100, 10_000, 1_000_000)}) == 1


def test_more_numbers_than_a_token_holds_is_a_fault_of_ours() -> None:
    with pytest.raises(AssertionError):
        SEALER.seal("sync", "@a:x", (0,) * (MAX_NUMBERS + 1))
