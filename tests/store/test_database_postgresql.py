"""What only PostgreSQL can suffer: a server elsewhere, that may go away."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sottovoce.infra.db import postgresql_writer
from sottovoce.infra.db.model import Batch, Database, DatabaseInUse, DatabaseUnusable, Query, Statement
from sottovoce.infra.db.open import database_at
from tests.helpers.cut_connection import CuttableWire
from tests.helpers.postgres import PostgresCluster

RESERVE = Statement("positions", "INSERT INTO positions (writer, reserved) VALUES ($1, $2)")
RESERVED = Query("SELECT reserved FROM positions ORDER BY reserved")


def batch_of(number: int) -> Batch:
    batch = Batch()
    batch.write(RESERVE, f"writer {number}", number)
    return batch


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql_writer, "RECONNECT_AFTER_S", 0.02)


@pytest.fixture
async def wire(postgres_cluster: PostgresCluster, tmp_path: Path) -> AsyncIterator[CuttableWire]:
    async with CuttableWire(postgres_cluster.new_database(), tmp_path) as wire:
        yield wire


@pytest.fixture
async def far(wire: CuttableWire) -> AsyncIterator[Database]:
    database = database_at(wire.address)
    await database.start()
    yield database
    await database.stop()


@pytest.mark.parametrize("is_delivered", [True, False])
async def test_a_commit_whose_answer_is_lost_happens_exactly_once(
    far: Database, wire: CuttableWire, is_delivered: bool
) -> None:
    await far.commit(batch_of(1))
    wire.cut_at(b"; COMMIT", is_delivered=is_delivered)
    await asyncio.gather(*(far.submit(batch_of(number)) for number in range(2, 5)))
    await far.commit(batch_of(5))
    assert wire.cuts == 1
    assert await far.all(RESERVED) == [(1,), (2,), (3,), (4,), (5,)]


async def test_a_connection_lost_before_the_commit_only_costs_time(far: Database, wire: CuttableWire) -> None:
    wire.cut_at(b"BEGIN", is_delivered=False)
    await asyncio.gather(*(far.submit(batch_of(number)) for number in range(3)))
    assert wire.cuts == 1
    assert await far.all(RESERVED) == [(0,), (1,), (2,)]


async def test_failures_found_before_the_connection_was_lost_are_still_told(far: Database, wire: CuttableWire) -> None:
    await far.commit(batch_of(1))
    wire.cut_at(b"; COMMIT", is_delivered=True)
    outcomes = await asyncio.gather(far.submit(batch_of(1)), far.submit(batch_of(2)), return_exceptions=True)
    assert wire.cuts == 1
    assert [outcome is None for outcome in outcomes] == [False, True]
    assert await far.all(RESERVED) == [(1,), (2,)]


async def test_writes_wait_for_a_server_that_restarts(own_cluster: PostgresCluster) -> None:
    database = database_at(own_cluster.new_database())
    await database.start()
    await database.commit(batch_of(1))
    await asyncio.to_thread(own_cluster.stop, signal.SIGQUIT)
    waiting = database.submit(batch_of(2))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await asyncio.to_thread(own_cluster.start)
    await waiting
    assert await database.all(RESERVED) == [(1,), (2,)]
    await database.stop()


async def test_stopping_does_not_wait_for_a_server_that_stays_away(
    own_cluster: PostgresCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sottovoce.infra.db.postgresql.CLOSE_WITHIN_S", 0.1)
    database = database_at(own_cluster.new_database())
    await database.start()
    await asyncio.to_thread(own_cluster.stop, signal.SIGQUIT)
    waiting = database.submit(batch_of(2))
    async with asyncio.timeout(3):
        await database.stop()
    assert not waiting.done()


async def test_a_second_owner_of_the_database_is_refused(postgres_cluster: PostgresCluster) -> None:
    address = postgres_cluster.new_database()
    first, second = database_at(address), database_at(address)
    await first.start()
    with pytest.raises(DatabaseInUse):
        await second.start()
    await second.stop()
    await first.stop()
    third = database_at(address)
    await third.start()
    await third.stop()


async def test_a_server_that_cannot_be_reached_is_told_in_one_line(tmp_path: Path) -> None:
    database = database_at(f"postgresql:///nothing?host={tmp_path}&user=nobody")
    with pytest.raises(DatabaseUnusable) as refusal:
        await database.start()
    assert "\n" not in str(refusal.value)
    await database.stop()
