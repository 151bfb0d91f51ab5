"""Password hashes."""

import asyncio
from collections.abc import Iterator

import pytest

from sottovoce.infra import passwords as module
from sottovoce.infra.passwords import Argon2Passwords, TooManyWaiting


@pytest.fixture
def passwords() -> Iterator[Argon2Passwords]:
    """Hashes that cost next to nothing."""
    passwords = Argon2Passwords(memory_kib=8, passes=1)
    yield passwords
    passwords.stop()


async def test_a_hash_is_of_its_password_alone(passwords: Argon2Passwords) -> None:
    stored = await passwords.hash("perché no? 🙂")
    assert await passwords.verify("perché no? 🙂", stored)
    assert not await passwords.verify("perché no?", stored)


async def test_the_same_password_has_many_hashes(passwords: Argon2Passwords) -> None:
    assert await passwords.hash("same") != await passwords.hash("same")


async def test_whoever_has_no_password_is_never_verified(passwords: Argon2Passwords) -> None:
    assert not await passwords.verify("nobody's password", None)
    assert not await passwords.verify("", None)


async def test_what_is_no_hash_verifies_nothing(passwords: Argon2Passwords) -> None:
    assert not await passwords.verify("password", "not a hash")


async def test_the_hash_is_argon2id_with_the_named_cost() -> None:
    passwords = Argon2Passwords()
    stored = await passwords.hash("password")
    passwords.stop()
    assert stored.startswith(f"$argon2id$v=19$m={module.MEMORY_KIB},t={module.PASSES},p={module.LANES}$")


async def test_only_so_many_wait(passwords: Argon2Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_WAITING", 2)
    results = await asyncio.gather(*(passwords.hash("password") for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results].count(TooManyWaiting) == 1
    assert await passwords.hash("afterwards")
