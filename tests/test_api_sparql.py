"""SPARQL 1.1 Protocol over HTTP, against a real server; section numbers are those of the recommendation."""

import json
import urllib.parse

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from served import publish_trig, served
from starlette.testclient import TestClient

from api.sparql import AnswerLimits, SparqlEndpoint
from kg.formats import GRAPHS, RESULTS
from kg.remote_services import RemoteServices

pytestmark = pytest.mark.slow

DATA = """
@prefix g: <http://a.example/graph/> . @prefix : <http://a.example/> .
g:one { :s :p 1 , "zwei"@de , "50%25 & more" . }
g:two { :s :q 2.5 . }
"""
ALL = "SELECT ?o WHERE { <http://a.example/s> ?p ?o }"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
DIRECT = {"Content-Type": "application/sparql-query"}


@pytest.fixture(scope="module")
def store_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("sparql") / "store"
    publish_trig(path, DATA)
    return path


@pytest.fixture(scope="module")
def service(store_path):
    with served(store_path, result_mib=1, query_timeout_s=5) as running:
        yield running


def form(*pairs):
    return urllib.parse.urlencode(pairs).encode()


def values(reply):
    assert reply.status == 200, reply.text
    return sorted(row["o"]["value"] for row in reply.json["results"]["bindings"])


def test_a_query_by_get_sees_the_union_of_the_named_graphs(service):
    assert values(service.query(ALL)) == ["1", "2.5", "50%25 & more", "zwei"]


def test_a_query_in_a_form_gives_the_same(service):
    reply = service.ask("/sparql", method="POST", data=form(("query", ALL)), headers=FORM)
    assert values(reply) == ["1", "2.5", "50%25 & more", "zwei"]


@pytest.mark.parametrize("method", ["POST", "QUERY"])
def test_a_query_as_the_body_gives_the_same(service, method):
    reply = service.ask("/sparql", method=method, data=ALL.encode(), headers=DIRECT)
    assert values(reply) == ["1", "2.5", "50%25 & more", "zwei"]


@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30))
def test_any_text_comes_back_unchanged_on_every_way_in(service, text):
    literal = json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
    query = f"SELECT ({literal} AS ?o) {{}}"
    replies = [
        service.query(query),
        service.ask("/sparql", method="POST", data=form(("query", query)), headers=FORM),
        service.ask("/sparql", method="POST", data=query.encode(), headers=DIRECT),
    ]
    assert [values(reply) for reply in replies] == [[text]] * 3


@pytest.mark.parametrize("entry", RESULTS.values(), ids=lambda entry: entry.name)
def test_a_table_comes_in_the_format_that_is_asked_for(service, entry):
    reply = service.query(ALL, accept=entry.media_type)
    assert reply.media_type == entry.media_type
    assert b"zwei" in reply.body


def test_literals_keep_language_and_datatype(service):
    found = {row["o"]["value"]: row["o"] for row in service.query(ALL).json["results"]["bindings"]}
    assert found["zwei"]["xml:lang"] == "de"
    assert found["2.5"]["datatype"].endswith("#decimal")


@pytest.mark.parametrize("entry", GRAPHS.values(), ids=lambda entry: entry.name)
@pytest.mark.parametrize("query", ["CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE <http://a.example/s>"])
def test_a_graph_comes_in_the_format_that_is_asked_for(service, entry, query):
    reply = service.query(query, accept=entry.media_type)
    assert (reply.status, reply.media_type) == (200, entry.media_type)
    assert b"zwei" in reply.body


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/csv;q=0.5, text/tab-separated-values", "text/tab-separated-values"),
        ("text/*;q=0.1, application/sparql-results+xml;q=0.2", "application/sparql-results+xml"),
        ("application/json", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("text/csv;q=0, */*;q=0.1", "application/sparql-results+json"),
    ],
)
def test_the_best_weight_wins(service, accept, media_type):
    assert service.query(ALL, accept=accept).media_type == media_type


