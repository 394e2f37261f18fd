"""Some of what `make fuzz` asks: a few hundred generated requests find nothing; OpenAPI and answers agree."""

import pytest
from fuzz import fuzz

pytestmark = pytest.mark.slow

RESOURCES = ("/api/claims", "/api/compare", "/api/ask", "/api/curation", "/sparql")


def test_hundreds_of_generated_requests_find_nothing(tmp_path):
    code, printed, requests = fuzz(tmp_path, examples=5, seed=7, only=RESOURCES)
    assert code == 0, printed
    assert requests > 300


def test_a_check_would_find_something(tmp_path):
    """A service that describes what it does not do is found out."""
    code, printed, _ = fuzz(tmp_path, examples=1, seed=7, only=("/api/stats",), described=_with_a_promise)
    assert code == 1
    assert "promised" in printed


def _with_a_promise(document):
    answer = document["components"]["schemas"]["Stats"]
    answer["properties"]["promised"] = {"type": "integer"}
    answer["required"].append("promised")
    return document
