import pytest

from sottovoce.protocol.unpadded_base64 import encode_base64, encode_base64_urlsafe

from ..builders import ALICE, BOB, CAROL, VERSIONS, Content, Room, numbered, signer_of

every_version = pytest.mark.parametrize("version", VERSIONS)

IDENTITY_SERVER = signer_of("id.example.com")
OTHER_KEY = signer_of("other.example.com")
GOOD: Content = IDENTITY_SERVER.sign_json({"mxid": BOB, "token": "t"})


def _room(version: str, keys: Content | None = None) -> Room:
    room = Room(version)
    real: Content = {"public_key": encode_base64(IDENTITY_SERVER.public_key)}
    room.put("m.room.third_party_invite", ALICE, real if keys is None else keys, "t")
    return room


def _judge(room: Room, signed: object = GOOD, *, sender: str = ALICE) -> str | None:
    invite = {"display_name": "b...", "signed": signed}
    return room.judge_member(sender, "invite", BOB, third_party_invite=invite)  # type: ignore[arg-type]


@every_version
def test_an_invitation_signed_by_the_named_key_is_allowed(version: str) -> None:
    assert _judge(_room(version)) is None


@every_version
def test_rule_5_4_1_1_refuses_the_banned(version: str) -> None:
    room = _room(version)
    room.member(BOB, "ban")
    assert _judge(room) == numbered(version, "5.4.1.1")


@every_version
@pytest.mark.parametrize("invite", [{}, {"signed": None}, {"signed": []}, "text", None])
def test_rule_5_4_1_2_asks_for_a_signed_part(version: str, invite: object) -> None:
    judged = _room(version).judge_member(ALICE, "invite", BOB, third_party_invite=invite)
    assert judged == numbered(version, "5.4.1.2")


@every_version
@pytest.mark.parametrize("signed", [{}, {"mxid": BOB}, {"token": "t"}, {"mxid": BOB, "token": 5}])
def test_rule_5_4_1_3_asks_for_user_and_token(version: str, signed: Content) -> None:
    assert _judge(_room(version), signed) == numbered(version, "5.4.1.3")


@every_version
def test_rule_5_4_1_4_refuses_a_signature_for_another_user(version: str) -> None:
    signed = IDENTITY_SERVER.sign_json({"mxid": CAROL, "token": "t"})
    assert _judge(_room(version), signed) == numbered(version, "5.4.1.4")


@every_version
def test_rule_5_4_1_5_refuses_a_token_the_room_does_not_know(version: str) -> None:
    signed = IDENTITY_SERVER.sign_json({"mxid": BOB, "token": "unknown"})
    assert _judge(_room(version), signed) == numbered(version, "5.4.1.5")


@every_version
def test_rule_5_4_1_6_refuses_another_sender_than_the_third_party_invites(version: str) -> None:
    room = _room(version)
    room.member(CAROL, "join")
    assert _judge(room, sender=CAROL) == numbered(version, "5.4.1.6")


@every_version
@pytest.mark.parametrize(
    "keys",
    [
        {"public_key": encode_base64_urlsafe(IDENTITY_SERVER.public_key)},
        {"public_keys": [{"public_key": encode_base64(IDENTITY_SERVER.public_key)}]},
        {
            "public_key": encode_base64(OTHER_KEY.public_key),
            "public_keys": ["?", {"public_key": "!"}, {"public_key": encode_base64(IDENTITY_SERVER.public_key)}],
        },
    ],
)
def test_rule_5_4_1_7_takes_a_signature_by_any_key_listed(version: str, keys: Content) -> None:
    assert _judge(_room(version, keys)) is None


@every_version
@pytest.mark.parametrize(
    "keys",
    [{}, {"public_key": encode_base64(OTHER_KEY.public_key)}, {"public_key": 5, "public_keys": {}}],
)
def test_rule_5_4_1_8_refuses_signatures_by_other_keys(version: str, keys: Content) -> None:
    assert _judge(_room(version, keys)) == numbered(version, "5.4.1.8")


@every_version
@pytest.mark.parametrize("signatures", [{}, [], {"id.example.com": "text"}, {"id.example.com": {"ed25519:1": "Zg"}}])
def test_rule_5_4_1_8_refuses_without_a_genuine_signature(version: str, signatures: object) -> None:
    assert _judge(_room(version), {**GOOD, "signatures": signatures}) == numbered(version, "5.4.1.8")
