"""How many processes the pool starts for its work."""

import asyncio
from functools import partial

import pytest

from kg.workers import Limits, QueryPool

PID = partial(eval, "__import__('os').getpid()")
LONG = partial(eval, "__import__('time').sleep(20)")


@pytest.mark.slow
def test_after_clients_left_workers_go_on_from_job_to_job():
    async def run():
        async with QueryPool(Limits(quick=2, slow=1, timeout_s=10.0)) as pool:
            leaving = [asyncio.ensure_future(pool.run(LONG, None)) for _ in range(2)]
            await asyncio.sleep(0.05)
            # Their places are taken at once, while processes to follow theirs are being started.
            rounds = [asyncio.ensure_future(several(pool)) for _ in range(4)]
            await asyncio.sleep(0)
            for one in leaving:
                one.cancel()
            await asyncio.gather(*leaving, return_exceptions=True)
            return [pid for pids in await asyncio.gather(*rounds) for pid in pids]

    async def several(pool):
        return [await pool.run(PID, None) for _ in range(30)]

    pids = asyncio.run(run())
    assert len(pids) == 120
    assert len(set(pids)) <= 6
