"""Whose address a request is held to come from."""

import pytest

from sottovoce.http.client_address import ClientAddress


def forwarded(*values: str) -> list[tuple[bytes, bytes]]:
    return [(b"x-forwarded-for", value.encode()) for value in values]


def test_a_header_from_an_untrusted_peer_counts_for_nothing() -> None:
    assert ClientAddress([])("203.0.113.9", forwarded("198.51.100.1")) == "203.0.113.9"
    assert ClientAddress(["10.0.0.1"])("203.0.113.9", forwarded("198.51.100.1")) == "203.0.113.9"


def test_behind_a_trusted_proxy_the_last_hop_it_saw_counts() -> None:
    address = ClientAddress(["10.0.0.0/8"])
    assert address("10.0.0.1", forwarded("198.51.100.1, 203.0.113.9")) == "203.0.113.9"
    assert address("10.0.0.1", forwarded("198.51.100.1", "203.0.113.9, 10.2.3.4")) == "203.0.113.9"


def test_a_trusted_proxy_that_says_nothing_usable_stands_for_itself() -> None:
    address = ClientAddress(["10.0.0.0/8"])
    assert address("10.0.0.1", []) == "10.0.0.1"
    assert address("10.0.0.1", forwarded("unknown, ")) == "10.0.0.1"


def test_addresses_of_one_ipv6_network_are_one() -> None:
    address = ClientAddress([])
    assert address("2001:db8::1", []) == address("2001:db8::ffff:1", []) == "2001:db8::/64"
    assert address("2001:db8:0:1::1", []) != "2001:db8::/64"


def test_a_proxy_that_is_no_address_is_refused() -> None:
    with pytest.raises(ValueError, match="proxy"):
        ClientAddress(["proxy"])
