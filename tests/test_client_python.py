"""The Python client against a real service: every resource, pages, tags, problems, curation, uploads."""

import inspect
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from curating import curated

from aifkg.client import Client, Refused, Unreachable
from aifkg.client.failures import ClientError
from api.curation_schemas import Accept, Merge, Reject

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with curated(tmp_path_factory.mktemp("client"), webhook_networks="127.0.0.0/8") as running:
        yield running.service.url


@pytest.fixture
def client(url):
    with Client(url) as reading:
        yield reading


@pytest.fixture
def curator(url):
    with Client(url, key="ann-key") as deciding:
        yield deciding


class Watching(Client):
    """Keeps the paths that it asked."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.asked = []

    def _open(self, method, address, **rest):
        self.asked.append((method.lower(), address.partition("?")[0]))
        return super()._open(method, address, **rest)


def test_the_client_asks_every_get_resource_that_the_service_describes(url, tmp_path):
    with Watching(url, key="boss-key") as client:
        claim = next(client.claims(kind="metric"))
        conflict = client.conflicts().conflicts[0]
        entry = client.curate(Accept(action="accept", claim=claim.id)).entries[0]
        draft = client.add_draft("later", [Reject(action="reject", claim=claim.id, reason="unsure")])
        hook = client.add_webhook("http://127.0.0.1:9/")
        delivery = [fact.object.id for fact in client.entity("aws").facts if "delivery" in fact.object.id]
        calls = [
            lambda: client.claim(claim.id),
            lambda: client.citation(claim.id),
            lambda: client.entity("aws"),
            lambda: client.timeline("aws"),
            lambda: client.gaps("aws"),
            lambda: client.neighbours("aws"),
            lambda: client.report(client.reports().reports[0].id),
            lambda: client.series("it-capacity"),
            lambda: client.ranking("it-capacity"),
            lambda: client.compare("aws", "nebius"),
            lambda: client.similarity("aws"),
            lambda: client.path("aws", delivery[0]),
            lambda: client.search("nebuis"),
            lambda: client.conflict(conflict.id),
            lambda: client.revisions(claim.id),
            lambda: client.changes(1),
            lambda: client.query_for("Where is Nebius based?"),
            lambda: client._read(type(client.ask("What is PUE?")), "/api/ask", q="What is PUE?"),
            lambda: client.export("csv", tmp_path / "all.zip"),
            lambda: client.curation_entry(entry.id),
            lambda: next(client.curation()),
            lambda: next(client.review_queue()),
            lambda: client.draft(draft.id),
            lambda: client.draft_diff(draft.id),
            lambda: client.webhook(hook.id),
            lambda: client.deliveries(hook.id),
            lambda: client.select("SELECT * { ?s ?p ?o } LIMIT 1"),
        ]
        plain = ("landscape", "network", "metrics", "providers", "terms", "stats", "versions", "exports")
        for name in (*plain, "alive", "ready", "centrality", "communities", "drafts", "jobs", "webhooks"):
            calls.append(getattr(client, name))
        for call in calls:
            call()
        described = json.loads(client._get("/openapi.json", {}))["paths"]
        gets = {path for path, operations in described.items() if "get" in operations}
        templates = {path: re.compile(re.sub(r"\{\w+\}", ".+", path) + "$") for path in gets}
        asked = [path for method, path in client.asked if method == "get"]
        missed = {path for path, shape in templates.items() if not any(shape.match(one) for one in asked)}
        # Jobs have a test of their own below.
        assert missed == {"/api/jobs/{id}", "/api/jobs/{id}/events"}
        client.remove_webhook(hook.id)
        client.remove_draft(draft.id)
        client.undo(entry.id)


def test_every_method_says_what_it_gives():
    public = [one for name, one in inspect.getmembers(Client, inspect.isfunction) if name[0] != "_"]
    assert len(public) > 50
    assert all("return" in one.__annotations__ and one.__doc__ for one in public)


def test_claims_come_page_by_page_as_one_iterator(client):
    whole = [claim.id for claim in client.claims()]
    assert len(whole) == len(set(whole)) == client.claim_page(limit=1).total
    assert [claim.id for claim in client.claims(page_size=1)] == whole


def test_sorted_claims_come_in_order_over_all_pages(client):
    sure = [claim.confidence for claim in client.claims(sort="-confidence", page_size=2)]
    assert sure == sorted(sure, reverse=True)
    assert len(set(sure)) > 2


def test_a_figure_is_a_number_and_a_claim_has_its_words(client):
    (claim,) = client.claims(subject="nebius", metric="it-capacity")
    assert claim.figure
    assert claim.figure.value == 100
    assert claim.evidence[0].quote == "Nebius plans 100 MW of IT capacity in 2027."


def test_a_table_has_numbers_as_numbers(client):
    query = (
        "PREFIX aif: <https://w3id.org/ai-factory/ns#> SELECT ?v ?n { ?c aif:value ?v } ORDER BY ?v LIMIT 2"
    )
    table = client.select(query)
    assert table.columns == ("v", "n")
    assert table.rows[0] == (100, None)
    assert [row["v"] for row in table] == [100, 1_600_000_000_000]


def test_a_list_is_had_as_csv(client):
    assert client.csv("/api/claims", limit=2).splitlines()[0].startswith("iri,")


def test_an_unchanged_answer_is_not_sent_twice(url):
    came = []

    class Counting(Client):
        def _remember(self, place, answer):
            came.append(place)
            super()._remember(place, answer)

    with Counting(url) as client:
        first = client.entity("aws")
        assert client.entity("aws") == first
    assert len(came) == 1


def test_a_refusal_has_the_code_of_its_problem(client):
    with pytest.raises(Refused, match="nobody") as refused:
        client.entity("nobody")
    assert (refused.value.code, refused.value.status) == ("unknown-iri", 404)
    with pytest.raises(Refused) as refused:
        client.select("SELECT * { ?s ?p }")
    assert refused.value.code == "bad-query"
    assert refused.value.problem.line == 1
    with pytest.raises(Refused) as refused:
        client.curate(Merge(action="merge", entity="nebius", into="aws"))
    assert refused.value.code == "unauthorized"


def test_nobody_there_is_an_error_of_the_client():
    with Client("http://127.0.0.1:9") as client, pytest.raises(Unreachable):
        client.stats()
    assert issubclass(Unreachable, ClientError)


def test_a_curator_rejects_and_undoes(client, curator):
    claim = next(client.claims(kind="relation"))
    (entry,) = curator.curate(Reject(action="reject", claim=claim.id, reason="another one")).entries
    assert client.claim(claim.id).status == "rejected"
    assert next(client.curation(about=claim.id)).id == entry.id
    curator.undo(entry.id, "it was right")
    assert client.claim(claim.id).status == claim.status


def test_a_draft_is_looked_at_and_applied(client, curator):
    merge = Merge(action="merge", entity="nebius", into="aws", reason="for the test")
    assert curator.preview([merge]).claims
    draft = curator.add_draft("One company", [merge])
    assert curator.replace_draft(draft.id, "One", [merge]).title == "One"
    assert curator.draft_diff(draft.id).claims
    (entry,) = curator.apply_draft(draft.id).entries
    assert next(client.claims(metric="it-capacity")).subject.id == "aws"
    curator.undo(entry.id)


def test_a_report_is_brought_in_and_taken_out(url, tmp_path):
    path = tmp_path / "note.md"
    path.write_text("# Note\n\n28 May 2026\n\nNebius will spend $5 billion on AI data centers in 2027.\n")
    with Client(url, key="feeder-key") as feeder:
        job = feeder.upload(path)
        events = [event.event for event in feeder.follow(job.id)]
        assert events[0] == "queued"
        assert events[-1] == "done"
        done = feeder.job(job.id)
        assert [file.outcome for file in done.files] == ["added"]
        report = done.files[0].report
        assert feeder.take_out(report, dry_run=True).claims == done.files[0].claims


def test_an_old_version_stays_as_it_was(url, client, curator):
    before = client.versions().versions[0].version
    claim = next(client.claims(kind="transition"))
    (entry,) = curator.curate(Reject(action="reject", claim=claim.id, reason="for the test")).entries
    with Client(url, version=before) as earlier:
        assert earlier.claim(claim.id).status == claim.status
    curator.undo(entry.id)


class Busy(BaseHTTPRequestHandler):
    """503 twice, then an answer."""

    refusals = 2

    def do_GET(self):
        busy = type(self).refusals > 0
        type(self).refusals -= busy
        body = b'{"status": "alive"}' if not busy else b"{}"
        self.send_response(503 if busy else 200)
        if busy:
            self.send_header("Retry-After", "0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def busy():
    server = HTTPServer(("127.0.0.1", 0), Busy)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_read_is_tried_again_after_a_503_and_a_write_is_not(busy):
    Busy.refusals = 2
    with Client(busy) as client:
        assert client._get("/healthz", {})
        Busy.refusals = 1
        with pytest.raises(ClientError):
            client.undo("some-entry")
    assert Busy.refusals == 0
    Busy.refusals = 9
    with Client(busy, retries=2) as client, pytest.raises(ClientError):
        client.alive()
    assert Busy.refusals == 6
