"""`explain=true` tells the engine's own plan, within the limits of every query."""

import urllib.parse

import pytest
from served import publish_trig, served
from test_api_limits import PRODUCT, post, wait_until_idle

pytestmark = pytest.mark.slow

QUERY = "SELECT ?s ?o { ?s <urn:p> ?o ; <urn:q> 1 FILTER(STRLEN(STR(?o)) > 0) } LIMIT 5"


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    path = tmp_path_factory.mktemp("explain") / "store"
    lines = [f"<urn:s{n}> <urn:p> {n} ; <urn:q> {n % 2} ." for n in range(300)]
    publish_trig(path, "<urn:g> { " + "\n".join(lines) + " }")
    with served(path, query_timeout_s=2) as running:
        yield running


def operators(plan):
    return [plan["operator"], *(name for child in plan["children"] for name in operators(child))]


def test_the_plan_has_operators_rows_and_times_and_says_which_engine_told_it(service):
    reply = service.query(QUERY, explain="true")
    assert (reply.status, reply.media_type) == (200, "application/json")
    found = reply.json
    assert found["engine"].startswith("oxigraph 0.")
    assert found["rows"] == 5
    assert found["planning_ms"] > 0
    assert found["evaluation_ms"] > 0
    names = operators(found["plan"])
    assert any(name.startswith("Slice") for name in names)
    assert sum("urn:p" in name or "urn:q" in name for name in names) == 2
    assert found["text"].count("\n") == len(names) - 1
    assert "total;dur=" in reply.headers["server-timing"]


@pytest.mark.parametrize(
    "query", ["ASK { ?s <urn:p> 7 }", "CONSTRUCT WHERE { ?s <urn:p> 7 }", "DESCRIBE <urn:s1>"]
)
def test_every_kind_of_query_has_a_plan(service, query):
    assert service.query(query, explain="true").json["plan"]["operator"]


def test_the_plan_is_of_the_graphs_that_the_query_names(service):
    rows = [
        service.query(f"SELECT * {frm} {{ ?s <urn:p> ?o }}", explain="true").json["rows"]
        for frm in ("", "FROM <urn:g>")
    ]
    assert rows == [300, 300]


@pytest.mark.parametrize(
    ("query", "more", "code"),
    [
        ("SELECT * { ?s ?p }", {}, "bad-query"),
        ("ASK { SERVICE <http://127.0.0.1:9/> {} }", {}, "forbidden"),
        ("ASK {}", {"default-graph-uri": "urn:g"}, "bad-request"),
        ("ASK {}", {"explain": "maybe"}, "bad-request"),
    ],
)
def test_what_is_refused_as_a_query_has_no_plan(service, query, more, code):
    assert service.query(query, **{"explain": "true", **more}).json["code"] == code


def test_a_plan_past_the_deadline_is_stopped_and_leaves_nothing_running(service):
    path = "/sparql?" + urllib.parse.urlencode({"query": PRODUCT, "explain": "true", "timeout": "0.7"})
    assert service.ask(path).json["code"] == "query-timeout"
    wait_until_idle(service, within=1)
    assert post(service, "ASK {}").status == 200
