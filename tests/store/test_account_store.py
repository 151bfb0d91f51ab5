"""What the store of accounts keeps, on both engines."""

import pytest

from sottovoce.domains.accounts.model import (
    AccountDataItem,
    Device,
    EmailValidation,
    NewToken,
    Pass,
    Profile,
    RegistrationToken,
    ServerIdentity,
    StoredToken,
    ThirdPartyId,
    TokenKind,
    TokenState,
    User,
)
from sottovoce.domains.accounts.ports import AccountStore
from sottovoce.domains.accounts.store import SqlAccountStore
from sottovoce.infra.db.model import Batch, Database, WriteConflict
from sottovoce.protocol.ids import DeviceId, RoomId, ServerName, UserId

ANNA, BRUNO = UserId("@anna:example.org"), UserId("@bruno:example.org")
PHONE, LAPTOP = DeviceId("PHONE"), DeviceId("LAPTOP")
KITCHEN, GARDEN = RoomId("!kitchen"), RoomId("!garden")
LATER_MS = 2_000_000_000_000


@pytest.fixture
def store(database: Database) -> AccountStore:
    return SqlAccountStore(database)


async def add_user(store: AccountStore, database: Database, user_id: UserId = ANNA, *, is_admin: bool = False) -> None:
    batch = Batch()
    store.add_user(batch, User(user_id, "hash", is_admin, 1, None))
    store.add_profile(batch, user_id, Profile("Anna", None))
    await database.commit(batch)


async def add_device(store: AccountStore, database: Database, device_id: DeviceId = PHONE) -> None:
    batch = Batch()
    store.add_device(batch, ANNA, Device(device_id, f"{device_id}'s name", 5, "192.0.2.1"))
    await database.commit(batch)


def token(name: bytes, generation: int, state: int = TokenState.FRESH, kind: int = TokenKind.ACCESS) -> NewToken:
    return NewToken(name, kind, ANNA, PHONE, generation, state, 7, LATER_MS)


async def test_a_server_has_one_identity(store: AccountStore, database: Database) -> None:
    assert await store.find_identity() is None
    identity = ServerIdentity(ServerName("example.org"), "ed25519:a", bytes(range(32)), b"s" * 32, LATER_MS)
    batch, second = Batch(), Batch()
    store.add_identity(batch, identity)
    await database.commit(batch)
    store.add_identity(second, identity._replace(name=ServerName("other.org")))
    with pytest.raises(WriteConflict):
        await database.commit(second)
    assert await store.find_identity() == identity


async def test_a_setup_code_takes_the_place_of_the_one_before(store: AccountStore, database: Database) -> None:
    assert await store.find_setup_code() is None
    for code in (b"first", b"second"):
        batch = Batch()
        store.set_setup_code(batch, code)
        await database.commit(batch)
    assert await store.find_setup_code() == b"second"
    batch = Batch()
    store.remove_setup_code(batch)
    await database.commit(batch)
    assert await store.find_setup_code() is None


async def test_a_user_is_found_as_added(store: AccountStore, database: Database) -> None:
    assert not await store.has_users()
    await add_user(store, database, is_admin=True)
    assert await store.has_users()
    assert await store.find_user(ANNA) == User(ANNA, "hash", True, 1, None)
    assert await store.find_user(BRUNO) is None


async def test_a_name_is_given_once(store: AccountStore, database: Database) -> None:
    await add_user(store, database)
    batch = Batch()
    store.add_profile(batch, BRUNO, Profile("Bruno", None))
    store.add_user(batch, User(ANNA, "other", False, 2, None))
    with pytest.raises(WriteConflict):
        await database.commit(batch)
    assert await store.find_user(ANNA) == User(ANNA, "hash", False, 1, None)
    assert await store.find_profile(BRUNO) is None