def test_ask_answers_true_and_false(service):
    assert service.query("ASK { ?s ?p 1 }").json["boolean"] is True
    assert service.query("ASK { ?s ?p 7 }").json["boolean"] is False


def test_a_format_can_be_named_in_the_url(service):
    assert service.query(ALL, format="csv").media_type == "text/csv"
    assert service.query("CONSTRUCT WHERE { ?s ?p ?o }", format="json").media_type == "application/ld+json"
    assert service.query(ALL, format="doc").status == 400


def test_head_has_the_headers_of_get_and_no_body(service):
    path = "/sparql?" + urllib.parse.urlencode({"query": ALL})
    get, head = service.ask(path), service.ask(path, method="HEAD")
    assert head.body == b""
    assert head.headers["content-length"] == get.headers["content-length"] == str(len(get.body))
    assert head.media_type == get.media_type


def test_options_tell_what_is_taken_from_any_page(service):
    reply = service.ask("/sparql", method="OPTIONS")
    assert reply.status == 204
    assert "POST" in reply.headers["allow"]
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "POST" in reply.headers["access-control-allow-methods"]


def test_the_data_set_of_the_request_wins_over_that_of_the_query(service):
    """2.1.4."""
    inside = "SELECT ?o FROM <http://a.example/graph/one> { ?s ?p ?o }"
    assert values(service.query(inside)) == ["1", "50%25 & more", "zwei"]
    assert values(service.query(inside, **{"default-graph-uri": "http://a.example/graph/two"})) == ["2.5"]


def test_a_named_graph_of_the_request_is_the_only_one(service):
    query = "SELECT ?o { GRAPH ?g { ?s ?p ?o } }"
    assert values(service.query(query, **{"named-graph-uri": "http://a.example/graph/two"})) == ["2.5"]


def problem(reply, status, code):
    assert (reply.status, reply.media_type) == (status, "application/problem+json"), reply.text
    assert reply.json["status"] == status
    assert reply.json["code"] == code
    assert reply.json["type"].endswith(code)
    return reply.json


def test_a_malformed_query_is_refused_with_line_and_column(service):
    found = problem(service.query("SELECT * WHERE {\n  ?s ?p }"), 400, "bad-query")
    assert (found["line"], found["column"]) == (2, 10)


def test_an_update_sent_as_a_query_is_called_one(service):
    found = problem(
        service.query("# a\nPREFIX a: <urn:a>\nINSERT DATA { <urn:a> <urn:b> 1 }"), 400, "bad-query"
    )
    assert "update" in found["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * FROM <http://127.0.0.1:9/data.ttl> { ?s ?p ?o }",
        "SELECT * FROM NAMED <file:///etc/passwd> { GRAPH ?g { ?s ?p ?o } }",
    ],
)
def test_nothing_is_fetched_from_elsewhere(service, query):
    problem(service.query(query), 403, "forbidden")


def test_a_graph_of_the_request_that_is_not_here_is_empty(service):
    assert values(service.query(ALL, **{"default-graph-uri": "http://127.0.0.1:9/data.ttl"})) == []


@pytest.mark.parametrize(
    ("data", "headers"),
    [
        (form(("update", "CLEAR ALL")), FORM),
        (b"LOAD <http://127.0.0.1:9/data.ttl>", {"Content-Type": "application/sparql-update"}),
    ],
)
def test_updates_are_refused(service, data, headers):
    problem(service.ask("/sparql", method="POST", data=data, headers=headers), 403, "forbidden")


@pytest.mark.parametrize(
    "path",
    [
        "/sparql?query=ASK%7B%7D&query=ASK%7B%7D",
        "/sparql?query=ASK%7B%7D&timeout=soon",
        "/sparql?query=%FF",
        "/sparql?update=CLEAR%20ALL",
        "/sparql?query=ASK%7B%7D&default-graph-uri=no%20iri",
    ],
)
def test_a_request_that_breaks_the_protocol_is_a_bad_request(service, path):
    problem(service.ask(path), 400, "bad-request")


