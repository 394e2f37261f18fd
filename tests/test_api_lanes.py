"""Who runs when: slots, the line, and what happens when it does not move."""

import asyncio

import pytest

from kg.errors import Overloaded
from kg.lanes import Lanes


def lanes(**limits):
    return Lanes(**{"quick": 1, "slow": 1, "line": 2, **limits})


async def waiting(lanes, order, name, patience_s=5.0):
    slot = await lanes.enter(patience_s)
    order.append(name)
    return slot


async def queue(lanes, order, names):
    tasks = [asyncio.ensure_future(waiting(lanes, order, name)) for name in names]
    await asyncio.sleep(0)
    return tasks


async def serve_all(first, tasks):
    slot = first
    while slot is not None:
        slot.leave()
        await asyncio.sleep(0.001)
        done = [task for task in tasks if task.done()]
        tasks = [task for task in tasks if not task.done()]
        slot = done[0].result() if done else None


def test_a_line_that_moves_is_served_oldest_first():
    async def run():
        order = []
        ours = lanes(line=5)
        first = await ours.enter(1)
        await serve_all(first, await queue(ours, order, "abc"))
        return order

    assert asyncio.run(run()) == ["a", "b", "c"]


def test_a_line_that_stands_is_served_newest_first():
    async def run():
        order = []
        ours = lanes(line=5)
        first = await ours.enter(1)
        tasks = await queue(ours, order, "abc")
        await asyncio.sleep(0.3)
        await serve_all(first, tasks)
        return order

    assert asyncio.run(run())[0] == "c"


def test_the_oldest_of_a_full_line_is_turned_away():
    async def run():
        ours = lanes()
        await ours.enter(1)
        tasks = await queue(ours, [], "abc")
        await asyncio.sleep(0.001)
        return [task.done() and type(task.exception()) for task in tasks]

    assert asyncio.run(run()) == [Overloaded, False, False]


def test_patience_ends():
    async def run():
        ours = lanes()
        await ours.enter(1)
        with pytest.raises(Overloaded):
            await ours.enter(0.01)
        return ours.waiting

    assert asyncio.run(run()) == 0


def test_a_long_query_makes_room_and_stays_when_nobody_waits():
    async def run():
        ours = lanes()
        first = await ours.enter(1)
        first.outlive_slice()
        second = await ours.enter(1)
        second.outlive_slice()  # the slow slot is taken, but nobody waits
        tasks = await queue(ours, [], "a")
        with pytest.raises(Overloaded):
            second.outlive_slice()
        tasks[0].cancel()
        return first.slow, second.slow

    assert asyncio.run(run()) == (True, False)


def test_a_client_that_leaves_the_line_leaves_no_gap():
    async def run():
        ours = lanes()
        first = await ours.enter(1)
        tasks = await queue(ours, [], "ab")
        tasks[0].cancel()
        await asyncio.sleep(0)
        first.leave()
        await asyncio.sleep(0.001)
        return ours.waiting, ours.running, tasks[1].done()

    assert asyncio.run(run()) == (0, 1, True)
