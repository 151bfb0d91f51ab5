import pytest
from hypothesis import given
from hypothesis import strategies as st

from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.unpadded_base64 import decode_base64, encode_base64, encode_base64_urlsafe


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"", ""), (b"f", "Zg"), (b"fo", "Zm8"), (b"foo", "Zm9v"), (b"foob", "Zm9vYg"), (b"fooba", "Zm9vYmE")],
)
def test_published_examples_are_encoded_as_published(data: bytes, text: str) -> None:
    assert encode_base64(data) == text
    assert decode_base64(text) == data


def test_only_the_urlsafe_form_avoids_plus_and_slash() -> None:
    assert encode_base64(b"\xfb\xff") == "+/8"
    assert encode_base64_urlsafe(b"\xfb\xff") == "-_8"


@given(st.binary(max_size=80))
def test_every_form_is_read_back_with_or_without_padding(data: bytes) -> None:
    padding = "=" * (-len(encode_base64(data)) % 4)
    for text in (encode_base64(data), encode_base64_urlsafe(data)):
        assert decode_base64(text) == decode_base64(text + padding) == data


@pytest.mark.parametrize("text", ["A", "Zg!", "Zm\n9v", "Zm=v", "é"])
def test_what_is_not_base64_is_malformed(text: str) -> None:
    with pytest.raises(Malformed, match="not base64"):
        decode_base64(text)
