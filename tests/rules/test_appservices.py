"""What a registration may say, and what is sent when."""

import json
from typing import Any

import pytest

from sottovoce.domains.appservices.model import AppService
from sottovoce.domains.appservices.rules import (
    LONGEST_WAIT_S,
    Instance,
    Protocol,
    array,
    check_together,
    hash_of_token,
    instance_id,
    merged,
    network_of,
    registration,
    transaction_body,
    wait_after_s,
    with_field,
    with_instance_ids,
)
from sottovoce.protocol.errors import Malformed
from sottovoce.protocol.ids import RoomAlias, RoomId, UserId


def written(**changes: object) -> dict[str, Any]:
    """A registration with all it must have, and these changes."""
    whole: dict[str, object] = {
        "id": "irc",
        "url": "http://localhost:9999/irc/",
        "as_token": "ours",
        "hs_token": "theirs",
        "sender_localpart": "_irc_bot",
        "namespaces": {},
    }
    return {name: value for name, value in (whole | changes).items() if value is not ...}


def namespaces(**kinds: list[tuple[str, bool]]) -> dict[str, object]:
    return {kind: [{"regex": regex, "exclusive": is_mine} for regex, is_mine in each] for kind, each in kinds.items()}


def test_a_registration_is_read() -> None:
    service = registration(written())
    assert (service.id, service.url, service.sender_localpart) == ("irc", "http://localhost:9999/irc", "_irc_bot")
    assert (service.token_hash, service.hs_token) == (hash_of_token("ours"), "theirs")
    assert (service.is_rate_limited, service.ephemeral_fields, service.receives_encryption) == (True, (), False)
    assert service.protocols == ()


def test_what_is_not_in_it_may_be_null() -> None:
    service = registration(written(url=None, rate_limited=None, protocols=None, namespaces={"users": None}))
    assert service.url is None
    assert service.users == ()
    assert registration(written(url="")).url is None


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("receive_ephemeral", "ephemeral"),
        ("de.sorunome.msc2409.push_ephemeral", "de.sorunome.msc2409.ephemeral"),
    ],
)
def test_ephemeral_events_are_asked_for_by_either_name(name: str, field: str) -> None:
    assert registration(written(**{name: True})).ephemeral_fields == (field,)


def test_a_registration_may_hold_what_this_server_does_not_know() -> None:
    service = registration(written(**{"org.matrix.msc3202": True, "io.element.msc4190": True, "rate_limited": False}))
    assert service.receives_encryption
    assert not service.is_rate_limited


@pytest.mark.parametrize(
    "changes",
    [
        *({name: ...} for name in ("id", "url", "as_token", "hs_token", "sender_localpart", "namespaces")),
        *({"id": bad} for bad in ("", 7, "x" * 256, "a|b")),
        *(
            {"url": bad}
            for bad in ("ftp://there", "there", "http://", "http://a:0", "http://[", "http://a/?b", "http://ü")
        ),
        *({"sender_localpart": bad} for bad in ("", "A", "@bot:here", "a b")),
        {"as_token": "theirs"},
        {"hs_token": "two words"},
        {"hs_token": "line\nbreak"},
        {"namespaces": {"users": [{"regex": "(", "exclusive": True}]}},
        {"namespaces": {"users": [{"exclusive": True}]}},
        {"namespaces": {"users": [{"regex": "x" * 1001, "exclusive": True}]}},
        {"namespaces": {"rooms": [{"regex": "x", "exclusive": True}] * 101}},
        {"namespaces": []},
        {"rate_limited": "no"},
        {"protocols": "irc"},
    ],
    ids=str,
)
def test_what_cannot_be_is_told_in_one_line(changes: dict[str, object]) -> None:
    with pytest.raises(Malformed) as caught:
        registration(written(**changes))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("other", [None, [], "irc", 7])
def test_a_registration_is_an_object(other: object) -> None:
    with pytest.raises(Malformed):
        registration(other)


def test_names_are_in_a_namespace_from_their_beginning() -> None:
    service = registration(
        written(
            namespaces=namespaces(
                users=[("@_irc_.*", True), ("@ada:here$", False)], aliases=[("#_irc_", True)], rooms=[("!x", False)]
            )
        )
    )
    assert service.has_user(UserId("@_irc_ada:here"))
    assert service.reserves_user(UserId("@_irc_ada:here"))
    assert service.has_user(UserId("@ada:here"))
    assert not service.reserves_user(UserId("@ada:here"))
    assert not service.has_user(UserId("@x_irc_ada:here"))
    assert service.reserves_alias(RoomAlias("#_irc_lake:here"))
    assert not service.has_alias(RoomAlias("#lake:here"))
    assert service.has_room(RoomId("!x:here"))


def both(**changes: object) -> list[AppService]:
    other = {"id": "other", "as_token": "another", "sender_localpart": "_other_bot"}
    return [registration(written()), registration(written(**(other | changes)))]


def test_two_app_services_share_nothing_that_tells_who_is_who() -> None:
    check_together(both())
    for changes in ({"id": "irc"}, {"as_token": "ours"}, {"sender_localpart": "_irc_bot"}):
        with pytest.raises(Malformed, match=next(iter(changes))):
            check_together(both(**changes))


def test_a_transaction_is_made_of_what_is_encoded_already() -> None:
    assert json.loads(transaction_body([], {})) == {"events": []}
    body = transaction_body([b'{"type":"a"}', b'{"type":"b"}'], {"ephemeral": b"[1]", "x.y": b"{}"})
    assert json.loads(body) == {"events": [{"type": "a"}, {"type": "b"}], "ephemeral": [1], "x.y": {}}


def test_the_wait_grows_from_failure_to_failure_within_bounds() -> None:
    waits = [wait_after_s(failures) for failures in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[:3] == [1.0, 2.0, 4.0]
    assert wait_after_s(10_000) == LONGEST_WAIT_S


def test_an_encoded_object_takes_one_more_field() -> None:
    assert json.loads(with_field(b'{"type":"a"}', "room_id", 'a"b')) == {"type": "a", "room_id": 'a"b'}
    assert json.loads(array([b"{}", b"1"])) == [{}, 1]


def test_a_network_is_called_after_whose_it_is() -> None:
    assert network_of(instance_id("irc", "free|node")) == ("irc", "free|node")
    assert network_of("nothing") == ("nothing", "")


def test_protocols_of_several_app_services_are_one_with_the_networks_of_all() -> None:
    def protocol(icon: str, *networks: str) -> Protocol:
        return Protocol([], [], icon, {}, [Instance(network, network, {}) for network in networks])

    both = merged([with_instance_ids(protocol("a", "x", "y"), "one"), with_instance_ids(protocol("b", "x"), "two")])
    assert both is not None
    assert both.icon == "a"
    assert [each.instance_id for each in both.instances] == ["one|x", "one|y", "two|x"]
    assert merged([]) is None
