"""A kept connection that asks small queries is answered by a query process, and nobody can tell."""

import contextlib
import gzip
import http.client
import os
import socket
import time
import urllib.parse
from pathlib import Path

import pytest
from served import publish_trig, served
from test_api_limits import PRODUCT, children_of, wait_until_idle

pytestmark = [pytest.mark.slow, pytest.mark.alone]

JSON = {"Accept": "application/sparql-results+json"}


@pytest.fixture(scope="module")
def store_path(tmp_path_factory):
    path = tmp_path_factory.mktemp("lending") / "store"
    publish_trig(path, trig("'one'"))
    return path


def trig(value):
    lines = [f"<urn:n{n}> <urn:next> <urn:n{n + 1}> ." for n in range(3_000)]
    return "<urn:g> { <urn:s> <urn:p> " + value + " . " + "\n".join(lines) + " }"


@pytest.fixture(scope="module")
def service(store_path):
    with served(store_path, query_timeout_s=2) as running:
        yield running


def path_of(query, **more):
    return "/sparql?" + urllib.parse.urlencode({"query": query, **more})


def ask(connection, query, *, method="GET", headers=JSON, **more):
    connection.request(method, path_of(query, **more), headers=headers)
    reply = connection.getresponse()
    body = reply.read()
    return reply.status, {name.lower(): value for name, value in reply.getheaders()}, body


def lent(service):
    lines = service.ask("/metrics").text.splitlines()
    return sum(float(line.split()[1]) for line in lines if line.startswith("aifkg_connections_lent "))


@contextlib.contextmanager
def lent_connection(service):
    """A connection that a query process answers on."""
    until = time.monotonic() + 5
    while lent(service) and time.monotonic() < until:
        time.sleep(0.05)  # a connection that an earlier test closed is counted until that is seen
    before = lent(service)
    connection = http.client.HTTPConnection(service.url.removeprefix("http://"), timeout=20)
    with contextlib.closing(connection):
        for number in range(200):
            ask(connection, f"ASK {{}} # {number} {time.time_ns()}")
            if number >= 3 and lent(service) > before:
                break
        else:
            pytest.fail("the connection was not lent")
        yield connection


WISHES = [
    JSON,
    {"Accept": "text/csv"},
    {"Accept": "text/csv", "Accept-Encoding": "gzip"},
    {"Accept": "text/turtle;q=0.1, */*;q=0.5", "Accept-Encoding": "identity"},
    {},
]
QUERIES = [
    "SELECT ?s ?o { ?s <urn:next> ?o } ORDER BY ?s LIMIT 100",
    "ASK { ?s <urn:p> 'ümlaut +%' }",
    "CONSTRUCT { ?s <urn:made> ?o } WHERE { ?s <urn:p> ?o }",
    "SELECT (STRUUID() AS ?u) {}",
]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("headers", WISHES)
def test_an_answer_is_the_same_on_a_lent_connection_and_on_a_new_one(service, query, headers):
    new = service.ask(path_of(query), headers=headers)
    with lent_connection(service) as connection:
        for _ in range(2):
            status, found, body = ask(connection, query, headers=headers)
            assert status == new.status
            assert status == 200 or "CONSTRUCT" in query
            varying = {"date", "server-timing", "connection"}
            if "STRUUID" not in query:
                assert body == new.body or gzip.decompress(body) == gzip.decompress(new.body)
                varying |= {"content-length"} if "content-encoding" in found else set()
            assert {name: value for name, value in found.items() if name not in varying} == {
                name: value for name, value in new.headers.items() if name not in varying
            }
            assert ("server-timing" in found) == (status == 200)


def test_whatever_is_not_plain_is_answered_as_ever_and_the_connection_goes_on(service):
    with lent_connection(service) as connection:
        status, headers, _ = ask(connection, QUERIES[0])
        tag = headers["etag"]
        assert ask(connection, QUERIES[0], headers={**JSON, "If-None-Match": tag})[0] == 304
        assert ask(connection, "SELECT * { ?s ?p }")[0] == 400
        assert ask(connection, "ASK { SERVICE <http://127.0.0.1:9/> {} }")[0] == 403
        assert ask(connection, QUERIES[0], headers={"Accept": "image/png"})[0] == 406
        status, headers, body = ask(connection, QUERIES[0], method="HEAD")
        assert (status, body) == (200, b"")
        connection.request(
            "POST", "/sparql", body=b"ASK {}", headers={"Content-Type": "application/sparql-query"}
        )
        assert connection.getresponse().read().endswith(b"true}")
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
        assert ask(connection, "ASK {}", timeout="1.5")[0] == 200
        assert ask(connection, QUERIES[0])[0] == 200


