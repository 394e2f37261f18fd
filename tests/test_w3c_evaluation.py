"""The W3C query, update and syntax groups over HTTP: whatever the engine passes, the service passes."""

import hashlib

import pytest
from served import served
from w3c import SUITES, cases_of
from w3c_evaluation import Engine, Http, loads, passes

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SUITES.exists(), reason="the W3C suites are not beside the project"),
]

KEY = "a key for the tests"
GROUPS = [
    *("aggregates", "bind", "bindings", "cast", "construct", "exists", "functions", "grouping", "negation"),
    *("project-expression", "property-path", "subquery", "syntax-query", "csv-tsv-res", "json-res"),
    *("add", "basic-update", "clear", "copy", "delete-data", "delete-insert", "delete-where", "delete"),
    *("drop", "move", "syntax-update-1", "syntax-update-2", "update-silent"),
]
# docs/conformance.md gives the causes; all of them are the engine's.
KNOWN_FAILURES = {
    "aggregates/agg-groupconcat-04",
    "aggregates/agg-groupconcat-06",
    "aggregates/agg-empty-group-count-graph",
    "bindings/graph",
    "functions/bnode01",
    "negation/graph-minus",
    "property-path/zero_or_more_set_start",
    "property-path/zero_or_more_set_end",
    "property-path/zero_or_one_set_start",
    "property-path/zero_or_one_set_end",
    "csv-tsv-res/tsv03",
}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    folder = tmp_path_factory.mktemp("w3c")
    (folder / "keys").write_text(f"tester {hashlib.sha256(KEY.encode()).hexdigest()}\n")
    with served(
        folder / "store", keys=folder / "keys", writes_per_minute=100_000, keep_versions=2
    ) as running:
        http = Http(running, {"Authorization": f"Bearer {KEY}"})
        http.load([], {})
        yield http


def cases_in(group):
    """The tests of a group but those that LOAD something, which is refused by design."""
    cases = cases_of(SUITES / group / "manifest.ttl")
    return [case for case in cases if not loads(case)]


@pytest.mark.parametrize("group", GROUPS)
def test_the_service_passes_what_the_engine_passes(service, group):
    engine = Engine()
    engine.load([], {})
    cases = cases_in(group)
    by_engine = {case.short for case in cases if passes(case, engine)}
    by_service = {case.short for case in cases if passes(case, service)}
    assert by_engine - by_service == set()
    assert {case.short for case in cases} - by_service == {
        name for name in KNOWN_FAILURES if name.startswith(f"{group}/")
    }


def test_every_group_has_its_tests():
    everything = [case for group in GROUPS for case in cases_of(SUITES / group / "manifest.ttl")]
    assert len(everything) == 495
    assert sum(len(cases_in(group)) for group in GROUPS) > 475