async def test_a_password_changes_until_the_account_is_deactivated(store: AccountStore, database: Database) -> None:
    await add_user(store, database)
    batch = Batch()
    store.set_password(batch, ANNA, "new")
    await database.commit(batch)
    assert await store.find_user(ANNA) == User(ANNA, "new", False, 1, None)
    batch = Batch()
    store.deactivate_user(batch, ANNA, LATER_MS)
    await database.commit(batch)
    assert await store.find_user(ANNA) == User(ANNA, None, False, 1, LATER_MS)


async def test_the_fields_of_a_profile_change_apart(store: AccountStore, database: Database) -> None:
    await add_user(store, database)
    first, second = Batch(), Batch()
    store.set_avatar_url(first, ANNA, "mxc://a/b")
    store.set_displayname(second, ANNA, None)
    await database.commit(first)
    await database.commit(second)
    assert await store.find_profile(ANNA) == Profile(None, "mxc://a/b")


async def test_a_registration_token_is_used_so_often_and_no_more(store: AccountStore, database: Database) -> None:
    batch = Batch()
    store.add_registration_token(batch, b"hash", RegistrationToken(1, 0, LATER_MS))
    await database.commit(batch)
    assert await store.has_registration_tokens(LATER_MS - 1)
    assert not await store.has_registration_tokens(LATER_MS)
    first, second = Batch(), Batch()
    store.use_registration_token(first, b"hash")
    await database.commit(first)
    store.use_registration_token(second, b"hash")
    with pytest.raises(WriteConflict):
        await database.commit(second)
    assert await store.find_registration_token(b"hash") == RegistrationToken(1, 1, LATER_MS)
    assert not await store.has_registration_tokens(0)
    assert await store.find_registration_token(b"other") is None


async def test_a_registration_token_without_limits_has_none(store: AccountStore, database: Database) -> None:
    batch = Batch()
    store.add_registration_token(batch, b"hash", RegistrationToken(None, 0, None))
    for _ in range(3):
        store.use_registration_token(batch, b"hash")
    await database.commit(batch)
    assert await store.find_registration_token(b"hash") == RegistrationToken(None, 3, None)
    assert await store.has_registration_tokens(LATER_MS)


async def test_devices_are_listed_by_their_id(store: AccountStore, database: Database) -> None:
    await add_device(store, database, PHONE)
    await add_device(store, database, LAPTOP)
    laptop = Device(LAPTOP, "LAPTOP's name", 5, "192.0.2.1")
    assert await store.list_devices(ANNA) == [laptop, Device(PHONE, "PHONE's name", 5, "192.0.2.1")]
    assert await store.list_devices(BRUNO) == []
    assert await store.find_device(ANNA, LAPTOP) == laptop
    assert await store.find_device(BRUNO, LAPTOP) is None


async def test_devices_beyond_so_many_are_those_not_seen_for_longest(store: AccountStore, database: Database) -> None:
    batch = Batch()
    for seen_at_ms, name in enumerate("CAB"):
        store.add_device(batch, ANNA, Device(DeviceId(name), None, seen_at_ms, "192.0.2.1"))
    store.add_device(batch, BRUNO, Device(PHONE, None, 0, "192.0.2.1"))
    await database.commit(batch)
    assert await store.list_surplus_devices(ANNA, PHONE, 1) == ["A", "C"]
    assert await store.list_surplus_devices(ANNA, DeviceId("C"), 1) == ["A"]
    assert await store.list_surplus_devices(ANNA, PHONE, 3) == []


async def test_filters_are_counted(store: AccountStore, database: Database) -> None:
    batch = Batch()
    for filter_id in ("a", "b", "a"):
        store.add_filter(batch, ANNA, filter_id, b"{}")
    await database.commit(batch)
    assert (await store.count_filters(ANNA), await store.count_filters(BRUNO)) == (2, 0)


