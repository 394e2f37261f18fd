"""The JSON API over a graph of two small reports that disagree, against a real server."""

import subprocess
import sys
import time

import pytest
from market import FIRST, FIRST_TEXT, SECOND, SECOND_TEXT
from served import ROOT, served

from kg.graph import Graph
from kg.settings import Settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    path = tmp_path_factory.mktemp("json") / "store"
    with Graph.open(Settings(store=str(path))) as graph:
        graph.replace_report(FIRST)
        graph.replace_report(SECOND)
        graph.publish()
    with served(path) as running:
        yield running


def claims(service, **filters):
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    reply = service.ask(f"/api/claims?{query}")
    assert reply.status == 200, reply.text
    return reply.json["claims"]


def test_stats_count_what_was_read(service):
    found = service.ask("/api/stats").json
    assert (found["reports"], found["claims"], found["version"]) == (2, 6, 1)
    assert found["claims_by_kind"] == {"metric": 3, "relation": 2, "transition": 1}


def test_a_claim_carries_the_words_that_it_rests_on(service):
    (claim,) = claims(service, subject="nebius", kind="metric")
    (evidence,) = claim["evidence"]
    assert evidence["quote"] == FIRST_TEXT[evidence["start"] : evidence["end"]]
    assert FIRST_TEXT[: evidence["start"]].endswith(evidence["prefix"])
    assert (evidence["page"], evidence["section"]) == (1, "Outlook")
    assert claim["report"]["label"] == "AI factories 2026"
    assert claim["confidence"] == 0.8


def test_offsets_count_code_points_also_past_an_emoji(service):
    (claim,) = claims(service, subject="0123456789abcdef")
    (evidence,) = claim["evidence"]
    assert evidence["quote"] == SECOND_TEXT[evidence["start"] : evidence["end"]]
    assert evidence["quote"].endswith("\U0001f600")


def test_a_figure_keeps_value_unit_and_words(service):
    (claim,) = claims(service, subject="nebius", kind="metric")
    figure = claim["figure"]
    assert (figure["value"], figure["unit"]["label"], figure["text"]) == (100, "megawatt", "100 MW")
    assert (claim["period"]["label"], claim["period"]["year"]) == ("2027", 2027)
    assert claim["modality"] == "planned"


def test_claims_that_disagree_stand_side_by_side(service):
    found = claims(service, metric="dc-investment-cumulative", year=2030)
    assert {claim["figure"]["value"] for claim in found} == {1_600_000_000_000, 1_900_000_000_000}
    assert len({claim["slot"] for claim in found}) == 1
    assert {claim["attributed_to"][0]["label"] for claim in found} == {"Omdia", "Gartner"}


@pytest.mark.parametrize(
    ("filters", "number"),
    [
        ({"subject": "aws"}, 1),
        ({"subject": "https://w3id.org/ai-factory/id/aws"}, 1),
        ({"predicate": "usesDeliveryParadigm"}, 1),
        ({"object": "delivery-full-stack-drop-in"}, 1),
        ({"claimant": "omdia"}, 2),
        ({"kind": "transition"}, 1),
        ({"modality": "forecast"}, 2),
        ({"polarity": "negated"}, 0),
        ({"year": 2027}, 1),
        ({"min_confidence": "0.9"}, 3),
        ({"text": "gpu%20RENTAL"}, 1),
        ({"text": "gpu%20nuclear"}, 0),
        ({"subject": "aws", "kind": "metric"}, 0),
        ({"subject": "nobody"}, 0),
    ],
)
def test_filters_narrow_the_list(service, filters, number):
    assert len(claims(service, **filters)) == number


def test_pages_follow_each_other_without_gap_or_overlap(service):
    first = service.ask("/api/claims?limit=4").json
    second = service.ask(f"/api/claims?limit=4&cursor={first['next']}").json
    assert (first["total"], len(first["claims"]), len(second["claims"]), second["next"]) == (6, 4, 2, None)
    assert len({claim["id"] for claim in first["claims"] + second["claims"]}) == 6


def test_one_claim_is_found_by_id_and_by_iri(service):
    (claim,) = claims(service, subject="aws")
    by_id = service.ask(f"/api/claims/{claim['id']}").json
    assert claim.items() <= by_id.items()
    assert service.ask(f"/api/claims/{claim['iri'].replace('/', '%2F')}").json == by_id


def test_an_entity_shows_names_facts_counts_and_claims(service):
    found = service.ask("/api/entities/aws").json
    assert found["label"] == "Amazon Web Services"
    assert "AWS" in found["names"]
    facts = {(fact["predicate"]["id"], fact["object"]["id"]) for fact in found["facts"]}
    assert ("usesDeliveryParadigm", "delivery-full-stack-drop-in") in facts
    assert found["claims_by_predicate"][0]["claims"] == 1
    assert found["claims"][0]["evidence"][0]["quote"] == "AWS uses full-stack drop-in delivery."
    assert [report["label"] for report in found["reports"]] == ["AI factories 2026"]


def test_an_entity_that_only_a_report_knows_is_found_by_its_hash(service):
    found = service.ask("/api/entities/0123456789abcdef").json
    assert found["label"] == "Smallcloud"
    assert "Small Cloud" in found["names"]


@pytest.mark.parametrize("id", ["model-maas", "hasBusinessModel", "Provider"])
def test_terms_and_classes_are_entities_too(service, id):
    found = service.ask(f"/api/entities/{id}").json
    assert found["id"] == id
    assert found["definition"]


