"""Every command over a remote store, as a person types them."""

import json
import os
import subprocess
import sys

import pytest
from remote_stores import oxigraph_server

pytestmark = pytest.mark.slow

NOTE = """# AI factories in {name}

28 May 2026

Nebius will spend $5 billion on AI data centers in {name} in 2027.
"""


@pytest.fixture(scope="module")
def aifkg(tmp_path_factory):
    """Runs a command on an empty Oxigraph server; code and what it printed."""
    folder = tmp_path_factory.mktemp("cli")
    with oxigraph_server(folder) as server:
        environment = {**os.environ, "AIFKG_STORE": server.url, "AIFKG_STATE": str(folder / "state")}

        def run(*arguments: str) -> tuple[int, str]:
            done = subprocess.run(
                [sys.executable, "-m", "aifkg", *arguments],
                env=environment,
                cwd=folder,
                capture_output=True,
                text=True,
                timeout=120,
            )
            return done.returncode, done.stdout + done.stderr

        for name in ("Oman", "Finland"):
            (folder / f"{name}.md").write_text(NOTE.format(name=name))
        yield run


def test_a_report_comes_is_seen_and_goes_again(aifkg):
    code, said = aifkg("stats")
    assert (code, "run `aifkg ingest` first" in said) == (3, True)
    code, said = aifkg("ingest", "Oman.md", "Finland.md", "--json")
    assert code == 0, said
    first = json.loads(said)
    assert first["version"] > 1
    code, said = aifkg("ingest", "Oman.md", "--json", "--dry-run")
    assert (code, [file["outcome"] for file in json.loads(said)["files"]]) == (0, ["unchanged"])
    code, said = aifkg("stats", "--json")
    assert (code, json.loads(said)["reports"], json.loads(said)["version"]) == (0, 2, first["version"])
    code, said = aifkg("report", "list", "--json")
    assert {entry["source"] for entry in json.loads(said)} == {"Oman.md", "Finland.md"}
    code, said = aifkg("report", "show", "Oman.md")
    assert (code, "$5 billion" in said) == (0, True)
    code, said = aifkg("retract", "Oman.md", "--yes")
    assert (code, "Retracted" in said) == (0, True)
    assert json.loads(aifkg("stats", "--json")[1])["reports"] == 1
    code, said = aifkg("ingest", "Finland.md", "--json")
    assert [file["outcome"] for file in json.loads(said)["files"]] == ["unchanged"]


def test_an_address_with_a_password_is_refused_and_not_printed(aifkg):
    code, said = aifkg("stats", "--store", "https://ann:geheim@store.example.org/")
    assert (code, "would be logged" in said, "geheim" in said) == (2, True, False)


def test_a_store_that_is_away_is_told_in_one_line(aifkg):
    code, said = aifkg("stats", "--store", "http://127.0.0.1:9")
    assert (code, said.count("\n")) == (3, 1)
    assert said.startswith("aifkg: the store at http://127.0.0.1:9/sparql cannot be reached")