async def test_a_device_that_is_known_keeps_its_name(store: AccountStore, database: Database) -> None:
    await add_device(store, database)
    batch = Batch()
    store.add_device(batch, ANNA, Device(PHONE, "Another", 9, "192.0.2.9"))
    await database.commit(batch)
    assert await store.find_device(ANNA, PHONE) == Device(PHONE, "PHONE's name", 9, "192.0.2.9")


async def test_a_device_is_renamed_and_seen(store: AccountStore, database: Database) -> None:
    await add_device(store, database)
    batch = Batch()
    store.set_device_name(batch, ANNA, PHONE, "Telefono")
    store.set_last_seen(batch, ANNA, PHONE, 8, "192.0.2.8")
    store.set_last_seen(batch, ANNA, PHONE, LATER_MS, "")
    await database.commit(batch)
    assert await store.find_device(ANNA, PHONE) == Device(PHONE, "Telefono", LATER_MS, "192.0.2.8")


async def test_a_token_is_found_by_kind_and_hash(store: AccountStore, database: Database) -> None:
    await add_user(store, database, is_admin=True)
    await add_device(store, database)
    batch = Batch()
    store.add_tokens(batch, [token(b"access", 1), token(b"refresh", 1, kind=TokenKind.REFRESH)])
    await database.commit(batch)
    found = StoredToken(ANNA, PHONE, True, 1, TokenState.FRESH, LATER_MS, 5)
    assert await store.find_token(TokenKind.ACCESS, b"access") == found
    assert await store.find_token(TokenKind.REFRESH, b"access") is None
    assert await store.find_token(TokenKind.ACCESS, b"other") is None


async def test_the_use_of_a_generation_spends_the_one_before(store: AccountStore, database: Database) -> None:
    await add_user(store, database)
    await add_device(store, database)
    batch = Batch()
    store.add_tokens(batch, [token(b"1", 1), token(b"2", 2, TokenState.USED), token(b"3", 3), token(b"4", 4)])
    store.use_generation(batch, ANNA, PHONE, 3)
    await database.commit(batch)
    found = [await store.find_token(TokenKind.ACCESS, name) for name in (b"1", b"2", b"3", b"4")]
    states = [None if token is None else token.state for token in found]
    assert states == [None, TokenState.SPENT, TokenState.USED, TokenState.FRESH]


async def test_a_device_goes_with_its_tokens(store: AccountStore, database: Database) -> None:
    await add_user(store, database)
    await add_device(store, database)
    await add_device(store, database, LAPTOP)
    batch = Batch()
    store.add_tokens(batch, [token(b"phone", 1), token(b"laptop", 1)._replace(device_id=LAPTOP)])
    store.remove_device(batch, ANNA, PHONE)
    await database.commit(batch)
    assert await store.find_token(TokenKind.ACCESS, b"phone") is None
    assert await store.find_token(TokenKind.ACCESS, b"laptop") is not None
    assert [device.device_id for device in await store.list_devices(ANNA)] == [LAPTOP]


async def test_a_device_may_lose_its_tokens_and_stay(store: AccountStore, database: Database) -> None:
    await add_user(store, database)
    await add_device(store, database)
    batch = Batch()
    store.add_tokens(batch, [token(b"phone", 1)])
    store.remove_tokens(batch, ANNA, PHONE)
    await database.commit(batch)
    assert await store.find_token(TokenKind.ACCESS, b"phone") is None
    assert await store.find_device(ANNA, PHONE) is not None


async def set_data(store: AccountStore, database: Database, *items: tuple[AccountDataItem, int]) -> None:
    batch = Batch()
    for item, position in items:
        store.set_account_data(batch, ANNA, item, position)
    await database.commit(batch)


async def test_account_data_is_found_by_room_and_type(store: AccountStore, database: Database) -> None:
    general, of_room = AccountDataItem(None, "it.test", b'{"a":1}'), AccountDataItem(KITCHEN, "it.test", b"{}")
    await set_data(store, database, (general, 1), (of_room, 2))
    assert await store.find_account_data(ANNA, None, "it.test") == b'{"a":1}'
    assert await store.find_account_data(ANNA, KITCHEN, "it.test") == b"{}"
    assert await store.find_account_data(ANNA, GARDEN, "it.test") is None
    assert await store.find_account_data(BRUNO, None, "it.test") is None


