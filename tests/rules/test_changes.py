"""Positions, the memory of changes, and waiting for news."""

import asyncio

import sottovoce.domains.changes.service as changes_service
from sottovoce.domains.changes.model import Change, Positions
from sottovoce.domains.changes.service import RESERVED_AT_ONCE_POSITIONS, Changes
from sottovoce.protocol.ids import RoomId, UserId

ALICE, BOB, CAROL = UserId("@alice:test"), UserId("@bob:test"), UserId("@carol:test")
HERE, THERE = RoomId("!here"), RoomId("!there")


class Block:
    """The reserved positions, without a database."""

    def __init__(self, reserved: int = 1) -> None:
        self.reserved = reserved

    async def find_reserved(self) -> int:
        return self.reserved

    def reserve(self, until: int) -> None:
        self.reserved = until


async def started(block: Block | None = None) -> Changes:
    changes = Changes(block or Block())
    await changes.start()
    return changes


def commit(changes: Changes, room_id: RoomId, *audience: UserId, stream: str = "rooms") -> Positions:
    changes.publish([Change(stream, changes.next_position(), room_id, frozenset(audience))])
    return changes.now


async def test_positions_ascend_without_a_gap() -> None:
    changes = await started()
    assert [changes.next_position() for _ in range(4)] == [1, 2, 3, 4]


async def test_a_position_is_reserved_before_it_is_handed_out() -> None:
    block = Block()
    changes = await started(block)
    for _ in range(RESERVED_AT_ONCE_POSITIONS + 1):
        assert changes.next_position() < block.reserved


async def test_another_run_begins_where_no_run_has_been() -> None:
    block = Block()
    first = await started(block)
    used = {first.next_position() for _ in range(10)}
    second = await started(block)
    assert second.next_position() > max(used)


async def test_a_position_is_visible_once_it_is_committed() -> None:
    changes = await started()
    before = changes.now
    position = changes.next_position()
    assert changes.now == before
    changes.publish([Change("rooms", position, HERE, frozenset())])
    assert changes.now.log == position


async def test_what_moved_is_told_to_those_concerned_only() -> None:
    changes = await started()
    since = changes.now
    now = commit(changes, HERE, ALICE, BOB)
    assert changes.moved(ALICE, since, now).rooms("rooms") == {HERE}
    assert changes.moved(CAROL, since, now).is_empty


async def test_only_what_lies_between_the_two_positions_moved() -> None:
    changes = await started()
    first = commit(changes, HERE, ALICE)
    second = commit(changes, THERE, ALICE)
    commit(changes, HERE, ALICE)
    assert changes.moved(ALICE, first, second).rooms("rooms") == {THERE}


async def test_streams_are_told_apart() -> None:
    changes = await started()
    since = changes.now
    now = commit(changes, HERE, ALICE, stream="receipts")
    moved = changes.moved(ALICE, since, now)
    assert moved.has("receipts")
    assert not moved.has("rooms")


async def test_what_is_forgotten_is_not_known_rather_than_nothing() -> None:
    changes = await started()
    since = changes.now
    for _ in range(changes_service.REMEMBERED_CHANGES + 1):
        now = commit(changes, HERE, BOB)
    moved = changes.moved(ALICE, since, now)
    assert not moved.is_empty
    assert moved.rooms("rooms") is None
    assert moved.has("account_data")
    assert not moved.has("typing")


async def test_a_token_of_another_run_knows_nothing_of_the_volatile_streams() -> None:
    changes = await started()
    old = Positions(changes.now.log, 7, changes.now.epoch - 1)
    moved = changes.moved(ALICE, old, changes.now)
    assert moved.has("typing")
    assert not moved.has("rooms")


async def test_volatile_changes_are_told_like_the_others() -> None:
    changes = await started()
    since = changes.now
    changes.publish_live("typing", HERE, frozenset({ALICE}))
    assert changes.moved(ALICE, since, changes.now).rooms("typing") == {HERE}
    assert changes.moved(BOB, since, changes.now).is_empty


async def test_news_between_registering_and_waiting_ends_the_wait_at_once() -> None:
    changes = await started()
    with changes.listen(ALICE) as listener:
        commit(changes, HERE, ALICE)
        assert await asyncio.wait_for(listener.wait(60), 1)


async def test_news_while_waiting_ends_the_wait() -> None:
    changes = await started()
    with changes.listen(ALICE) as listener:
        asyncio.get_running_loop().call_soon(commit, changes, HERE, ALICE)
        assert await asyncio.wait_for(listener.wait(60), 1)


async def test_news_of_others_leaves_the_waiting_alone() -> None:
    changes = await started()
    with changes.listen(ALICE) as listener:
        commit(changes, HERE, BOB)
        assert not await listener.wait(0.01)


async def test_nobody_is_kept_after_waiting() -> None:
    changes = await started()
    with changes.listen(ALICE), changes.listen(ALICE):
        assert changes.waiting == 1
    assert changes.waiting == 0


async def test_closing_wakes_everybody() -> None:
    changes = await started()
    with changes.listen(ALICE) as one, changes.listen(BOB) as other:
        changes.close()
        assert await one.wait(60)
        assert await other.wait(60)
    assert changes.is_closing


async def test_a_follower_hears_of_its_stream_alone() -> None:
    changes = await started()
    heard: list[Change] = []
    changes.follow("profiles", heard.append)
    commit(changes, HERE, ALICE)
    commit(changes, HERE, ALICE, stream="profiles")
    assert [change.stream for change in heard] == ["profiles"]
