"""SERVICE asks the endpoints that the operator allows, at addresses that were checked, and no others."""

import asyncio

import pytest
from served import publish_trig, served

from kg.errors import BadSetting, Forbidden, QueryTimeout, QueryTooHeavy, RemoteServiceFailed
from kg.federation import service_clauses
from kg.remote_services import RemoteLimits, RemoteServices

HERE = "<urn:g> { <urn:a> <urn:p> 1 . <urn:b> <urn:p> 2 . <urn:c> <urn:p> 3 }"
THERE = '<urn:h> { <urn:a> <urn:name> "Ä \\"1\\""@de . <urn:b> <urn:name> "b" . <urn:d> <urn:name> _:x }'


@pytest.fixture(scope="module")
def other(tmp_path_factory):
    path = tmp_path_factory.mktemp("other") / "store"
    publish_trig(path, THERE)
    with served(path) as running:
        yield running


@pytest.fixture(scope="module")
def service(tmp_path_factory, other):
    path = tmp_path_factory.mktemp("federating") / "store"
    publish_trig(path, HERE)
    closed = "http://127.0.0.1:9/sparql"
    with served(path, service_prefixes=f"{other.url}/sparql {closed}", query_timeout_s=5) as running:
        yield running


def rows(reply):
    assert reply.status == 200, reply.text
    return sorted(
        tuple(row[name]["value"] for name in reply.json["head"]["vars"] if name in row)
        for row in reply.json["results"]["bindings"]
    )


@pytest.mark.slow
def test_rows_of_another_endpoint_join_with_ours(service, other):
    query = f"SELECT ?n ?x {{ ?s <urn:p> ?x SERVICE <{other.url}/sparql> {{ ?s <urn:name> ?n }} }}"
    assert rows(service.query(query)) == [("b", "2"), ('Ä "1"', "1")]


@pytest.mark.slow
def test_prefixes_optional_exists_and_several_clauses_keep_their_meaning(service, other):
    there = f"PREFIX o: <{other.url}/> PREFIX u: <urn:> "
    optional = there + "SELECT ?x ?n { ?s u:p ?x OPTIONAL { SERVICE o:sparql { ?s u:name ?n } } }"
    assert rows(service.query(optional)) == [("1", 'Ä "1"'), ("2", "b"), ("3",)]
    exists = there + "SELECT ?x { ?s u:p ?x FILTER NOT EXISTS { SERVICE o:sparql { ?s u:name ?n } } }"
    assert rows(service.query(exists)) == [("3",)]
    two = there + "SELECT ?s { SERVICE o:sparql { ?s u:name 'b' } SERVICE o:sparql { ?s u:name ?n } }"
    assert rows(service.query(two)) == [("urn:b",)]


@pytest.mark.slow
def test_a_blank_node_of_another_endpoint_has_a_name_here(service, other):
    query = f"SELECT ?n {{ SERVICE <{other.url}/sparql> {{ <urn:d> <urn:name> ?n }} }}"
    assert rows(service.query(query))[0][0].startswith("urn:aifkg:genid:")


@pytest.mark.slow
def test_an_answer_that_rests_on_another_endpoint_is_not_kept(service, other):
    reply = service.query(f"SELECT ?n {{ SERVICE <{other.url}/sparql> {{ ?s <urn:name> ?n }} }}")
    assert "etag" not in reply.headers
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.slow
def test_an_endpoint_that_gives_no_answer_is_a_problem_unless_the_query_says_silent(service, other):
    query = "SELECT ?x { ?s <urn:p> ?x SERVICE %s <http://127.0.0.1:9/sparql> { ?s <urn:name> ?n } }"
    reply = service.query(query % "")
    assert (reply.status, reply.json["code"]) == (502, "remote-service-failed")
    assert rows(service.query(query % "SILENT")) == [("1",), ("2",), ("3",)]
    broken = f"SELECT * {{ SERVICE <{other.url}/sparql> {{ ?s ?p }} }}"
    assert service.query(broken).json["code"] == "remote-service-failed"


@pytest.mark.slow
@pytest.mark.parametrize(
    "clause",
    [
        "SERVICE <{other}/store> {{}}",
        "SERVICE <http://127.0.0.1:10/sparql> {{}}",
        "SERVICE <{other}.a.example/sparql> {{}}",
        "SERVICE <{other}/sparql/../store> {{}}",
        "SERVICE SILENT <http://a.example/> {{}}",
        "BIND(<{other}/sparql> AS ?e) SERVICE ?e {{}}",
        "SERVICE <{other}/sparql> {{ SERVICE <{other}/sparql> {{}} }}",
        "?s ?p 1SERVICE<{other}/sparql>{{}}",
    ],
)
def test_no_other_endpoint_is_asked(service, other, clause):
    reply = service.query(f"SELECT * {{ {clause.format(other=other.url)} }}")
    assert (reply.status, reply.json["code"]) == (403, "forbidden")


def test_a_clause_takes_its_prefixes_and_asks_for_one_row_more_than_allowed():
    text = "PREFIX a: <urn:a:> SELECT * { ?s a:p ?o . SERVICE <x> { ?s a:q '}' . # }\n {} } }"
    (clause,) = service_clauses(text, base_iri="http://a.example/", most_rows=7)
    assert clause.endpoint == "http://a.example/x"
    assert "PREFIX a: <urn:a:>" in clause.query
    assert clause.query.endswith("LIMIT 8")
    assert text[clause.end :] == " }"


def ask(services, endpoint, timeout_s=2.0):
    return asyncio.run(services.ask(endpoint, "SELECT * {}", timeout_s=timeout_s))


@pytest.mark.parametrize("prefix", ["a.example", "ftp://a.example/", "http:///x", "http:"])
def test_a_prefix_names_scheme_and_host(prefix):
    with pytest.raises(BadSetting):
        RemoteServices([prefix])


def test_a_name_that_resolves_to_a_private_address_is_refused():
    with pytest.raises(Forbidden, match="not a public address"):
        ask(RemoteServices(["http://localhost:9/"]), "http://localhost:9/")


async def _answering(raw, use):
    """Run a client against a server that answers anything with these bytes."""

    async def answer(reader, writer):
        await reader.read(1 << 16)
        writer.write(raw)
        await writer.drain()
        if raw.endswith(b"HANG"):
            await reader.read()  # until the client gives up
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    try:
        return await use(url)
    finally:
        await asyncio.sleep(0.05)  # the connections close
        server.close()


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
            RemoteServiceFailed,
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort", RemoteServiceFailed),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5000, QueryTooHeavy),
        (b"no http at all\r\n\r\n", RemoteServiceFailed),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nHANG", QueryTimeout),
    ],
    ids=["redirect", "broken off", "too large", "not http", "too slow"],
)
def test_an_answer_that_is_not_one_is_told_from_one(raw, error):
    async def use(url):
        services = RemoteServices([url], RemoteLimits(bytes=1000))
        await services.ask(url, "SELECT * {}", timeout_s=0.5)

    with pytest.raises(error):
        asyncio.run(_answering(raw, use))


@pytest.mark.slow
def test_the_description_says_that_other_endpoints_can_be_asked(service, other):
    accept = {"Accept": "application/n-triples"}
    assert "#BasicFederatedQuery" in service.ask("/sparql", headers=accept).text
    assert "#BasicFederatedQuery" not in other.ask("/sparql", headers=accept).text
