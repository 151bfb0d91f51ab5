"""The rows of cross-signing keys and signatures, on both engines."""

from sottovoce.domains.keys.model import Signature, SigningKey, Target
from sottovoce.domains.keys.store import SigningRows
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import DeviceId, UserId

ALICE, BOB, CAROL = UserId("@alice:test"), UserId("@bob:test"), UserId("@carol:test")
MASTER = SigningKey("master", "MMM", {"keys": {"ed25519:MMM": "MMM"}})
SELF = SigningKey("self_signing", "SSS", {"keys": {}})


async def test_each_person_has_one_key_of_a_usage(database: Database) -> None:
    rows, batch = SigningRows(database), Batch()
    for key in (SigningKey("master", "old", {}), MASTER, SELF):
        rows.set_signing_key(batch, ALICE, key)
    rows.set_signing_key(batch, BOB, MASTER)
    await database.commit(batch)
    assert await rows.find_signing_keys(ALICE) == {"master": MASTER, "self_signing": SELF}
    assert await rows.list_signing_keys([ALICE, BOB, CAROL]) == {ALICE: [MASTER, SELF], BOB: [MASTER]}


async def test_signatures_are_listed_for_who_made_them_and_for_all_if_the_owner_did(database: Database) -> None:
    rows, batch = SigningRows(database), Batch()
    own = Signature(ALICE, "PHONE", ALICE, "ed25519:SSS", "s1")
    bobs = Signature(ALICE, "MMM", BOB, "ed25519:B", "s2")
    for signature in (own._replace(signature="old"), own, bobs):
        rows.set_signature(batch, signature)
    await database.commit(batch)
    assert await rows.list_signatures([ALICE], CAROL) == [own]
    assert sorted(await rows.list_signatures([ALICE, BOB], BOB)) == sorted([own, bobs])
    assert await rows.list_signatures([BOB], ALICE) == []


async def test_with_a_key_goes_what_was_said_of_it_and_by_it(database: Database) -> None:
    rows, batch = SigningRows(database), Batch()
    rows.set_signing_key(batch, ALICE, SELF)
    other = Signature(ALICE, "PHONE", ALICE, "ed25519:MMM", "s")
    for signature in (
        Signature(ALICE, "SSS", ALICE, "ed25519:MMM", "s"),
        Signature(ALICE, "PHONE", ALICE, "ed25519:SSS", "s"),
        other,
    ):
        rows.set_signature(batch, signature)
    await database.commit(batch)
    batch = Batch()
    rows.remove_signing_key(batch, ALICE, SELF)
    await database.commit(batch)
    assert await rows.find_signing_keys(ALICE) == {}
    assert await rows.list_signatures([ALICE], ALICE) == [other]
    batch = Batch()
    rows.remove_signatures(batch, Target(ALICE, DeviceId("PHONE")))
    await database.commit(batch)
    assert await rows.list_signatures([ALICE], ALICE) == []


async def test_whom_somebody_signed_is_known_by_when_it_was_last(database: Database) -> None:
    rows, batch = SigningRows(database), Batch()
    for position in (1, 5):
        rows.set_signed(batch, ALICE, BOB, position)
    rows.set_signed(batch, ALICE, CAROL, 2)
    rows.set_signed(batch, CAROL, BOB, 9)
    await database.commit(batch)
    assert sorted(await rows.signed_after(ALICE, 1)) == [BOB, CAROL]
    assert await rows.signed_after(ALICE, 4) == [BOB]
    assert await rows.signed_after(ALICE, 5) == []