async def test_account_data_is_told_once_at_its_last_position(store: AccountStore, database: Database) -> None:
    old, new = AccountDataItem(None, "it.test", b"1"), AccountDataItem(None, "it.test", b"2")
    other = AccountDataItem(KITCHEN, "it.other", b"3")
    await set_data(store, database, (old, 1), (other, 2), (new, 3))
    assert await store.account_data_between(ANNA, 0, 3) == [other, new]
    assert await store.account_data_between(ANNA, 1, 2) == [other]
    assert await store.account_data_between(ANNA, 2, 3) == [new]
    assert await store.account_data_between(ANNA, 3, 9) == []


async def test_account_data_of_a_type_is_listed_with_its_rooms(store: AccountStore, database: Database) -> None:
    general, of_room = AccountDataItem(None, "m.tag", b'{"a":1}'), AccountDataItem(KITCHEN, "m.tag", b"{}")
    await set_data(store, database, (general, 1), (of_room, 2), (AccountDataItem(GARDEN, "it.other", b"{}"), 3))
    items = await store.list_account_data_of_type(ANNA, "m.tag")
    assert sorted(items, key=lambda item: item.room_id or "") == [general, of_room]
    assert await store.list_account_data_of_type(BRUNO, "m.tag") == []


async def test_account_data_of_some_rooms_is_listed(store: AccountStore, database: Database) -> None:
    kitchen, garden = AccountDataItem(KITCHEN, "it.test", b"1"), AccountDataItem(GARDEN, "it.test", b"2")
    await set_data(store, database, (AccountDataItem(None, "it.test", b"0"), 1), (kitchen, 2), (garden, 3))
    assert await store.list_room_account_data(ANNA, [KITCHEN]) == [kitchen]
    assert await store.list_room_account_data(ANNA, [GARDEN, KITCHEN]) == [kitchen, garden]
    assert await store.list_room_account_data(ANNA, []) == []


async def test_a_filter_stays_as_it_was_first_added(store: AccountStore, database: Database) -> None:
    for definition in (b"first", b"second"):
        batch = Batch()
        store.add_filter(batch, ANNA, "id", definition)
        await database.commit(batch)
    assert await store.find_filter(ANNA, "id") == b"first"
    assert await store.find_filter(BRUNO, "id") is None


async def test_a_pass_is_found_by_kind_and_hash_and_used_once(store: AccountStore, database: Database) -> None:
    batch = Batch()
    proof = Pass(TokenKind.LOGIN, ANNA, 0, LATER_MS)
    store.add_pass(batch, b"login", proof)
    await database.commit(batch)
    assert await store.find_pass(TokenKind.LOGIN, b"login") == proof
    assert await store.find_pass(TokenKind.OPENID, b"login") is None
    batch, again = Batch(), Batch()
    store.use_pass(batch, b"login")
    await database.commit(batch)
    assert await store.find_pass(TokenKind.LOGIN, b"login") == proof._replace(uses=1)
    store.use_pass(again, b"login")
    with pytest.raises(WriteConflict):
        await database.commit(again)


async def test_passes_go_with_their_time_or_their_owner(store: AccountStore, database: Database) -> None:
    batch = Batch()
    store.add_pass(batch, b"early", Pass(TokenKind.LOGIN, ANNA, 0, 10))
    store.add_pass(batch, b"late", Pass(TokenKind.LOGIN, ANNA, 0, 11))
    store.add_pass(batch, b"bruno", Pass(TokenKind.LOGIN, BRUNO, 0, 11))
    store.remove_passes_before(batch, 11)
    await database.commit(batch)
    left = [await store.find_pass(TokenKind.LOGIN, name) is not None for name in (b"early", b"late", b"bruno")]
    assert left == [False, True, True]
    batch = Batch()
    store.remove_passes(batch, ANNA)
    await database.commit(batch)
    left = [await store.find_pass(TokenKind.LOGIN, name) is not None for name in (b"late", b"bruno")]
    assert left == [False, True]


