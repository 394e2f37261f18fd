"""The service over a remote store: answers as over the embedded one, writes through, says when it is away."""

import hashlib
import json
import time
import urllib.parse
from pathlib import Path

import pytest
from remote_stores import fuseki_server, oxigraph_server
from sampled import read_samples
from served import served

from kg.remote_store import RemoteStore
from kg.settings import Settings
from kg.snapshots import latest, open_read_only
from kg.store import Delta

pytestmark = pytest.mark.slow

KEY = "a key that only tests know"
PATHS = [
    "/api/stats",
    "/api/reports",
    "/api/providers",
    "/api/claims?limit=50",
    "/api/claims?subject=nebius&metric=other",
    "/api/entities/aws",
    "/api/entities/aws/timeline",
    "/api/conflicts",
    "/api/metrics",
    "/api/metrics/metric-it-capacity/series",
    "/api/metrics/metric-it-capacity/ranking",
    "/api/compare?ids=aws,google",
    "/api/landscape",
    "/api/network",
    "/api/analysis/centrality",
    "/api/search?q=Nscale",
    "/api/ask?q=Which+providers+lease+bare+metal%3F",
    "/api/export/csv",
    "/api/export/reifiers",
]
QUERIES = [
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } FILTER(!STRENDS(STR(?g), '/store')) } GROUP BY ?g",
    "ASK { ?s a <https://w3id.org/ai-factory/ns#MetricClaim> }",
    "SELECT (COUNT(*) AS ?v) { ?c <https://w3id.org/ai-factory/ns#value> ?n FILTER(?n > 500) }",
    "SELECT ?s ?l { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?l } ORDER BY ?s ?l LIMIT 200",
    "SELECT ?s FROM <https://w3id.org/ai-factory/graph/vocab> { ?s a ?c } ORDER BY ?s LIMIT 10",
]


@pytest.fixture(scope="module")
def embedded(tmp_path_factory):
    return read_samples(tmp_path_factory.mktemp("embedded") / "store")


@pytest.fixture(scope="module")
def reference(embedded):
    with served(embedded) as running:
        yield running


@pytest.fixture(scope="module", params=["oxigraph", "fuseki"])
def server(request, tmp_path_factory, embedded):
    """A remote store with the samples in it, and with the folder of keys and state."""
    start = {"oxigraph": oxigraph_server, "fuseki": fuseki_server}[request.param]
    with start(tmp_path_factory.mktemp(request.param)) as running:
        state = tmp_path_factory.mktemp("state")
        store = RemoteStore.open(Settings(store=running.url, state=state))
        store.apply(Delta(into=set(open_read_only(latest(embedded)))))
        store.close()
        yield running


@pytest.fixture(scope="module")
def service(server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("service")
    (folder / "keys").write_text(f"tester {hashlib.sha256(KEY.encode()).hexdigest()}\n")
    with served(server.url, state=folder / "state", keys=folder / "keys", query_timeout_s=10) as running:
        yield running


def plain(reply):
    """The body without version and order, which stores are free to choose where nothing is asked for."""
    text = reply.body.decode("utf-8", "replace")
    return unordered(json.loads(text)) if text.startswith(("{", "[")) else sorted(text.splitlines())


def unordered(told):
    if isinstance(told, dict):
        return {
            name: unordered(value) for name, value in told.items() if name not in ("version", "published_at")
        }
    if isinstance(told, list):
        return sorted(map(unordered, told), key=str)
    return round(told, 9) if isinstance(told, float) else told


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_over_a_remote_store_is_that_over_the_embedded_one(service, reference, path):
    ours, theirs = reference.ask(path), service.ask(path)
    assert (theirs.status, ours.status) == (200, 200)
    if path == "/api/export/csv":
        assert abs(len(ours.body) - len(theirs.body)) < 2_000
    elif path == "/api/stats":
        assert plain(theirs) == {**plain(ours), "quads": plain(ours)["quads"] + 3}
    else:
        assert plain(theirs) == plain(ours)


@pytest.mark.parametrize("query", QUERIES[1:])
def test_a_query_gives_the_same_rows(service, reference, query):
    def rows(found):
        told = json.loads(found.body)
        return told.get(
            "boolean",
            sorted(json.dumps(row, sort_keys=True) for row in told.get("results", {}).get("bindings", [])),
        )

    ours, theirs = reference.query(query), service.query(query)
    assert theirs.status == 200
    assert rows(theirs) == rows(ours)


def test_triples_come_in_every_format(service):
    query = "CONSTRUCT { ?s a ?c } { ?s a ?c } LIMIT 5"
    for media_type in ("text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml"):
        reply = service.query(query, accept=media_type)
        assert (reply.status, reply.headers["content-type"].split(";")[0]) == (200, media_type)


def test_a_mistake_is_told_with_its_place(service):
    reply = service.query("SELECT * {\n ?s ?p }")
    assert reply.status == 400
    assert json.loads(reply.body)["line"] == 2


def test_an_update_is_seen_by_the_next_query_and_moves_the_version(service):
    before = json.loads(service.ask("/readyz").body)["version"]
    reply = update(service, "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 'new' } } ;")
    assert reply.status == 204
    found = service.query("SELECT ?o { <urn:a> <urn:b> ?o }")
    assert json.loads(found.body)["results"]["bindings"][0]["o"]["value"] == "new"
    assert int(found.headers["x-graph-version"]) == before + 1


def test_an_update_that_does_not_parse_changes_nothing(service):
    before = json.loads(service.ask("/readyz").body)["version"]
    reply = update(service, "INSERT DATA { <urn:a> <urn:b> }")
    assert (reply.status, json.loads(reply.body)["code"]) == (400, "bad-query")
    assert json.loads(service.ask("/readyz").body)["version"] == before


def test_the_graph_store_protocol_writes_through(service):
    path = "/store?graph=" + urllib.parse.quote("urn:written", safe="")
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "text/turtle"}

    def write(method, body=b""):
        return service.ask(path, data=body, headers=headers, method=method).status

    assert service.ask(path).status == 404
    assert write("PUT", b"<urn:x> <urn:p> 1 , [ <urn:q> 'nested' ] .") == 201
    assert write("POST", b"<urn:x> <urn:p> 2 .") in (200, 204)
    assert len(service.ask(path, headers={"Accept": "application/n-triples"}).body.splitlines()) == 4
    assert write("PUT", b"<urn:y> <urn:p> 3 .") in (200, 204)
    assert len(service.ask(path, headers={"Accept": "application/n-triples"}).body.splitlines()) == 1
    assert write("DELETE") in (200, 204)
    assert service.ask(path).status == 404


