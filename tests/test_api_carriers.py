"""Small queries share the wake of a worker; none of them gets another's answer, or suffers from another."""

import asyncio
import json
import time
from functools import partial
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from served import publish_trig
from test_api_limits import HOSTILE, PRODUCT

from api.protocol import unquoted
from kg.answers import Question, answer
from kg.carriers import ROOM
from kg.errors import QueryTimeout, QueryTooHeavy
from kg.lanes import Lanes
from kg.workers import Limits, QueryPool


@pytest.fixture(scope="module")
def version(tmp_path_factory):
    path = tmp_path_factory.mktemp("carriers") / "store"
    lines = [f"<urn:s{n}> <urn:p> {n} ; <urn:text> '{'a' * 40}{n}' ." for n in range(300)]
    return publish_trig(path, "<urn:g> { " + "\n".join(lines) + " }")


def with_pool(ask, **limits):
    async def run():
        async with QueryPool(Limits(**{"quick": 1, "slow": 1, "timeout_s": 1.0, **limits})) as pool:
            return await ask(pool)

    return asyncio.run(run())


def asked(pool, version, query, **more):
    spool = pool.new_spool_name()
    return pool.run(partial(answer, question=Question(query), spool=spool), version, **more)


def value(found):
    return int(json.loads(found.body)["results"]["bindings"][0]["o"]["value"])


def small(number):
    return f"SELECT ?o {{ <urn:s{number}> <urn:p> ?o }}"


@pytest.mark.slow
@pytest.mark.parametrize("quick", [1, 2])
def test_each_of_many_at_once_gets_its_own_answer(version, quick):
    async def ask(pool):
        return await asyncio.gather(*(asked(pool, version, small(n)) for n in range(100)))

    assert [value(found) for found in with_pool(ask, quick=quick)] == list(range(100))


@pytest.mark.slow
def test_those_behind_a_long_query_are_answered_before_it_ends(version):
    async def ask(pool):
        long = asyncio.ensure_future(asked(pool, version, PRODUCT))
        await asyncio.sleep(0)
        started = time.perf_counter()
        found = await asyncio.gather(*(asked(pool, version, small(n)) for n in range(ROOM)))
        taken = time.perf_counter() - started
        with pytest.raises(QueryTimeout):
            await long
        return [value(one) for one in found], taken

    found, taken = with_pool(ask)
    assert found == list(range(ROOM))
    assert taken < 0.9


@pytest.mark.slow
def test_those_behind_a_query_that_kills_its_process_are_answered_all_the_same(version):
    async def ask(pool):
        deadly = asyncio.ensure_future(asked(pool, version, HOSTILE["parentheses"]))
        await asyncio.sleep(0)
        found = await asyncio.gather(*(asked(pool, version, small(n)) for n in range(ROOM)))
        with pytest.raises(QueryTooHeavy):
            await deadly
        return [value(one) for one in found]

    assert with_pool(ask, memory_mib=512) == list(range(ROOM))


@pytest.mark.slow
def test_a_client_that_leaves_takes_nobody_with_it(version):
    async def ask(pool):
        tasks = [asyncio.ensure_future(asked(pool, version, small(n))) for n in range(ROOM)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        tasks[3].cancel()
        rest = [task for task in tasks if not task.cancelling()]
        found = [value(await task) for task in rest]
        again = value(await asked(pool, version, small(7)))
        return found, again

    assert with_pool(ask) == ([1, 2, 4, 5, 6, 7], 7)


@pytest.mark.slow
def test_a_slow_work_is_joined_by_nobody(version):
    async def ask(pool):
        heavy = asyncio.ensure_future(asked(pool, version, PRODUCT, slow=True))
        await asyncio.sleep(0)
        found = value(await asked(pool, version, small(5)))
        assert not heavy.done()
        with pytest.raises(QueryTimeout):
            await heavy
        return found

    assert with_pool(ask) == 5


def test_a_lift_is_given_to_those_who_take_one_and_stand_next():
    async def run():
        lanes = Lanes(quick=1, slow=1, line=10)
        slot = await lanes.enter(1)
        wishes = [True, True, False, True]
        tasks = [asyncio.ensure_future(lanes.enter(1, takes_lift=wish)) for wish in wishes]
        first = asyncio.ensure_future(lanes.enter(1, first=True, takes_lift=True))
        await asyncio.sleep(0)
        lanes.give_lifts("lift", 7)
        await asyncio.sleep(0)
        lifted = [task.done() and task.result() for task in (first, *tasks)]
        slot.leave()
        await asyncio.sleep(0)
        got_slot = tasks[2].done() and tasks[2].result() is not None
        tasks[3].cancel()
        return lifted, got_slot, lanes.running

    assert asyncio.run(run()) == (["lift", "lift", "lift", False, False], True, 1)


@given(st.binary(max_size=40) | st.text("%+=&aF0g \n", max_size=30).map(str.encode))
def test_escapes_are_read_as_the_library_reads_them(text):
    assert unquoted(text) == unquote_to_bytes(text.replace(b"+", b" "))