async def test_the_standing_of_an_account_is_kept_and_told_with_its_tokens(
    store: AccountStore, database: Database
) -> None:
    await add_user(store, database)
    await add_device(store, database)
    batch = Batch()
    store.add_user(batch, User(BRUNO, None, False, 1, None, is_guest=True))
    store.add_tokens(batch, [token(b"access", 1)])
    store.set_locked(batch, ANNA, 7)
    store.set_suspended(batch, ANNA, 8)
    await database.commit(batch)
    assert await store.find_user(ANNA) == User(ANNA, "hash", False, 1, None, False, 7, 8)
    found = await store.find_token(TokenKind.ACCESS, b"access")
    assert found is not None
    assert (found.is_guest, found.is_locked, found.is_suspended) == (False, True, True)
    assert await store.list_guests([ANNA, BRUNO]) == [BRUNO]
    batch = Batch()
    store.set_locked(batch, ANNA, None)
    store.upgrade_guest(batch, BRUNO, "new")
    await database.commit(batch)
    assert await store.find_user(ANNA) == User(ANNA, "hash", False, 1, None, False, None, 8)
    assert await store.find_user(BRUNO) == User(BRUNO, "new", False, 1, None)
    assert await store.list_guests([ANNA, BRUNO]) == []


async def test_fields_of_a_profile_are_set_and_removed(store: AccountStore, database: Database) -> None:
    batch = Batch()
    store.set_profile_field(batch, ANNA, "b.c", b"1")
    store.set_profile_field(batch, ANNA, "a", b"null")
    store.set_profile_field(batch, BRUNO, "a", b"2")
    await database.commit(batch)
    batch = Batch()
    store.set_profile_field(batch, ANNA, "b.c", b"[]")
    store.remove_profile_field(batch, ANNA, "none")
    await database.commit(batch)
    assert await store.list_profile_fields(ANNA) == {"a": b"null", "b.c": b"[]"}
    batch = Batch()
    store.remove_profile_field(batch, ANNA, "a")
    await database.commit(batch)
    assert await store.list_profile_fields(ANNA) == {"b.c": b"[]"}


async def test_news_of_a_profile_stay_until_the_newest_was_followed(store: AccountStore, database: Database) -> None:
    batch = Batch()
    store.add_profile_news(batch, BRUNO, 5)
    store.add_profile_news(batch, ANNA, 4)
    store.add_profile_news(batch, ANNA, 7)
    store.remove_profile_news(batch, ANNA, 4)
    await database.commit(batch)
    assert await store.list_profile_news() == [(BRUNO, 5), (ANNA, 7)]
    batch = Batch()
    store.remove_profile_news(batch, ANNA, 7)
    await database.commit(batch)
    assert await store.list_profile_news() == [(BRUNO, 5)]


async def test_profiles_of_many_are_read_at_once(store: AccountStore, database: Database) -> None:
    await add_user(store, database)
    assert await store.list_profiles([ANNA, BRUNO]) == {ANNA: Profile("Anna", None)}
    assert await store.list_profiles([]) == {}


async def test_account_data_and_accounts_in_use_are_counted(store: AccountStore, database: Database) -> None:
    await add_user(store, database)
    await add_user(store, database, BRUNO)
    batch = Batch()
    store.set_account_data(batch, ANNA, AccountDataItem(None, "a", b"{}"), 1)
    store.set_account_data(batch, ANNA, AccountDataItem(KITCHEN, "a", b"{}"), 2)
    store.set_account_data(batch, BRUNO, AccountDataItem(None, "a", b"{}"), 3)
    store.deactivate_user(batch, BRUNO, 9)
    await database.commit(batch)
    assert await store.count_account_data(ANNA) == 2
    assert await store.count_users() == 1


