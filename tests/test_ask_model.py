"""A language model behind a local stub: its query is checked before it runs, its answer is marked."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from curating import publish_market
from served import served

from kg.asking.chat import endpoint_of
from kg.asking.checking import MOST_ROWS, Unfit, checked
from kg.errors import BadSetting
from kg.settings import Settings

PREFIXES = (
    "PREFIX aif: <https://w3id.org/ai-factory/ns#> PREFIX v: <https://w3id.org/ai-factory/vocab/> "
    "PREFIX e: <https://w3id.org/ai-factory/id/> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
    "PREFIX oa: <http://www.w3.org/ns/oa#> "
)
PLANS = (
    PREFIXES
    + "SELECT ?claim ?value "
    + "{ ?claim aif:subject e:nebius ; aif:metric v:metric-it-capacity ; aif:value ?value }"
)
QUESTION = "Kindly summarise the megawatt ambitions of Nebius beyond all blather"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT * {", "does not parse: line 1"),
        (
            PREFIXES + "SELECT * { ?c aif:nonsense ?x }",
            "no property <https://w3id.org/ai-factory/ns#nonsense>",
        ),
        (PREFIXES + "SELECT * { ?c (aif:subject/aif:nonsense)* ?x }", "no property"),
        (PREFIXES + "SELECT * { ?c a aif:Nonsense }", "no class <https://w3id.org/ai-factory/ns#Nonsense>"),
        (PREFIXES + "SELECT * { ?c a aif:Organization ; aif:modality ?m }", "is a property of"),
        (PREFIXES + "ASK { ?c aif:subject e:aws }", "no SELECT"),
        (PREFIXES + "CONSTRUCT WHERE { ?c aif:subject ?s }", "no SELECT"),
        ("DELETE WHERE { ?s ?p ?o }", "does not parse"),
        ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", "does not parse"),
        ("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", "SERVICE"),
        ("SELECT * FROM <https://w3id.org/ai-factory/graph/truthy> { ?s ?p ?o }", "FROM"),
        ("SELECT * { GRAPH ?g { ?s ?p ?o } }", "GRAPH"),
        ("SELECT * { ?s ?p ?o } LIMIT 51", "LIMIT is at most 50"),
        ("SELECT * { ?s unknown:p ?o }", "does not parse"),
    ],
)
def test_what_may_not_run_is_refused_with_a_reason(query, reason):
    with pytest.raises(Unfit, match=reason.replace("(", r"\(")):
        checked(query)


def test_what_may_run_gets_a_limit_and_tells_the_things_that_it_names():
    found = checked(
        PREFIXES + "SELECT * { ?c aif:subject e:0123456789abcdef ; a aif:MetricClaim ; aif:modality ?m }"
    )
    assert found.query.endswith(f"LIMIT {MOST_ROWS}")
    assert found.things == ("https://w3id.org/ai-factory/id/0123456789abcdef",)
    assert checked("SELECT * { ?s ?p ?o } LIMIT 5").query.endswith("LIMIT 5")


def test_every_competency_question_that_is_a_select_may_run():
    """The words that our own questions use are words that a model may use."""
    from ontology.questions import load_questions

    refused = {}
    for question in load_questions():
        try:
            checked(question.query)
        except Unfit as error:
            refused[question.number] = str(error)
    excused = ("GRAPH is not allowed", "it is no SELECT query", "LIMIT is at most")
    assert {number: why for number, why in refused.items() if not why.startswith(excused)} == {}


def test_an_address_that_is_not_http_is_refused():
    assert endpoint_of(Settings()) is None
    with pytest.raises(BadSetting, match="ASK_MODEL_URL"):
        endpoint_of(Settings(ask_model_url="ftp://127.0.0.1/"))


class Stub(HTTPServer):
    """Gives one answer after the other, the last one again and again, and keeps what it was asked."""

    answers: list
    asked: list
    status = 200

    def says(self, *queries):
        self.asked = []
        self.answers = [json.dumps({"query": query}) for query in queries]


class Handler(BaseHTTPRequestHandler):
    server: Stub

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append({"path": self.path, "key": self.headers["Authorization"], **body})
        content = self.server.answers[min(len(self.server.asked), len(self.server.answers)) - 1]
        answer = json.dumps({"choices": [{"message": {"content": content}}]}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def running():
    server = Stub(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def stub(running):
    running.status = 200
    running.says("")
    return running


@pytest.fixture(scope="module")
def store_path(tmp_path_factory):
    store_path = tmp_path_factory.mktemp("model") / "store"
    publish_market(store_path)
    return store_path


@pytest.fixture(scope="module")
def service(store_path, running):
    url = f"http://127.0.0.1:{running.server_port}/v1"
    with served(store_path, ask_model_url=url, ask_model="stub-1", ask_model_key="k") as service:
        yield service


def ask(service, question=QUESTION):
    body = json.dumps({"question": question}).encode()
    reply = service.ask("/api/ask", method="POST", data=body, headers={"Content-Type": "application/json"})
    assert reply.status == 200, reply.text
    return reply.json


@pytest.mark.slow
def test_the_models_query_answers_what_the_grammar_refuses(service, stub):
    stub.says(PLANS)
    found = ask(service)
    assert found["outcome"] == "not-understood"
    answer = found["by_model"]
    assert answer["model"] == "stub-1"
    assert answer["query"] == f"{PLANS}\nLIMIT {MOST_ROWS}"
    assert answer["text"].startswith("By a query that a language model wrote")
    assert answer["claims"][0]["evidence"][0]["quote"] == "Nebius plans 100 MW of IT capacity in 2027."
    assert answer["rows"] == [{"claim": answer["claims"][0]["iri"], "value": "100"}]
    assert not answer["repaired"]
    reply = service.query(answer["query"])
    assert len(reply.json["results"]["bindings"]) == 1


@pytest.mark.slow
def test_the_model_is_told_the_words_and_the_things_of_the_question(service, stub):
    stub.says(PLANS)
    ask(service)
    (asked,) = stub.asked
    assert asked["path"] == "/v1/chat/completions"
    assert (asked["key"], asked["model"]) == ("Bearer k", "stub-1")
    system, user = (message["content"] for message in asked["messages"])
    assert "aif:subject" in system
    assert "v:metric-it-capacity" in system
    assert QUESTION in user
    assert "<https://w3id.org/ai-factory/id/nebius>" in user


@pytest.mark.slow
def test_one_repair_with_the_fault_told(service, stub):
    stub.says(PLANS.replace("aif:value", "aif:worth"), PLANS)
    assert ask(service)["by_model"]["repaired"]
    assert len(stub.asked) == 2
    assert (
        "there is no property <https://w3id.org/ai-factory/ns#worth>"
        in stub.asked[1]["messages"][-1]["content"]
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "queries",
    [
        ("DELETE WHERE { ?s ?p ?o }",),
        (PLANS.replace("e:nebius", "e:ffffffffffffffff"),),
        (PLANS.replace("e:nebius", "e:aws"),),  # fits, and finds nothing
        ("",),
    ],
)
def test_the_grammars_refusal_stands_when_the_model_fails(service, stub, queries):
    stub.says(*queries)
    found = ask(service)
    assert found["by_model"] is None
    assert found["outcome"] == "not-understood"
    assert found["missing"]
    assert len(stub.asked) <= 2


@pytest.mark.slow
def test_an_endpoint_that_fails_leaves_the_refusal(service, stub):
    stub.status = 500
    assert ask(service)["by_model"] is None


@pytest.mark.slow
def test_what_the_grammar_understands_is_not_given_to_the_model(service, stub):
    assert ask(service, "Where is Nebius based?")["outcome"] != "not-understood"
    assert stub.asked == []


@pytest.mark.slow
def test_it_is_off_unless_an_endpoint_is_named_and_within_its_cap(store_path, stub):
    with served(store_path) as plain:
        assert ask(plain)["by_model"] is None
    url = f"http://127.0.0.1:{stub.server_port}/v1"
    with served(store_path, ask_model_url=url, ask_model_tokens=100) as frugal:
        assert ask(frugal)["by_model"] is None
    assert stub.asked == []
