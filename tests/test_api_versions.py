"""Versions, validators, compression, metrics and logs, against a real server."""

import gzip
import json
import subprocess
import sys
import urllib.parse
from email.utils import format_datetime
from itertools import pairwise

import pytest
from served import publish_trig, served

from kg.snapshots import versions

if sys.version_info >= (3, 14):
    from compression.zstd import decompress
else:
    from backports.zstd import decompress

pytestmark = pytest.mark.slow

DIRECT = {"Content-Type": "application/sparql-query"}
ALL = "SELECT ?o { ?s ?p ?o }"
PATH = "/sparql?" + urllib.parse.urlencode({"query": ALL})


@pytest.fixture(scope="module")
def store_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("versions") / "store"
    for number in (1, 2, 3):
        publish_trig(path, f"<urn:g> {{ <urn:a> <urn:b> {number} }}")
    return path


@pytest.fixture(scope="module")
def service(store_path):
    with served(store_path) as running:
        yield running


def values(reply):
    assert reply.status == 200, reply.text
    return [row["o"]["value"] for row in reply.json["results"]["bindings"]]


def test_an_older_version_is_asked_by_number(service):
    assert values(service.query(ALL)) == ["3"]
    assert values(service.query(ALL, version="1")) == ["1"]


def test_an_older_version_is_asked_by_moment(service, store_path):
    second = versions(store_path)[1].published_at
    assert values(service.query(ALL, asOf=second.isoformat())) == ["2"]
    headers = {"Accept-Datetime": format_datetime(versions(store_path)[-1].published_at, usegmt=True)}
    reply = service.ask(PATH, headers=headers)
    assert reply.status in (200, 404)  # the header has whole seconds; all three may be of the same one
    assert "memento-datetime" in service.ask(PATH).headers


def test_a_version_that_is_not_kept_is_a_404_that_lists_those_that_are(service):
    reply = service.query(ALL, version="9")
    assert (reply.status, reply.json["code"]) == (404, "unknown-iri")
    assert "3 of" in reply.json["detail"]
    assert service.query(ALL, version="first").status == 400


def test_the_json_api_asks_older_versions_too(service):
    assert service.ask("/api/stats?version=2").json["version"] == 2
    assert service.ask("/api/stats").json["version"] == 3
    assert service.ask("/api/stats?version=9").status == 404


@pytest.mark.parametrize("path", [PATH, "/api/stats"])
def test_an_answer_that_the_client_has_is_not_sent_again(service, path):
    first = service.ask(path)
    again = service.ask(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_the_tag_changes_with_version_query_and_format(service):
    tags = [
        service.query(ALL).headers["etag"],
        service.query(ALL, version="2").headers["etag"],
        service.query(ALL + " ").headers["etag"],
        service.query(ALL, accept="text/csv").headers["etag"],
    ]
    assert len(set(tags)) == 4


def test_a_question_asked_again_is_answered_from_memory(service):
    query = "SELECT ?o ?x { ?s ?p ?o }"
    timings = [service.query(query).headers["server-timing"] for _ in range(2)]
    assert timings[0].startswith("engine;dur=")
    assert timings[1] == "cache;desc=hit"


def test_a_question_with_a_new_answer_each_time_is_never_remembered(service):
    replies = [service.query("SELECT (STRUUID() AS ?o) {}") for _ in range(2)]
    first, second = (values(reply) for reply in replies)
    assert first != second
    assert all("etag" not in reply.headers for reply in replies)


@pytest.mark.parametrize("numbers", [500, 10_000], ids=["in one piece", "from a file"])
@pytest.mark.parametrize(
    ("accepted", "coding", "unpack"),
    [("gzip", "gzip", gzip.decompress), ("gzip, zstd", "zstd", decompress)],
)
def test_large_answers_are_compressed_as_the_client_wants(service, numbers, accepted, coding, unpack):
    query = "SELECT ?o ?n { ?s ?p ?o VALUES ?n { " + " ".join(map(str, range(numbers))) + " } }"
    for _ in range(2):  # a small one comes from memory the second time
        packed = service.ask(
            "/sparql", method="POST", data=query.encode(), headers={**DIRECT, "Accept-Encoding": accepted}
        )
        assert packed.headers["content-encoding"] == coding
        assert "Accept-Encoding" in packed.headers["vary"]
        plain = service.ask("/sparql", method="POST", data=query.encode(), headers=DIRECT)
        assert "content-encoding" not in plain.headers
        assert unpack(packed.body) == plain.body


def test_every_route_compresses(service):
    packed = service.ask("/openapi.json", headers={"Accept-Encoding": "gzip"})
    assert b"openapi" in gzip.decompress(packed.body)
    assert "content-encoding" not in service.ask("/openapi.json").headers


def test_metrics_count_requests_by_route_and_status(service):
    service.query(ALL)
    text = service.ask("/metrics").text
    assert 'aifkg_requests_total{route="/sparql",status="200"}' in text
    assert "aifkg_graph_version 3.0" in text


def test_requests_are_logged_as_json_with_a_hash_of_the_query(store_path):
    with served(store_path, access_log="true", slow_request_s="0.000001", stderr=subprocess.PIPE) as logging:
        logging.query(ALL)
        logging.process.terminate()
        lines = [json.loads(line) for line in logging.process.stderr.read().splitlines()]
    access = [line for line in lines if line["path"] == "/sparql" and "text" not in line]
    slow = [line for line in lines if line["path"] == "/sparql" and "text" in line]
    assert (access[0]["status"], len(access[0]["query"])) == (200, 16)
    assert slow[0]["text"] == ALL


def test_versions_are_numbered_upwards(store_path):
    assert all(earlier.number < later.number for earlier, later in pairwise(versions(store_path)))
