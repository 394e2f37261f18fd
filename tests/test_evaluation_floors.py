"""The gate: reading may not get worse than when the floors were pinned (`ingest.evaluation.floors`)."""

import json

import pytest

from ingest.evaluation.floors import FLOORS, measure, missed, raised
from ingest.evaluation.levels import LEVELS
from ingest.pipeline import Reader
from kg.settings import Settings


def test_every_level_has_floors():
    assert set(json.loads(FLOORS.read_text(encoding="utf-8"))) == set(LEVELS)


def test_pinning_anew_never_lowers_a_floor():
    floors, reached = {"figures": {"recall": 0.9}}, {"figures": {"recall": 0.5}}
    assert raised(floors, reached, lower=False) == floors
    assert raised(floors, reached, lower=True)["figures"]["recall"] < 0.9


@pytest.mark.slow
def test_reading_reaches_its_floors():
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    assert missed(floors, measure(Reader(Settings()))) == []