def test_a_report_that_is_uploaded_becomes_claims(service):
    said = "Nebius will spend $5 billion on AI data centers in Oman in 2027, Omdia said."
    note = f"# Gulf\n\n28 May 2026\n\n{said}\n"
    head = 'Content-Disposition: form-data; name="file"; filename="gulf.md"\r\nContent-Type: text/markdown'
    reply = service.ask(
        "/api/reports",
        data=f"--edge\r\n{head}\r\n\r\n{note}\r\n--edge--\r\n".encode(),
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": "multipart/form-data; boundary=edge"},
        method="POST",
    )
    assert reply.status == 202, reply.text
    deadline = time.monotonic() + 120
    while (job := service.ask(reply.headers["location"]).json)["state"] in ("queued", "running"):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert (job["state"], [file["outcome"] for file in job["files"]]) == ("done", ["added"])
    report = service.ask(f"/api/reports/{job['files'][0]['report']}").json
    assert any("$5 billion" in claim["statement"] for claim in report["claims"])


def test_a_claim_is_rejected_and_the_rejection_undone(service):
    def post(path, **body):
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        reply = service.ask(path, data=json.dumps(body).encode(), headers=headers, method="POST")
        assert reply.status == 201, reply.text
        return reply.json["entries"][0]

    def status():
        return service.ask(f"/api/claims/{claim['id']}").json["status"]

    claim = service.ask("/api/claims?limit=1&status=accepted").json["claims"][0]
    entry = post("/api/curation", action="reject", claim=claim["id"], reason="misread")
    assert (status(), entry["by"]) == ("rejected", "tester")
    post(f"/api/curation/{entry['id']}/undo", reason="not misread")
    assert status() == "accepted"


def test_old_versions_are_refused_with_the_reason(service):
    reply = service.query("ASK {}", version="1")
    assert (reply.status, json.loads(reply.body)["code"]) == (404, "unknown-iri")
    assert "a remote store keeps no old ones" in json.loads(reply.body)["detail"]
    assert len(json.loads(service.ask("/api/versions").body)["versions"]) == 1


def test_plans_are_refused_with_the_reason(service):
    reply = service.query("ASK {}", explain="true")
    assert (reply.status, "remote store" in json.loads(reply.body)["detail"]) == (400, True)


def test_a_query_ends_at_its_deadline_and_the_service_goes_on(service):
    began = time.monotonic()
    reply = service.query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", timeout="1")
    assert (reply.status, time.monotonic() - began < 4) == (504, True)
    assert service.query("ASK {}").status == 200


def update(service, text):
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/sparql-update"}
    return service.ask("/sparql", data=text.encode(), headers=headers, method="POST")


def test_a_service_is_ready_when_its_store_comes_and_says_when_it_is_gone(tmp_path: Path):
    def until(service, status):
        deadline = time.monotonic() + 15
        while (reply := service.ask("/readyz")).status != status and time.monotonic() < deadline:
            time.sleep(0.2)
        return reply

    with oxigraph_server(tmp_path) as running:
        url = running.url
        RemoteStore.open(Settings(store=url, state=tmp_path))
        with served(url, state=tmp_path / "state") as service:
            assert until(service, 200).status == 200
            running.stop()
            assert until(service, 503).status == 503
            reply = service.query("ASK {}")
            assert (reply.status, json.loads(reply.body)["code"]) == (503, "store-unavailable")
            assert "cannot be reached" in json.loads(reply.body)["detail"]
            assert service.ask("/healthz").status == 200
