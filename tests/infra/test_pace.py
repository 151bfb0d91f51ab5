"""Crowds are let through a few at a time."""

import asyncio

from sottovoce.infra.pace import Pace

PER_TURN = 4


async def _turns_of(pace: Pace, people: int) -> list[int]:
    """In which turn of the loop each of them was let through."""
    turn, through = 0, [-1] * people

    async def come(number: int) -> None:
        await pace.turn()
        through[number] = turn

    async with asyncio.TaskGroup() as group:
        for number in range(people):
            group.create_task(come(number))
        while -1 in through:
            await asyncio.sleep(0)
            turn += 1
    return through


async def test_few_do_not_wait() -> None:
    pace = Pace(PER_TURN)
    for _ in range(3):
        assert set(await _turns_of(pace, PER_TURN)) == {0}
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def test_a_crowd_is_let_through_in_order_and_never_more_than_so_many_in_a_turn() -> None:
    through = await _turns_of(Pace(PER_TURN), 30)
    assert through == sorted(through)
    assert max(through.count(turn) for turn in set(through)) == PER_TURN


async def test_whoever_gives_up_takes_nobody_s_turn() -> None:
    pace = Pace(1)
    await pace.turn()
    async with asyncio.TaskGroup() as group:
        gone = [group.create_task(pace.turn()) for _ in range(50)]
        await asyncio.sleep(0)
        stays = group.create_task(pace.turn())
        for task in gone:
            task.cancel()
        for _ in range(5):
            await asyncio.sleep(0)
        assert stays.done()
