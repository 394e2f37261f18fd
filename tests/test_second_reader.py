"""The optional second reader against a local stub: only what the text proves is kept, within the cap."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from marked_documents import marked_document

from ingest.language_model import ModelOptions
from ingest.pipeline import Reader
from ingest.reports import read_report
from ingest.second_reader import CONFIDENCE, SecondReader, schema, second_reader_of
from kg.errors import BadSetting
from kg.settings import Settings
from ontology import terms

TEXT = (
    "[Acme](Organization) buys capacity from [Bolt](Organization) in [Oslo](Place). "
    "Revenue of [Acme](Organization) rose to over $5 billion."
)
CUSTOMER = {
    "kind": "relation",
    "subject": "Acme",
    "predicate": "isCustomerOf",
    "object": "Bolt",
    "quote": "Acme buys capacity from Bolt",
}
REVENUE = {
    "kind": "metric",
    "subject": "Acme",
    "metric": "revenue",
    "value_text": "over $5 billion",
    "quote": "Revenue of Acme rose to over $5 billion",
}


class Stub(HTTPServer):
    """Answers every question with the same claims and keeps what it was asked."""

    content = json.dumps({"claims": []})
    asked: list[dict[str, Any]]
    status = 200

    def says(self, *claims: Any) -> None:
        self.content = json.dumps({"claims": list(claims)})


class Handler(BaseHTTPRequestHandler):
    server: Stub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(
            {"path": self.path, "key": self.headers["Authorization"], **json.loads(body)}
        )
        answer = json.dumps({"choices": [{"message": {"content": self.server.content}}]}).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub(("127.0.0.1", 0), Handler)
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def options(stub: Stub, tmp_path: Path) -> ModelOptions:
    return ModelOptions(f"http://127.0.0.1:{stub.server_port}/v1", "stub-1", tmp_path / "cache", key="k")


def test_a_claim_with_a_verbatim_quote_is_kept(stub: Stub, options: ModelOptions, tmp_path: Path) -> None:
    stub.says(CUSTOMER, REVENUE)
    doc = marked_document(tmp_path, TEXT)
    claims, rejected = SecondReader(options).read(doc)
    assert [claim.predicate or claim.metric for claim in claims] == [
        terms.IS_CUSTOMER_OF,
        terms.V_METRIC + "-revenue",
    ]
    assert all(doc.text[c.evidence.start : c.evidence.end] == c.evidence.quote for c in claims)
    assert {claim.confidence for claim in claims} == {CONFIDENCE}
    assert rejected == []


def test_the_figure_is_the_one_that_our_own_reader_reads(
    stub: Stub, options: ModelOptions, tmp_path: Path
) -> None:
    stub.says({**REVENUE, "value": 7})
    (claim,), _ = SecondReader(options).read(marked_document(tmp_path, TEXT))
    assert claim.quantity is not None
    assert (claim.quantity.low, claim.quantity.unit, claim.quantity.qualifier) == (
        5_000_000_000,
        "CCY_USD",
        "at-least",
    )


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({**CUSTOMER, "quote": "Acme bought capacity from Bolt"}, "does not stand in the text"),
        ({**CUSTOMER, "quote": ""}, "does not stand in the text"),
        ({**CUSTOMER, "object": "Zenith"}, "does not mention"),
        ({**CUSTOMER, "object": "Oslo"}, "cannot hold between"),
        ({**CUSTOMER, "object": "Acme"}, "cannot hold between"),
        ({**CUSTOMER, "predicate": "marries"}, "cannot hold between"),
        ({**REVENUE, "value_text": "$6 billion"}, "no figure"),
        ({**REVENUE, "metric": "it-capacity"}, "not measured in CCY_USD"),
        ({**REVENUE, "metric": "happiness"}, "not measured in"),
        ("Acme is great", "no object"),
    ],
)
def test_what_the_text_does_not_prove_is_rejected_with_the_reason(
    stub: Stub, options: ModelOptions, tmp_path: Path, said: Any, reason: str
) -> None:
    stub.says(said)
    claims, rejected = SecondReader(options).read(marked_document(tmp_path, TEXT))
    assert claims == []
    assert [one.stage for one in rejected] == ["second_reader"]
    assert reason in rejected[0].reason


def test_what_the_first_reader_found_is_not_said_twice(
    stub: Stub, options: ModelOptions, tmp_path: Path
) -> None:
    stub.says(CUSTOMER, CUSTOMER)
    doc = marked_document(tmp_path, TEXT)
    claims, _ = SecondReader(options).read(doc)
    assert len(claims) == 1
    doc._.claims = claims
    assert SecondReader(options).read(doc)[0] == []


def test_the_question_carries_schema_and_key(stub: Stub, options: ModelOptions, tmp_path: Path) -> None:
    SecondReader(options).read(marked_document(tmp_path, TEXT))
    (asked,) = stub.asked
    assert asked["path"] == "/v1/chat/completions"
    assert asked["key"] == "Bearer k"
    assert asked["response_format"]["json_schema"]["schema"] == schema()
    assert "Acme buys capacity" in asked["messages"][1]["content"]


def test_the_same_text_is_asked_once(stub: Stub, options: ModelOptions, tmp_path: Path) -> None:
    doc = marked_document(tmp_path, TEXT)
    first = SecondReader(options)
    assert first.estimate(doc.text).questions == 1
    first.read(doc)
    assert first.estimate(doc.text).questions == 0
    SecondReader(options).read(doc)
    assert len(stub.asked) == 1


def test_another_model_is_asked_anew(stub: Stub, options: ModelOptions, tmp_path: Path) -> None:
    doc = marked_document(tmp_path, TEXT)
    SecondReader(options).read(doc)
    SecondReader(replace(options, model="stub-2")).read(doc)
    assert len(stub.asked) == 2


def test_past_the_cap_nothing_is_asked(stub: Stub, options: ModelOptions, tmp_path: Path) -> None:
    doc = marked_document(tmp_path, TEXT)
    needed = SecondReader(options).estimate(doc.text).tokens
    claims, rejected = SecondReader(replace(options, most_tokens=needed - 1)).read(doc)
    assert (claims, stub.asked) == ([], [])
    assert "cap" in rejected[0].reason
    assert SecondReader(replace(options, most_tokens=needed)).read(doc)[1] == []


@pytest.mark.parametrize("content", ["no JSON", "[]", '{"other": 1}', "null"])
def test_an_answer_of_another_shape_is_a_rejection(
    stub: Stub, options: ModelOptions, tmp_path: Path, content: str
) -> None:
    stub.content = content
    claims, rejected = SecondReader(options).read(marked_document(tmp_path, TEXT))
    assert claims == []
    assert len(rejected) == 1


def test_a_failing_endpoint_is_a_rejection(stub: Stub, options: ModelOptions, tmp_path: Path) -> None:
    stub.status = 500
    claims, rejected = SecondReader(options).read(marked_document(tmp_path, TEXT))
    assert claims == []
    assert "500" in rejected[0].reason


def test_only_http_addresses_are_taken(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="HTTP"):
        ModelOptions("file:///etc/passwd", "m", tmp_path)


def test_without_an_endpoint_there_is_no_second_reader() -> None:
    assert second_reader_of(Settings(second_reader_url="")) is None


@pytest.mark.slow
def test_the_settings_let_it_read_along(stub: Stub, tmp_path: Path) -> None:
    stub.says({**CUSTOMER, "predicate": "marries"})
    path = tmp_path / "report.md"
    path.write_text("Acme Corporation buys capacity from Bolt Networks.\n", encoding="utf-8")
    settings = Settings(
        second_reader_url=f"http://127.0.0.1:{stub.server_port}/v1",
        second_reader_model="stub-1",
        second_reader_cache=tmp_path / "cache",
    )
    extraction = Reader(settings).read(read_report(path))
    assert len(stub.asked) == 1
    assert [one.stage for one in extraction.rejected if one.stage == "second_reader"] == ["second_reader"]
