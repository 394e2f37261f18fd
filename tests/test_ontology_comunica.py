"""Comunica answers the competency questions as the other two engines do.

Needs Node and `npm ci` in tests/comunica; without them it is skipped, unless AIFKG_REQUIRE_OPTIONAL is set.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, serialize

from ontology.answers import expected_rows, rows_of
from ontology.questions import data_quads, load_questions

FOLDER = Path(__file__).parent / "comunica"
READY = shutil.which("node") is not None and (FOLDER / "node_modules").is_dir()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not READY and not os.environ.get("AIFKG_REQUIRE_OPTIONAL"),
        reason="Comunica is not installed: run npm ci in tests/comunica",
    ),
]


@pytest.mark.parametrize("data", ["seed", "all"])
def test_comunica_gives_the_expected_answers(data, tmp_path):
    nquads = tmp_path / "data.nq"
    nquads.write_bytes(serialize(data_quads(data), format=RdfFormat.N_QUADS))
    questions = [question for question in load_questions() if question.data == data]
    asked = json.dumps([{"number": q.number, "query": q.query} for q in questions])
    ran = subprocess.run(
        ["node", "ask.mjs", str(nquads)], cwd=FOLDER, input=asked, capture_output=True, text=True, check=True
    )
    answers = {answer["number"]: answer["rows"] for answer in json.loads(ran.stdout)}
    for question in questions:
        assert rows_of({"results": {"bindings": answers[question.number]}}) == expected_rows(question), (
            question
        )
