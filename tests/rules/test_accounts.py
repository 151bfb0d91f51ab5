"""What names, passwords and profiles may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sottovoce.domains.accounts import rules
from sottovoce.domains.accounts.model import (
    BadServerName,
    BadUsername,
    InvalidValue,
    ProfileKeyTooLarge,
    WeakPassword,
    WrongCredentials,
)
from sottovoce.protocol.ids import ServerName

SERVER = ServerName("chat.example.org:8448")


@given(st.integers(1, 8), st.lists(st.integers(0, 5_000), max_size=60))
def test_an_allowance_is_never_exceeded(burst: int, pauses_ms: list[int]) -> None:
    allowance = rules.Allowance(burst, refill_ms=1_000)
    settled_ms, now_ms, taken_at_ms = 0, 1_000_000, []
    for pause_ms in pauses_ms:
        now_ms += pause_ms
        settled_ms, wait_ms = rules.spend(allowance, settled_ms, now_ms)
        if wait_ms == 0:
            taken_at_ms.append(now_ms)
    for first in taken_at_ms:
        in_window = [at_ms for at_ms in taken_at_ms if first <= at_ms < first + 10_000]
        assert len(in_window) <= burst + 10


@given(st.integers(1, 8), st.integers(0, 20))
def test_waiting_as_long_as_told_is_enough(burst: int, attempts: int) -> None:
    allowance = rules.Allowance(burst, refill_ms=700)
    settled_ms, now_ms = 0, 5_000
    for _ in range(attempts + burst + 1):
        settled_ms, wait_ms = rules.spend(allowance, settled_ms, now_ms)
    assert wait_ms > 0
    assert rules.spend(allowance, settled_ms, now_ms + wait_ms - 1)[1] > 0
    assert rules.spend(allowance, settled_ms, now_ms + wait_ms)[1] == 0


def test_a_new_user_id_is_in_small_letters() -> None:
    assert rules.new_user_id("Anna.B", SERVER) == f"@anna.b:{SERVER}"


@pytest.mark.parametrize("name", ["", "a b", "anna:b", "@anna", "perché", "x" * 240, "a\0b"])
def test_a_name_nobody_can_have_is_refused(name: str) -> None:
    with pytest.raises(BadUsername):
        rules.new_user_id(name, SERVER)


@pytest.mark.parametrize(
    "name", ["anna", "Anna", "@anna", f"@anna:{SERVER}", f"@ANNA:{SERVER}".upper(), f"anna:{SERVER}"]
)
def test_a_name_is_understood_at_sign_in(name: str) -> None:
    assert rules.signing_in_user_id(name, SERVER) == f"@anna:{SERVER}"


@pytest.mark.parametrize("name", ["", "@", "@anna:elsewhere.org", "@anna:chat.example.org", "per ché", f"@:{SERVER}"])
def test_a_name_of_nobody_here_is_nobody(name: str) -> None:
    assert rules.signing_in_user_id(name, SERVER) is None


def test_an_identifier_gives_its_user() -> None:
    assert rules.name_in({"type": "m.id.user", "user": "anna"}) == "anna"


@pytest.mark.parametrize("kind", ["m.id.thirdparty", "m.id.phone"])
def test_identifiers_that_no_account_has_are_wrong_credentials(kind: str) -> None:
    with pytest.raises(WrongCredentials):
        rules.name_in({"type": kind})


@pytest.mark.parametrize(
    "identifier", [{}, {"type": "m.id.other"}, {"type": "m.id.user"}, {"type": "m.id.user", "user": 7}]
)
def test_an_identifier_that_is_none_is_invalid(identifier: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        rules.name_in(identifier)


def test_a_password_has_its_length() -> None:
    rules.check_password_strength("12345678", 8)
    with pytest.raises(WeakPassword):
        rules.check_password_strength("1234567", 8)
    with pytest.raises(InvalidValue):
        rules.check_password_strength("é" * 257, 8)


@pytest.mark.parametrize(
    ("text", "name"),
    [("Chat.Example.org", "chat.example.org"), (" localhost:8008 ", "localhost:8008"), ("[::1]:8448", "[::1]:8448")],
)
def test_a_server_name_is_written_in_small_letters(text: str, name: str) -> None:
    assert rules.check_server_name(text) == name


@pytest.mark.parametrize("text", ["", "https://example.org", "a b", "example.org/", "example.org:port", "é.org"])
def test_what_is_no_server_name_is_refused(text: str) -> None:
    with pytest.raises(BadServerName):
        rules.check_server_name(text)


@pytest.mark.parametrize("text", ["", "a\nb", "a\0b", "é" * 128])
def test_what_is_no_device_id_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        rules.check_device_ids(["PHONE", text])


def test_devices_are_not_too_many_at_once() -> None:
    many = ["PHONE"] * rules.MAX_DEVICES_AT_ONCE
    assert rules.check_device_ids(many) == many
    with pytest.raises(InvalidValue):
        rules.check_device_ids([*many, "PHONE"])


def test_a_device_may_have_no_name_or_one_that_is_short() -> None:
    assert rules.check_device_name(None) is None
    assert rules.check_device_name("Telefono di Anna 📱") == "Telefono di Anna 📱"
    for text in ("x" * 257, "a\0b"):
        with pytest.raises(InvalidValue):
            rules.check_device_name(text)


def test_a_display_name_may_be_nothing_or_short() -> None:
    assert rules.check_displayname("Anna") == "Anna"
    assert rules.check_displayname(None) is rules.check_displayname("") is None
    for value in (7, "x" * 257, "a\0b"):
        with pytest.raises(InvalidValue):
            rules.check_displayname(value)


def test_a_picture_is_nothing_or_an_address_of_media() -> None:
    assert rules.check_avatar_url("mxc://example.org/a") == "mxc://example.org/a"
    assert rules.check_avatar_url(None) is rules.check_avatar_url("") is None
    for value in (7, "example.org/a", "mxc://", "mxc:///a", "mxc://a/", "mxc://a/b\0", "mxc://a/" + "x" * 1000):
        with pytest.raises(InvalidValue):
            rules.check_avatar_url(value)


@pytest.mark.parametrize("name", ["m.tz", "org.example.job-title", "a", "a." + "x" * 253])
def test_a_field_of_a_profile_has_a_name_of_the_common_grammar(name: str) -> None:
    rules.check_profile_key(name)


@pytest.mark.parametrize("name", ["", "A.b", "é.b", "1.b", "a b", ".a", "a\0"])
def test_what_is_no_name_of_a_field_is_refused(name: str) -> None:
    with pytest.raises(InvalidValue):
        rules.check_profile_key(name)


def test_a_name_of_a_field_that_is_too_long_is_called_so() -> None:
    for name in ("x" * 256, "é" * 128):
        with pytest.raises(ProfileKeyTooLarge):
            rules.check_profile_key(name)


def test_a_time_zone_looks_like_one_and_other_fields_are_anything() -> None:
    for zone in ("Europe/Rome", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "UTC"):
        rules.check_profile_value("m.tz", zone)
    for value in (None, "", "Europe Rome", 7, "x" * 65):
        with pytest.raises(InvalidValue):
            rules.check_profile_value("m.tz", value)
        rules.check_profile_value("a.b", value)


@pytest.mark.parametrize("tag", [{}, {"order": 0}, {"order": 0.5}, {"order": 1, "a.b": [1]}])
def test_a_tag_may_have_an_order_from_0_to_1(tag: dict[str, object]) -> None:
    rules.check_tag("u.Work", tag)


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("", {}),
        ("x" * 256, {}),
        ("é" * 128, {}),
        ("a", {"order": "0.5"}),
        ("a", {"order": True}),
        ("a", {"order": None}),
        ("a", {"order": -0.1}),
        ("a", {"order": 1.1}),
    ],
)
def test_what_is_no_tag_is_refused(name: str, tag: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        rules.check_tag(name, tag)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Anna@Example.org", "anna@example.org"),
        (" a+b@c.it ", "a+b@c.it"),
        ("o'hara@mail.example", "o'hara@mail.example"),
    ],
)
def test_an_address_is_compared_in_small_letters(text: str, address: str) -> None:
    assert rules.check_email(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "anna",
        "@b.c",
        "a@",
        "a b@c.d",
        "a@b@c.d",
        "a@b..c",
        "a@b\r\nc",
        "a\0@b.c",
        "Anna <a@b.c>",
        "é@b.c",
        "x" * 65 + "@b.c",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        rules.check_email(text)


def test_an_identifier_may_give_an_address() -> None:
    by_mail: dict[str, object] = {"type": "m.id.thirdparty", "medium": "email", "address": "A@b.c"}
    assert rules.email_in(by_mail) == "a@b.c"
    assert rules.email_in({"type": "m.id.user", "user": "anna"}) is None
    assert rules.email_in(by_mail | {"medium": "msisdn"}) is None
    with pytest.raises(WrongCredentials):
        rules.email_in(by_mail | {"address": "nonsense"})
    with pytest.raises(InvalidValue):
        rules.email_in(by_mail | {"address": None})


def test_a_client_names_its_attempt_within_bounds() -> None:
    assert rules.check_client_secret("a.b=_-9") == "a.b=_-9"
    assert rules.check_send_attempt(0) == 0
    assert rules.check_next_link(None) is rules.check_next_link("") is None
    assert rules.check_next_link("https://a.b/c") == "https://a.b/c"
    for secret in ("", "a b", "é", "x" * 256):
        with pytest.raises(InvalidValue):
            rules.check_client_secret(secret)
    for number in (-1, 2**53):
        with pytest.raises(InvalidValue):
            rules.check_send_attempt(number)
    for link in ("javascript:alert(1)", "file:///etc", "https://a.b/\n", "https://a.b/" + "x" * 1000):
        with pytest.raises(InvalidValue):
            rules.check_next_link(link)


def test_a_type_of_account_data_has_its_length() -> None:
    assert rules.check_account_data_type("x" * 255) == "x" * 255
    for text in ("", "x" * 256, "é" * 128):
        with pytest.raises(InvalidValue):
            rules.check_account_data_type(text)


def test_a_hash_tells_secrets_apart_and_is_none_of_them() -> None:
    assert rules.hash_of("a") == rules.hash_of("a") != rules.hash_of("b")
    assert len(rules.hash_of("a")) == 32
