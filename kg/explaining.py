"""a query -> how the engine evaluated it: its plan with rows and times, as the engine itself tells.

The Python binding shows no plan (pyoxigraph 0.5.13), the engine's own command does, over the same files and
with the same optimiser. It runs below the query process, ends with it, and is bound by the same limits.
"""

import ctypes
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pyoxigraph import QueryTriples, Store

from kg.answers import Answer, Question, Sheet, results_of
from kg.errors import BadRequest, QueryFailed, QueryTooHeavy, StoreUnavailable
from kg.guard import guard
from kg.remote_engine import RemoteEngine

MEDIA_TYPE = "application/json"
_PR_SET_PDEATHSIG = 1
_NO_TABLE, _NO_GRAPH = "tsv", "nt"


def explain(store: Store, *, location: Path, question: Question, spool: Path | str) -> Answer:
    """The plan as JSON: each operator with the rows that it gave and the milliseconds in it and below it.

    The query is evaluated to the end; its rows are thrown away.

    Raises:
        BadRequest: if the store is a remote one, or the request names a data set, as only FROM can do here.
        QueryTooHeavy: if it ran out of memory, or is nested too deeply.
        AifkgError: for queries that are refused, as `kg.answers.answer` does.
    """
    if isinstance(store, RemoteEngine):
        raise BadRequest("a remote store does not show its plans here; ask the store itself")
    if question.default_graphs or question.named_graphs:
        raise BadRequest(
            "the plan of a query over graphs of the request cannot be shown; name them with FROM"
        )
    makes_graph = isinstance(results_of(store, question), QueryTriples)
    guarded = guard(question.query, base_iri=question.base_iri)
    told = _ask_engine(
        guarded.text,
        plan=Path(f"{spool}-plan.json"),
        location=location,
        base_iri=question.base_iri,
        result_format=_NO_GRAPH if makes_graph else _NO_TABLE,
        union=not guarded.graphs,
    )
    with Sheet(spool, question.max_bytes) as sheet:
        sheet.write(_written(told).encode())
        return sheet.finish(MEDIA_TYPE)


def _written(told: dict[str, Any]) -> str:
    try:
        plan = _operator(told["plan"])
        found = {
            "engine": f"oxigraph {version('oxigraph')}",
            "planning_ms": _milliseconds(told.get("planning duration in seconds")),
            "evaluation_ms": plan["ms"],
            "rows": plan["rows"],
            "plan": plan,
            "text": "\n".join(_lines(plan)),
        }
        return json.dumps(found, ensure_ascii=False)
    except RecursionError as error:
        raise QueryTooHeavy("the plan is nested too deeply to be shown") from error


def _operator(told: dict[str, Any]) -> dict[str, Any]:
    return {
        "operator": told["name"],
        "rows": told.get("number of results"),
        "ms": _milliseconds(told.get("duration in seconds")),
        "children": [_operator(child) for child in told.get("children", ())],
    }


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 4)


def _lines(operator: dict[str, Any], depth: int = 0) -> Iterator[str]:
    yield f"{'  ' * depth}{operator['operator']}  [{operator['rows']} rows, {operator['ms']} ms]"
    for child in operator["children"]:
        yield from _lines(child, depth + 1)


def _ask_engine(
    text: str, *, plan: Path, location: Path, base_iri: str | None, result_format: str, union: bool
) -> dict[str, Any]:
    """What the engine's command writes about the query; nothing it does outlives this process.

    It writes to the file `plan`, which lies among the answers and goes with them if this process is ended.
    """
    command: list[str | Path] = [
        _program(),
        "query",
        "--location",
        location,
        "--stats",
        "--explain-file",
        plan,
    ]
    command += ["--results-format", result_format]
    command += ["--union-default-graph"] if union else []
    command += ["--query-base", base_iri] if base_iri else []
    try:
        done = subprocess.run(  # noqa: S603 - the engine's own command, the query comes on its standard input
            command,
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
            preexec_fn=_end_with_parent,  # the process has one thread
        )
        if done.returncode < 0:
            raise QueryTooHeavy("the query ran out of memory or is nested too deeply")
        if done.returncode:
            raise QueryFailed(done.stderr.decode(errors="replace").strip()[-500:])
        told: dict[str, Any] = json.loads(plan.read_bytes())
    except RecursionError as error:
        raise QueryTooHeavy("the plan is nested too deeply to be shown") from error
    finally:
        plan.unlink(missing_ok=True)
    return told


def _program() -> Path:
    program = Path(sys.executable).parent / "oxigraph"
    if not program.exists():
        raise StoreUnavailable("the engine's command `oxigraph`, which tells plans, is not installed")
    return program


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
