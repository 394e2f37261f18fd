"""The mother of the query processes: whoever leaves while she starts or ends one confuses nobody else's."""

import asyncio
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from kg.errors import StoreUnavailable
from kg.query_worker import frame_of
from kg.worker_processes import Nursery, outcome_of


def with_nursery(work):
    async def run():
        nursery = Nursery(512)
        await nursery.start()
        try:
            return await asyncio.wait_for(work(nursery), 20)
        finally:
            await nursery.stop()

    return asyncio.run(run())


async def pid_of(worker):
    """The process id as the worker itself tells it; it is asked nothing more."""
    told = asyncio.get_running_loop().create_future()
    worker.listen(told.set_result, lambda: told.set_exception(StoreUnavailable("it is gone")))
    worker.send(frame_of(partial(eval, "__import__('os').getpid()"), None))
    try:
        return outcome_of(await told)
    finally:
        worker.disconnect()


async def left_after(turns, work):
    """Begin the work and leave it after so many turns of the loop."""
    leaving = asyncio.ensure_future(work)
    for _ in range(turns):
        await asyncio.sleep(0)
    leaving.cancel()
    with suppress(asyncio.CancelledError):
        return await leaving


def children_of(pid):
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


@pytest.mark.parametrize("turns", range(1, 7))
def test_a_worker_is_the_process_it_is_called_by_after_somebody_left(turns):
    async def work(nursery):
        await left_after(turns, nursery.new_worker())
        worker = await nursery.new_worker()
        return worker.pid, await pid_of(worker)

    called, told = with_nursery(work)
    assert called == told


def test_to_leave_while_a_process_is_ended_does_not_end_others():
    async def work(nursery):
        doomed, kept = await nursery.new_worker(), await nursery.new_worker()
        await left_after(2, nursery.end(doomed))
        another = await nursery.new_worker()
        return [(one.pid, await pid_of(one)) for one in (kept, another)]

    assert all(called == told for called, told in with_nursery(work))


def test_an_end_that_is_told_twice_ends_nothing_else():
    async def work(nursery):
        doomed, kept = await nursery.new_worker(), await nursery.new_worker()
        await nursery.end(doomed)
        await nursery.end(doomed)
        return kept.pid, await pid_of(kept)

    called, told = with_nursery(work)
    assert called == told


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="the system does not tell of children")
def test_nobody_who_left_leaves_a_process_behind():
    async def work(nursery):
        for turns in range(1, 7):
            await left_after(turns, nursery.new_worker())
        worker = await nursery.new_worker()
        while nursery._chores:
            await asyncio.sleep(0.01)
        worker.disconnect()
        return worker.pid, children_of(nursery._mother.pid)

    pid, children = with_nursery(work)
    assert children == [str(pid)]


def test_a_mother_that_was_killed_has_a_successor():
    async def work(nursery):
        orphan, first = await nursery.new_worker(), nursery._mother
        first.kill()
        kept = await nursery.new_worker()
        await nursery.end(orphan)  # which the successor has never heard of
        return first, nursery._mother, kept.pid, await pid_of(kept)

    first, successor, called, told = with_nursery(work)
    assert called == told
    assert successor.pid != first.pid
