"""Python access to the ontology: constants, names, metrics and units agree with the Turtle."""

import time

import pytest

from ontology import terms
from ontology.labels import load_labels
from ontology.metrics import load_metrics, metrics_by_slug
from ontology.turtle import CORE, VOCAB, subjects_of
from ontology.units import load_units

GUIDELINE_METRICS = """
capex investment spending revenue earnings market-size funding debt valuation contract-value backlog
price fine market-share growth-rate share-of-total survey-share survey-sample-size it-capacity
energy-consumption rack-power-density pue gpu-count unit-count shipments compute-performance speedup
cost-reduction token-throughput latency memory-capacity bandwidth facility-count country-count
customer-count headcount utilization area duration other
"""


def constants() -> dict[str, str]:
    return {name: value for name, value in vars(terms).items() if name.isupper()}


def test_every_class_and_property_of_the_turtle_is_a_constant():
    declared = {iri for iri in subjects_of(CORE) if iri.startswith(terms.NS)}
    assert declared <= set(constants().values())


def test_every_constant_of_ours_is_declared_in_the_turtle():
    declared = set(subjects_of(CORE)) | set(subjects_of(VOCAB))
    ours = {
        v for v in constants().values() if v.startswith((terms.NS, terms.VOCAB)) and len(v) > len(terms.VOCAB)
    }
    assert {iri for iri in ours if iri != terms.NS} <= declared


def test_every_concept_and_scheme_is_a_constant():
    assert set(subjects_of(VOCAB)) <= set(constants().values())


def test_no_two_constants_of_ours_have_one_name_or_value():
    ours = [v for n, v in constants().items() if v.startswith(terms.NS) and v != terms.NS]
    assert len(ours) == len(set(ours))


@pytest.mark.parametrize(
    ("written", "slug"),
    [
        ("AWS", "aws"),
        ("Amazon Web Services", "aws"),
        ("amazon web services", "aws"),
        ("NVIDIA’s", "nvidia"),
        ("Nvidia", "nvidia"),
        ("Hewlett-Packard Enterprise", "hpe"),
        ("华为", "huawei"),
        ("SenseTime's", "sensetime"),
        ("Dell’Oro Group", "delloro"),
        ("Moody's", "moodys"),
        ("Dutch", "nl"),
        ("Saudi", "sa"),
        ("U.S.", "us"),
        ("GB200", "nvidia-gb200"),
        ("DORA", "dora"),
        ("TeraWulf", "terawulf"),
    ],
)
def test_a_written_name_leads_to_one_thing(written: str, slug: str):
    assert load_labels().lookup(written) == (terms.ID + slug,)


@pytest.mark.parametrize("written", ["us", "meta", "switch", "orange", "oci", "lambda", "no such firm", ""])
def test_an_ordinary_word_leads_to_nothing(written: str):
    assert load_labels().lookup(written) == ()


@pytest.mark.parametrize(
    ("written", "concept"),
    [
        ("neoclouds", terms.V_PARADIGM_COMPUTE_NATIVE),
        ("Hyperscaler", terms.V_PARADIGM_HYPERSCALER),
        ("MaaS", terms.V_MODEL_MAAS),
        ("GPU-as-a-service", terms.V_MODEL_GPUAAS),
        ("full stack drop-in", terms.V_DELIVERY_FULL_STACK_DROP_IN),
    ],
)
def test_a_written_term_leads_to_its_concept(written: str, concept: str):
    assert load_labels().lookup(written) == (concept,)


def test_a_shared_name_is_reported_with_all_that_bear_it():
    labels = load_labels()
    assert set(labels.lookup("Georgia")) == {terms.ID + "ge", terms.ID + "georgia-us"}
    assert "Georgia" in labels.ambiguous


def test_no_two_organizations_share_a_name():
    labels = load_labels()
    for name, iris in labels.ambiguous.items():
        organizations = [iri for iri in iris if labels.named[iri].type == "Organization"]
        assert len(organizations) < 2, name


def test_entries_know_their_parent_country_and_scheme():
    named = load_labels().named
    assert named[terms.ID + "aws"].parent == terms.ID + "amazon"
    assert named[terms.ID + "nebius"].country == terms.ID + "nl"
    assert named[terms.V_MODEL_MAAS].scheme == terms.V_MODEL
    assert "Dutch" in named[terms.ID + "nl"].adjectives
    assert "Switch" in named[terms.ID + "switch"].everyday


def test_at_least_150_organizations_and_all_countries_are_known():
    entries = load_labels().named.values()
    assert sum(entry.type == "Organization" for entry in entries) >= 150
    countries = [iri for iri in load_labels().named if len(iri) == len(terms.ID) + 2]
    assert len(countries) >= 195


def test_no_person_is_known_beforehand():
    assert not [iri for iri, row in subjects_of(VOCAB).items() if terms.C_PERSON in str(row)]
    assert "Person" not in {entry.type for entry in load_labels().named.values()}


def test_the_top_metrics_are_those_that_annotators_use():
    top = {metric.slug for metric in load_metrics().values() if metric.broader is None}
    assert top == set(GUIDELINE_METRICS.split())


def test_a_narrower_metric_reports_the_slug_of_the_one_above():
    metrics = metrics_by_slug()
    assert metrics["dc-investment-cumulative"].guideline_slug == "investment"
    assert metrics["vector-index-speedup"].guideline_slug == "speedup"
    assert metrics["ttft"].guideline_slug == "latency"
    assert metrics["capex"].guideline_slug == "capex"


def test_every_kind_that_a_metric_takes_is_the_kind_of_a_unit():
    kinds = {unit.kind for unit in load_units().named.values()}
    assert {kind for metric in load_metrics().values() for kind in metric.unit_kinds} <= kinds


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("MW", "MegaW"),
        ("gigawatts", "GigaW"),
        ("kw", "KiloW"),
        ("$", "CCY_USD"),
        ("RMB", "CCY_CNY"),
        ("TWh", "TeraW-HR"),
        ("%", "PERCENT"),
        ("per cent", "PERCENT"),
        ("TB/s", "TeraBYTE-PER-SEC"),
        ("sq ft", "FT2"),
    ],
)
def test_a_written_unit_leads_to_its_qudt_unit(written: str, name: str):
    unit = load_units().find(written)
    assert unit is not None
    assert unit.name == name


def test_an_unknown_unit_is_none():
    assert load_units().find("furlong") is None


def test_units_of_one_kind_convert_by_their_factors():
    named = load_units().named
    assert named["GigaW"].factor == 1000 * named["MegaW"].factor
    assert named["TeraW-HR"].factor / named["KiloW-HR"].factor == 10**9


def test_all_of_it_loads_within_150_milliseconds():
    loaders = (load_labels, load_metrics, load_units)
    runs = []
    for _ in range(5):
        for loader in loaders:
            loader.cache_clear()
        began = time.perf_counter()
        for loader in loaders:
            loader()
        runs.append(time.perf_counter() - began)
    assert min(runs) < 0.15