@pytest.mark.parametrize("media_type", ["text/plain", "", "application/sparql-query; charset=utf-16"])
def test_a_body_of_another_type_is_not_read(service, media_type):
    reply = service.ask("/sparql", method="POST", data=b"ASK {}", headers={"Content-Type": media_type})
    problem(reply, 415, "unsupported-media-type")


def test_a_format_that_is_not_written_here_is_not_acceptable(service):
    problem(service.query(ALL, accept="image/png"), 406, "not-acceptable")
    problem(service.query("CONSTRUCT WHERE { ?s ?p ?o }", accept="text/csv"), 406, "not-acceptable")


def test_another_method_is_not_allowed(service):
    reply = service.ask("/sparql", method="DELETE")
    problem(reply, 405, "method-not-allowed")
    assert "GET" in reply.headers["allow"]


def test_a_body_past_the_limit_is_not_read(store_path):
    with served(store_path, body_mib=1) as small:
        query = ("ASK {} #" + "x" * (1 << 20)).encode()
        problem(small.ask("/sparql", method="POST", data=query, headers=DIRECT), 413, "body-too-large")
        assert small.query("ASK {}").status == 200


def test_a_query_past_its_deadline_is_stopped_with_504(service):
    product = " ".join(f"?s{n} ?p{n} ?o{n} ." for n in range(24))
    problem(service.query(f"SELECT (COUNT(*) AS ?n) {{ {product} }}", timeout="0.5"), 504, "query-timeout")
    assert service.query("ASK {}").status == 200


def test_a_result_past_the_limit_is_refused_and_never_cut_short(service):
    product = " ".join(f"?s{n} ?p{n} ?o{n} ." for n in range(10))
    problem(service.query(f"SELECT * {{ {product} }}"), 507, "query-too-heavy")


@pytest.mark.parametrize("entry", RESULTS.values(), ids=lambda entry: entry.name)
def test_a_table_of_more_rows_than_allowed_is_refused_and_never_cut_short(store_path, entry):
    with served(store_path, result_rows=4) as narrow:
        assert b"zwei" in narrow.query(ALL, accept=entry.media_type).body
        five = "SELECT * { VALUES (?x ?y) { (1 2) (UNDEF 'a},{b\\n<result>') (UNDEF UNDEF) (3 '') (4 5) } }"
        four = five.replace("(4 5)", "")
        assert narrow.query(four, accept=entry.media_type).status == 200
        found = problem(narrow.query(five, accept=entry.media_type), 507, "query-too-heavy")
        assert "4 rows" in found["detail"]


def test_a_large_result_arrives_whole(store_path):
    product = " ".join(f"?s{n} ?p{n} ?o{n} ." for n in range(6))
    with served(store_path) as roomy:
        reply = roomy.query(f"SELECT ?s0 ?s1 ?s2 {{ {product} }}", accept="text/csv")
        assert reply.body.count(b"\n") == 4**6 + 1


def test_a_new_version_is_answered_from_at_once(tmp_path):
    with served(tmp_path / "store") as running:
        assert running.query("ASK {}").json["code"] == "store-unavailable"
        publish_trig(tmp_path / "store", "<urn:g> { <urn:a> <urn:b> 1 }")
        assert values(running.query("SELECT ?o { ?s ?p ?o }")) == ["1"]
        publish_trig(tmp_path / "store", "<urn:g> { <urn:a> <urn:b> 2 }")
        assert values(running.query("SELECT ?o { ?s ?p ?o }")) == ["2"]


def test_an_unforeseen_error_is_a_problem_with_a_number_for_the_log(caplog):
    limits = AnswerLimits(body_bytes=1, result_bytes=1, result_rows=1, cache_bytes=1)
    endpoint = SparqlEndpoint(None, None, None, RemoteServices([]), base_iri="", limits=limits)
    client = TestClient(endpoint)
    reply = client.get("/sparql", params={"query": "ASK {}"})
    assert (reply.status_code, reply.json()["code"]) == (500, "internal")
    assert reply.json()["detail"].split()[-1] in caplog.text