def test_a_long_query_meets_its_deadline_and_holds_up_nobody(service):
    with contextlib.ExitStack() as stack:
        first, *others = [stack.enter_context(lent_connection(service)) for _ in range(4)]
        first.request("GET", path_of(PRODUCT), headers=JSON)
        time.sleep(0.05)
        started = time.perf_counter()
        for connection in others:
            assert ask(connection, "ASK { ?s <urn:next> ?o }")[0] == 200
        assert time.perf_counter() - started < 1.5
        reply = first.getresponse()
        assert (reply.status, reply.getheader("content-type")) == (504, "application/problem+json")
        reply.read()
        assert ask(first, "ASK {}")[0] == 200
    wait_until_idle(service, within=1)


def test_a_client_that_leaves_takes_its_query_with_it(service):
    with lent_connection(service) as connection:
        connection.request("GET", path_of(PRODUCT), headers=JSON)
        time.sleep(0.3)
    wait_until_idle(service, within=1)
    assert service.query("ASK {}").status == 200


def test_connections_outlive_the_processes_that_they_are_lent_to(service):
    with lent_connection(service) as connection:
        (mother,) = (
            Path(f"/proc/{service.process.pid}/task/{service.process.pid}/children").read_text().split()
        )
        time.sleep(0.1)  # a process that is killed right after an answer may be taken to be in its middle
        for pid in children_of(mother):
            os.kill(pid, 9)
        time.sleep(0.2)
        statuses = [ask(connection, f"ASK {{}} # {n}")[0] for n in range(6)]
    assert statuses[-1] == 200


def test_a_new_version_is_answered_from_at_once(tmp_path):
    publish_trig(tmp_path / "store", trig("'before'"))
    query = "SELECT ?o { <urn:s> <urn:p> ?o }"
    with served(tmp_path / "store") as running, lent_connection(running) as connection:
        assert b"before" in ask(connection, query)[2]
        publish_trig(tmp_path / "store", trig("'after'"))
        assert b"after" in ask(connection, query)[2]


def request_of(query):
    head = f"GET {path_of(query)} HTTP/1.1\r\nHost: a.example\r\nAccept: text/csv\r\n\r\n"
    return head.encode()


def test_requests_in_pieces_and_several_at_once_are_answered_in_order(service):
    with lent_connection(service) as connection:
        wire = connection.sock
        whole = request_of("SELECT (1 AS ?x) {}")
        wire.sendall(whole[:30])
        time.sleep(0.1)
        wire.sendall(whole[30:] + request_of("SELECT (2 AS ?x) {}") + request_of("SELECT (3 AS ?x) {}"))
        seen = b""
        while seen.count(b"HTTP/1.1 200") < 3 or not seen.endswith(b"3\r\n"):
            seen += wire.recv(1 << 16)
    bodies = [part.partition(b"\r\n\r\n")[2] for part in seen.split(b"HTTP/1.1 200 OK\r\n")[1:]]
    assert bodies == [b"x\r\n1\r\n", b"x\r\n2\r\n", b"x\r\n3\r\n"]


def test_a_slow_reader_gets_the_whole_answer(service):
    with lent_connection(service) as connection:
        wire = connection.sock
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        query = "SELECT ?s ?o ?n { ?s <urn:next> ?o VALUES ?n { 'aaaaaaaaaaaaaaaaaaaa' 'b' 'c' } } LIMIT 9000"
        wire.sendall(request_of(query))
        time.sleep(0.5)
        assert service.query("ASK {}").status == 200
        seen = wire.recv(1 << 12)
        head, _, body = seen.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += wire.recv(1 << 16)
        assert body.count(b"\n") == 9001
        assert ask(connection, "ASK {}")[0] == 200


def test_answers_on_lent_connections_are_counted(service):
    def counted():
        line = 'aifkg_requests_total{route="/sparql",status="200"}'
        return sum(float(one.split()[1]) for one in service.ask("/metrics").text.splitlines() if line in one)

    with lent_connection(service) as connection:
        time.sleep(0.3)
        before = counted()
        for number in range(20):
            ask(connection, f"ASK {{}} # counted {number}")
        time.sleep(0.3)
        assert counted() == before + 20


def test_query_processes_keep_more_memory_at_hand_than_the_library_does_by_itself(service):
    environments = [Path(f"/proc/{pid}/environ").read_bytes() for pid in children_of(service.process.pid)]
    assert environments
    assert all(b"GLIBC_TUNABLES=glibc.malloc.tcache_count=" in each for each in environments)