async def test_whoever_is_erased_leaves_no_profile_and_no_data(store: AccountStore, database: Database) -> None:
    batch = Batch()
    for user_id in (ANNA, BRUNO):
        store.add_user(batch, User(user_id, "hash", False, 1, None))
        store.add_profile(batch, user_id, Profile("Name", None))
        store.set_profile_field(batch, user_id, "a.b", b"1")
        store.set_account_data(batch, user_id, AccountDataItem(None, "a", b"{}"), 1)
        store.add_filter(batch, user_id, "f", b"{}")
    store.erase_user(batch, ANNA, 9)
    store.remove_profile(batch, ANNA)
    store.remove_account_data(batch, ANNA)
    await database.commit(batch)
    assert await store.list_erased([ANNA, BRUNO]) == [ANNA]
    assert await store.find_profile(ANNA) is None
    assert await store.list_profile_fields(ANNA) == {}
    assert await store.count_account_data(ANNA) == 0
    assert await store.find_filter(ANNA, "f") is None
    assert await store.find_profile(BRUNO) == Profile("Name", None)
    assert await store.count_account_data(BRUNO) == 1
    assert await store.find_filter(BRUNO, "f") == b"{}"


async def test_an_address_has_one_owner(store: AccountStore, database: Database) -> None:
    contact = ThirdPartyId("email", "a@b.c", 5, 6)
    batch = Batch()
    store.add_third_party_id(batch, ANNA, contact)
    store.add_third_party_id(batch, ANNA, contact._replace(address="d@e.f", added_at_ms=4))
    await database.commit(batch)
    assert await store.find_owner("email", "a@b.c") == ANNA
    assert await store.find_owner("msisdn", "a@b.c") is None
    assert [each.address for each in await store.list_third_party_ids(ANNA)] == ["d@e.f", "a@b.c"]
    again = Batch()
    store.add_third_party_id(again, BRUNO, contact)
    with pytest.raises(WriteConflict):
        await database.commit(again)
    batch = Batch()
    store.remove_third_party_id(batch, BRUNO, "email", "a@b.c")
    store.remove_third_party_id(batch, ANNA, "email", "d@e.f")
    await database.commit(batch)
    assert await store.list_third_party_ids(ANNA) == [contact]
    batch = Batch()
    store.remove_third_party_ids(batch, ANNA)
    await database.commit(batch)
    assert await store.list_third_party_ids(ANNA) == []


async def test_a_validation_is_found_by_id_and_by_who_asked(store: AccountStore, database: Database) -> None:
    validation = EmailValidation("sid", 1, "a@b.c", b"secret", b"token", 3, None, LATER_MS, None)
    batch = Batch()
    store.set_validation(batch, validation)
    await database.commit(batch)
    assert await store.find_validation("sid") == validation
    assert await store.find_validation("other") is None
    assert await store.find_same_validation(1, "a@b.c", b"secret") == validation
    for purpose, address, secret in ((2, "a@b.c", b"secret"), (1, "d@e.f", b"secret"), (1, "a@b.c", b"other")):
        assert await store.find_same_validation(purpose, address, secret) is None
    later = validation._replace(token_hash=b"new", send_attempt=4, next_link="https://a.b", validated_at_ms=9)
    batch = Batch()
    store.set_validation(batch, later)
    store.remove_validations_before(batch, LATER_MS)
    await database.commit(batch)
    assert await store.find_validation("sid") == later
    batch = Batch()
    store.remove_validations_before(batch, LATER_MS + 1)
    await database.commit(batch)
    assert await store.find_validation("sid") is None
    batch = Batch()
    store.set_validation(batch, later)
    store.remove_validation(batch, "sid")
    await database.commit(batch)
    assert await store.find_validation("sid") is None
