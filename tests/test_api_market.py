"""Landscape, figures, disagreements, comparison, search, history and exports, against a real server."""

import csv
import io
import json
import urllib.parse
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal

import networkx
import pytest
from market import AWS, BARE_METAL, FIRST, MAAS, NEBIUS, SECOND, evidence, report
from pyoxigraph import RdfFormat, parse
from served import served

from kg.graph import Graph
from kg.model import Claim, Entity, Extraction, Period
from kg.settings import Settings
from ontology import terms

pytestmark = pytest.mark.slow

COMPUTE_NATIVE = Entity(terms.VOCAB + "paradigm-compute-native", "compute-native", "Term")
THIRD_TEXT = "Nebius is a neocloud. Nebius has 1.2 GW of IT capacity in 2026. AWS has 900 MW in 2026."
CAPACITY = FIRST.claims[3]
IN_2026 = Period("2026", date(2026, 1, 1), date(2027, 1, 1))


def capacity(subject, quote, value, unit, text):
    number = Decimal(value)
    quantity = replace(CAPACITY.quantity, value=number, low=number, high=number, unit=unit, text=text)
    return replace(
        CAPACITY,
        subject=subject,
        modality="reported",
        evidence=evidence(THIRD_TEXT, quote),
        statement=quote,
        quantity=quantity,
        period=IN_2026,
    )


THIRD = Extraction(
    report("third.md", THIRD_TEXT, "A third look", date(2026, 11, 1), "IDC"),
    (AWS, NEBIUS, COMPUTE_NATIVE),
    (
        Claim(
            kind="relation",
            subject=NEBIUS,
            modality="reported",
            polarity="affirmed",
            evidence=evidence(THIRD_TEXT, "Nebius is a neocloud."),
            confidence=Decimal("0.9"),
            statement="Nebius follows the compute-native paradigm.",
            predicate=terms.FOLLOWS_PARADIGM,
            object=COMPUTE_NATIVE,
        ),
        capacity(NEBIUS, "Nebius has 1.2 GW of IT capacity in 2026.", "1.2", "GigaW", "1.2 GW"),
        capacity(AWS, "AWS has 900 MW in 2026.", "900", "MegaW", "900 MW"),
    ),
)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    path = tmp_path_factory.mktemp("market") / "store"
    with Graph.open(Settings(store=str(path))) as graph:
        graph.replace_report(FIRST)
        graph.replace_report(SECOND)
        graph.publish()
        graph.replace_report(THIRD)
        graph.publish()
    with served(path) as running:
        yield running


def get(service, path, **parameters):
    query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
    reply = service.ask(path + query)
    assert reply.status == 200, reply.text
    return reply.json


def table(service, path):
    reply = service.ask(path)
    assert (reply.status, reply.media_type) == (200, "text/csv"), reply.text
    return list(csv.DictReader(io.StringIO(reply.text)))


def test_the_landscape_has_cells_with_their_sources_and_a_network(service):
    found = get(service, "/api/landscape")
    assert found["paradigms"] == {"paradigm-compute-native": 1}
    cells = {(cell["provider"]["id"], cell["term"]["id"]): cell for cell in found["memberships"]}
    assert cells["nebius", "paradigm-compute-native"]["reports"] == 1
    assert not cells["nebius", "paradigm-compute-native"]["planned"]
    assert found["regions"]["nebius"]["label"] == "Europe"
    ids = {node["id"] for node in found["network"]["nodes"]}
    assert all({edge["source"], edge["target"]} <= ids for edge in found["network"]["edges"])


def test_metrics_say_how_much_is_known(service):
    found = {one["slug"]: one for one in get(service, "/api/metrics")["metrics"]}
    assert (found["it-capacity"]["claims"], found["it-capacity"]["subjects"]) == (3, 2)
    assert found["revenue"]["claims"] == 0


def test_a_series_is_in_the_order_of_time_and_tells_plans_from_facts(service):
    points = get(service, "/api/metrics/it-capacity/series", subject="nebius")["points"]
    assert [(point["value"], point["unit"]["label"], point["actual"]) for point in points] == [
        (1.2, "gigawatt", True),
        (100, "megawatt", False),
    ]


