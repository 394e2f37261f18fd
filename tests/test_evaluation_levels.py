"""The scorer: counts over the union, and the same counts as the corpus's own scorer where that is present."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.evaluation.levels import LEVELS, compare
from ingest.training.gold import FOLDER

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"

METRIC = {
    "kind": "metric",
    "subject": "Ulsan AI data center",
    "metric": "it-capacity",
    "value": 103,
    "low": 103,
    "high": 103,
    "unit": "MegaW",
    "qualifier": "exact",
    "modality": "planned",
    "polarity": "affirmed",
    "attributedTo": [],
    "period": None,
    "quote": "a power capacity of 103 megawatts",
}
RELATION = {
    "kind": "relation",
    "subject": "SK Group",
    "predicate": "partnersWith",
    "object": "Amazon Web Services",
    "modality": "reported",
    "polarity": "affirmed",
    "attributedTo": [],
    "period": None,
    "quote": "SK Group works with AWS",
}
GOLD = {
    "entities": [
        {"label": "Amazon Web Services", "type": "Organization", "aliases": ["AWS"]},
        {"label": "SK Group", "type": "Organization"},
    ],
    "claims": [METRIC, RELATION],
}
TEXT = "SK Group works with AWS on a power capacity of 103 megawatts."


def agreement(found):
    return compare({"a": GOLD}, {"a": found} if found else {}, {"a": TEXT}).levels


def test_a_report_that_was_not_read_counts_as_missed():
    levels = agreement(None)
    assert levels["relations"].recall == 0
    assert levels["entities"].gold == 2


def test_the_gold_itself_is_perfect():
    assert all(tally.f1 == 1 for tally in agreement(GOLD).values())


def test_a_symmetric_relation_may_stand_either_way_round():
    turned = {**RELATION, "subject": "AWS", "object": "SK Group"}
    assert agreement({"entities": [], "claims": [turned]})["relations"].matched == 1


def test_a_directed_relation_may_not():
    gold = {**RELATION, "predicate": "acquires"}
    turned = {**gold, "subject": "AWS", "object": "SK Group"}
    levels = compare(
        {"a": {"entities": GOLD["entities"], "claims": [gold]}},
        {"a": {"entities": [], "claims": [turned]}},
        {"a": TEXT},
    ).levels
    assert levels["relations"].matched == 0


@pytest.mark.parametrize(
    ("change", "level", "matched"),
    [
        ({"value": 0.103, "low": 0.103, "high": 0.103, "unit": "GigaW"}, "figures-full", 1),
        ({"value": 104, "low": 104, "high": 104}, "figures", 0),
        ({"subject": "the Ulsan AI data center"}, "figures-core", 1),
        ({"subject": "SK Group"}, "figures-core", 0),
        ({"metric": "energy-consumption"}, "figures", 1),
        ({"metric": "energy-consumption"}, "figures-core", 0),
        ({"period": "2027"}, "figures-core", 1),
        ({"period": "2027"}, "figures-full", 0),
        ({"quote": "a capacity of 103 megawatts"}, "figures", 0),
    ],
)
def test_a_changed_figure_matches_at_its_level(change, level, matched):
    levels = agreement({"entities": GOLD["entities"], "claims": [{**METRIC, **change}]})
    assert levels[level].matched == matched


def _spoiled(gold):
    """Every third claim left out, every fifth changed, every fourth entity under its last alias alone."""
    claims = [
        {**claim, "subject": "Someone else"}
        if n % 5 == 0
        else {**claim, "modality": "opinion"}
        if n % 7 == 0
        else claim
        for n, claim in enumerate(gold["claims"])
        if n % 3
    ]
    entities = [
        {"label": (entity.get("aliases") or [entity["label"]])[-1], "type": entity["type"]}
        if n % 4 == 0
        else entity
        for n, entity in enumerate(gold["entities"])
        if n % 6
    ]
    return {**gold, "claims": claims, "entities": entities}


@pytest.mark.slow
@pytest.mark.skipif(not (CORPUS / "score.py").exists(), reason="the corpus's own scorer is not here")
def test_the_corpus_scorer_counts_the_same(tmp_path):
    golds = [json.loads(line) for line in (FOLDER / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    spoiled = [_spoiled(gold) for gold in golds]
    for name, entries in (("gold", golds), ("found", spoiled)):
        text = "".join(json.dumps(entry) + "\n" for entry in entries)
        (tmp_path / f"{name}.jsonl").write_text(text, encoding="utf-8")
    command = [sys.executable, CORPUS / "score.py", tmp_path / "gold.jsonl", tmp_path / "found.jsonl"]
    result = subprocess.run(
        [*command, "--texts", FOLDER / "reports", "--json"], capture_output=True, check=True
    )
    theirs = json.loads(result.stdout)
    texts = {
        gold["document"]: (FOLDER / "reports" / gold["document"]).read_text(encoding="utf-8")
        for gold in golds
    }
    ours = compare(
        {gold["document"]: gold for gold in golds}, {one["document"]: one for one in spoiled}, texts
    )
    assert {level: theirs[level]["matched"] for level in LEVELS} == {
        level: ours.levels[level].matched for level in LEVELS
    }
    assert {level: theirs[level]["predicted"] for level in LEVELS} == {
        level: ours.levels[level].found for level in LEVELS
    }
    assert theirs["qualifiers"] == {name: round(tally.precision, 4) for name, tally in ours.qualities.items()}