def test_providers_show_what_the_claims_say_they_are(service):
    found = {provider["id"]: provider for provider in service.ask("/api/providers").json["providers"]}
    assert [one["id"] for one in found["aws"]["deliveries"]] == ["delivery-full-stack-drop-in"]
    assert found["aws"]["claims"] == 1
    assert found["aws"]["parent"]["label"] == "Amazon"
    assert len(found) > 20
    claimed = service.ask("/api/providers?claimed=true").json["providers"]
    assert {provider["id"] for provider in claimed} == {"aws", "nebius", "0123456789abcdef"} & set(found)


def test_reports_are_listed_newest_first_with_their_claims_counted(service):
    found = service.ask("/api/reports").json["reports"]
    assert [(report["title"], report["claims"]) for report in found] == [
        ("A second look", 2),
        ("AI factories 2026", 4),
    ]
    assert (found[0]["issued"], found[0]["publisher"]["label"]) == ("2026-10-01", "Gartner")


def test_a_report_comes_with_text_and_claims_in_text_order(service):
    (report,) = [one for one in service.ask("/api/reports").json["reports"] if one["claims"] == 4]
    found = service.ask(f"/api/reports/{report['id']}").json
    assert found["text"] == FIRST_TEXT
    starts = [claim["evidence"][0]["start"] for claim in found["claims"]]
    assert starts == sorted(starts)
    assert len(starts) == 4


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/entities/nobody", 404, "unknown-iri"),
        ("/api/claims/nothing", 404, "unknown-iri"),
        ("/api/reports/nothing", 404, "unknown-report"),
        ("/api/nothing", 404, "not-found"),
        ("/api/claims?limit=0", 422, "invalid-request"),
        ("/api/claims?subject=a%20b", 422, "invalid-request"),
        ("/api/claims?subject=%3E%7D", 422, "invalid-request"),
        ("/api/claims?cursor=%27", 422, "invalid-request"),
        ("/api/claims?kind=rumour", 422, "invalid-request"),
    ],
)
def test_every_error_is_a_problem_with_a_stable_code(service, path, status, code):
    reply = service.ask(path)
    assert (reply.status, reply.media_type) == (status, "application/problem+json")
    assert (reply.json["status"], reply.json["code"]) == (status, code)
    assert reply.json["detail"]


def test_a_method_that_is_not_answered_is_a_problem(service):
    reply = service.ask("/api/claims", method="DELETE")
    assert (reply.status, reply.json["code"]) == (405, "method-not-allowed")
    assert reply.headers["allow"] == "GET"
    assert service.ask("/api/ask", method="DELETE").headers["allow"] == "GET, POST"
    assert service.ask("/api/curation/drafts/1", method="PATCH").headers["allow"] == "DELETE, GET, PUT"


def test_the_description_is_openapi_3_1_and_names_every_route_and_problem(service):
    found = service.ask("/openapi.json").json
    assert found["openapi"].startswith("3.1")
    assert {"/api/providers", "/api/entities/{id}", "/api/claims", "/api/stats", "/healthz"} <= set(
        found["paths"]
    )
    assert "Problem" in found["components"]["schemas"]
    responses = found["paths"]["/api/entities/{id}"]["get"]["responses"]
    assert "application/problem+json" in responses["404"]["content"]


def test_the_documentation_loads_nothing_from_elsewhere(service):
    text = service.ask("/docs").text
    assert "//" not in text.replace("<!doctype html>", "")
    for part in ("swagger-ui.css", "swagger-ui-bundle.js", "docs.js", "icon.svg"):
        assert f"/static/{part}" in text
        assert service.ask(f"/static/{part}").status == 200


def test_home_says_how_much_is_here_and_how_to_ask(service):
    text = service.ask("/").text
    assert ">2</a>" in text
    assert f"{service.url}/sparql" in text


def test_responses_tell_browsers_to_be_careful(service):
    headers = service.ask("/").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert "server" not in headers


def test_a_page_of_another_site_may_ask(service):
    asked = {"Origin": "http://a.example", "Access-Control-Request-Method": "POST"}
    reply = service.ask("/api/ask", method="OPTIONS", headers=asked)
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (204, "*")
    assert "POST" in reply.headers["access-control-allow-methods"]
    assert service.ask("/api/claims", method="OPTIONS").status == 405


def test_health_and_readiness_differ_on_a_store_without_a_version(tmp_path):
    with served(tmp_path / "nothing") as empty:
        assert empty.ask("/healthz").status == 200
        assert empty.ask("/readyz").json["code"] == "store-unavailable"
        assert empty.ask("/api/claims").status == 503
        home = empty.ask("/")
        assert home.status == 200
        assert "aifkg ingest" in home.text


def test_the_service_starts_without_the_language_model(tmp_path):
    code = (
        "import sys; from api.app import create_app; from kg.settings import Settings; "
        f"create_app(Settings(store={str(tmp_path)!r})); "
        "print([name for name in ('spacy', 'ingest', 'rdflib', 'pyshacl') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_the_whole_service_answers_within_seconds_of_its_start(tmp_path):
    started = time.perf_counter()
    with served(tmp_path):
        seconds = time.perf_counter() - started
    assert seconds < 10


ODD = [
    "%F4%89%88%8E",
    "%00",
    "a%20b",
    "%3Cx%3E",
    "http%3A%2F%2F%F3%A9%AF%8B",
    "urn%3A",
    "..%2F..",
    "%EF%BF%BE",
]


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize(
    "path",
    [
        "/api/claims?subject={}",
        "/api/claims/{}",
        "/api/entities/{}",
        "/api/reports/{}",
        "/api/compare?ids=aws,{}",
        "/api/metrics/{}/series",
        "/id/{}",
        "/graph/{}",
        "/store?graph={}",
        "/sparql?query=ASK%20FROM%20%3C{}%3E%20%7B%7D",
        "/sparql?query=ASK%7B%7D&default-graph-uri={}",
    ],
)
def test_no_text_makes_the_service_fail(service, path, text):
    assert service.ask(path.format(text)).status < 500