def test_a_series_is_converted_where_units_can_be(service):
    points = get(service, "/api/metrics/it-capacity/series", unit="MegaW")["points"]
    assert [point["value"] for point in points] == [900, 1200, 100]
    assert {point["unit"]["label"] for point in points} == {"megawatt"}
    assert get(service, "/api/metrics/it-capacity/series", unit="CCY_USD")["points"] == []


def test_money_is_never_converted_into_another_currency(service):
    series = "/api/metrics/dc-investment-cumulative/series"
    assert len(get(service, series, unit="CCY_USD")["points"]) == 2
    assert get(service, series, unit="CCY_EUR")["points"] == []


def test_a_wider_metric_has_the_figures_of_narrower_ones(service):
    assert len(get(service, "/api/metrics/investment/series")["points"]) == 2


def test_a_ranking_has_the_best_figure_of_each_subject_in_one_unit(service):
    found = get(service, "/api/metrics/it-capacity/ranking", period="2026", unit="GigaW")["ranking"]
    assert [(one["claim"]["subject"]["id"], one["value"]) for one in found] == [("nebius", 1.2), ("aws", 0.9)]


def test_a_conflict_shows_all_sides_with_their_words(service):
    (found,) = get(service, "/api/conflicts", kind="value")["conflicts"]
    assert {claim["figure"]["text"] for claim in found["claims"]} == {"$1.6 trillion", "$1.9 trillion"}
    assert all(claim["evidence"] for claim in found["claims"])
    assert get(service, "/api/conflicts", about="aws")["conflicts"] == []


def test_a_claim_knows_what_contradicts_it(service):
    (conflict,) = get(service, "/api/conflicts", kind="value")["conflicts"]
    one, other = conflict["claims"]
    assert [found["id"] for found in get(service, f"/api/claims/{one['id']}")["contradicts"]] == [other["id"]]


def test_a_forecast_without_revisions_is_its_own_history(service):
    (conflict,) = get(service, "/api/conflicts", kind="value")["conflicts"]
    one = conflict["claims"][0]["id"]
    assert [claim["id"] for claim in get(service, f"/api/forecasts/{one}/revisions")["claims"]] == [one]


def test_a_comparison_shows_gaps(service):
    found = get(service, "/api/compare", ids="aws,nebius")
    rows = {row["what"]["id"]: row for row in found["rows"]}
    assert [one["id"] for one in found["entities"]] == ["aws", "nebius"]
    assert [bool(cell) for cell in rows["metric-it-capacity"]["cells"]] == [True, True]
    assert rows["usesDeliveryParadigm"]["cells"][1] is None


@pytest.mark.parametrize(("ids", "status"), [("aws", 400), ("aws,aws", 400), ("aws,nobody", 404)])
def test_a_comparison_of_too_little_or_the_unknown_is_a_problem(service, ids, status):
    assert service.ask(f"/api/compare?ids={ids}").status == status


def test_a_timeline_is_in_the_order_of_time(service):
    claims = get(service, "/api/entities/nebius/timeline")["claims"]
    assert len(claims) == 4
    moments = [(one["period"] or {}).get("start") or one["asserted_at"] for one in claims]
    assert moments == sorted(moments)
    assert {BARE_METAL.iri, MAAS.iri} <= {
        ref["iri"] for one in claims for ref in (one["from_state"], one["to_state"]) if ref
    }


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("nebius", "nebius"),
        ("Nebuis", "nebius"),
        ("amazn web", "aws"),
        ("small cloud", "0123456789abcdef"),
    ],
)
def test_search_finds_things_even_when_misspelt(service, words, first):
    found = get(service, "/api/search", q=words)
    assert found["hits"][0]["id"] == first
    assert "«" in found["hits"][0]["marked"]


def test_search_finds_statements_and_says_what_it_corrected(service):
    found = get(service, "/api/search", q="delivry", kind="claim")
    assert list(found["corrected"]) == ["delivry"]
    assert "delivery" in found["hits"][0]["text"]


@pytest.mark.parametrize("words", ['"', "NEAR(", "a* OR b", "zzzzqqqq", "'; DROP TABLE entry"])
def test_search_takes_any_text(service, words):
    assert isinstance(get(service, "/api/search", q=words)["hits"], list)


def test_versions_and_what_changed_between_them(service):
    assert [one["version"] for one in get(service, "/api/versions")["versions"]] == [2, 1]
    found = get(service, "/api/changes", since=1)
    assert (found["added"], found["removed"]) == (3, 0)
    assert found["reports_added"] == [THIRD.report.iri]
    added = [one for one in found["claims"] if one["before"] is None]
    assert {one["after"] for one in added} <= {"accepted", "disputed"}
    assert len(added) == 3
    assert service.ask("/api/changes?since=9").status == 404


@pytest.mark.parametrize(
    ("path", "column", "value"),
    [
        ("/api/claims.csv?subject=aws&kind=metric", "figure_text", "900 MW"),
        ("/api/providers.csv", "label", "CoreWeave"),
        ("/api/reports.csv", "title", "A third look"),
        ("/api/metrics/it-capacity/series.csv?unit=MegaW", "value", "1200"),
        ("/api/metrics/it-capacity/ranking.csv", "claim_subject", "Nebius"),
        ("/api/conflicts.csv", "kind", "value"),
        ("/api/search.csv?q=nebius", "id", "nebius"),
    ],
)
def test_every_list_is_a_table_too(service, path, column, value):
    rows = table(service, path)
    assert value in {row[column] for row in rows}


def test_a_list_can_be_cut_to_some_fields(service):
    found = get(service, "/api/claims", fields="id,statement", limit=2)
    assert [set(claim) for claim in found["claims"]] == [{"id", "statement"}] * 2
    assert found["total"] == 9
    assert set(table(service, "/api/reports.csv?fields=title")[0]) == {"title"}


def test_a_table_is_also_had_by_accept_and_never_mixed_up_with_json(service):
    for _ in range(2):
        reply = service.ask("/api/reports", headers={"Accept": "text/csv"})
        assert reply.media_type == "text/csv"
        assert service.ask("/api/reports").media_type == "application/json"
    assert service.ask("/api/stats.csv").status == 406


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("trig", RdfFormat.TRIG),
        ("nq", RdfFormat.N_QUADS),
        ("jsonld", RdfFormat.JSON_LD),
        ("annotations", RdfFormat.JSON_LD),
        ("reifiers", RdfFormat.TURTLE),
        ("datacube", RdfFormat.TURTLE),
    ],
)
def test_rdf_exports_parse(service, name, format):
    reply = service.ask(f"/api/export/{name}")
    assert reply.status == 200
    assert len(list(parse(reply.body, format=format))) > 2


def test_networks_and_tables_are_read_by_their_own_tools(service):
    network = networkx.parse_graphml(service.ask("/api/export/graphml").text)
    assert network.nodes[terms.ID + "aws"]["label"] == "Amazon Web Services"
    assert b"<gexf" in service.ask("/api/export/gexf").body
    with zipfile.ZipFile(io.BytesIO(service.ask("/api/export/csv").body)) as bundle:
        assert "claims.csv" in bundle.namelist()
        assert b"900 MW" in bundle.read("claims.csv") or b"AWS has 900 MW" in bundle.read("claims.csv")


def test_the_network_shows_what_is_central_and_what_belongs_together(service):
    central = get(service, "/api/analysis/centrality")["things"]
    assert [one["score"] for one in central] == sorted((one["score"] for one in central), reverse=True)
    groups = get(service, "/api/analysis/communities")["communities"]
    together = next(group for group in groups if "aws" in [one["id"] for one in group["members"]])
    assert "delivery-full-stack-drop-in" in [one["id"] for one in together["members"]]
    assert get(service, "/api/analysis/similarity", id="aws")["things"] == []


def test_a_path_is_explained_by_the_claims_of_its_facts(service):
    (step,) = get(service, "/api/paths", **{"from": "aws", "to": "delivery-full-stack-drop-in"})["steps"]
    assert step["predicate"]["id"] == "usesDeliveryParadigm"
    assert step["claims"][0]["evidence"][0]["quote"] == "AWS uses full-stack drop-in delivery."
    assert get(service, "/api/paths", **{"from": "aws", "to": "nebius"})["steps"] == []
    assert service.ask("/api/paths?from=aws&to=nobody").status == 404


def test_exports_are_listed_and_an_unknown_one_is_a_problem(service):
    assert len(get(service, "/api/export")["exports"]) == 9
    assert service.ask("/api/export/doc").status == 404


def test_a_claim_of_every_kind_survives_json(service):
    claims = get(service, "/api/claims", limit=100)["claims"]
    assert json.loads(json.dumps(claims)) == claims
    assert {claim["kind"] for claim in claims} == {"relation", "metric", "transition"}
