"""OWL 2: the profiles DL and RL, and consistency by HermiT, with the Java library that owlready2 brings."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, serialize

from ontology import terms
from ontology.check.results import CheckResult, Finding, result, skipped
from ontology.check.sources import Sources

_TITLES = {
    "DL": "The classes and properties are in OWL 2 DL.",
    "RL": "The classes and properties are in OWL 2 RL.",
    "DL-all": "With concepts and reference data it still is OWL 2 DL.",
    "satisfiable": "HermiT finds no class that can have no member.",
    "consistent": "HermiT finds all of it consistent.",
    "planted": "HermiT finds a planted contradiction.",
}


def check_owl(sources: Sources) -> list[CheckResult]:
    """Profiles and consistency; all skipped where Java, jpype or owlready2 is missing."""
    jar = _hermit()
    tools = {"java": shutil.which("java"), "jpype1": find_spec("jpype"), "owlready2": jar}
    missing = [tool for tool, found in tools.items() if not found]
    if jar is None or missing:
        return [skipped("OWL", check, title, ", ".join(missing)) for check, title in _TITLES.items()]
    verdicts = _reason(sources, jar)
    return [_result(sources, check, title, verdicts[check]) for check, title in _TITLES.items()]


def _hermit() -> Path | None:
    spec = find_spec("owlready2")
    if spec is None or spec.origin is None:
        return None
    jar = Path(spec.origin).parent / "hermit" / "HermiT.jar"
    return jar if jar.is_file() else None


def _result(sources: Sources, check: str, title: str, faults: list[str]) -> CheckResult:
    return result("OWL", check, title, [Finding(_file_of(sources, fault), "", fault) for fault in faults])


def _file_of(sources: Sources, fault: str) -> str:
    named = [part.split(">")[0] for part in fault.split("<")[1:]]
    return next((file for term in named if (file := sources.file_of(term))), "aif-core.ttl")


def _reason(sources: Sources, jar: Path) -> dict[str, list[str]]:
    """Check -> what is wrong. A process of its own, since a Java machine cannot be stopped inside ours."""
    core = sources.files.get("aif-core.ttl", [])
    thing, kind = NamedNode(terms.ID + "person-and-firm"), NamedNode(terms.RDF_TYPE)
    both = [Quad(thing, kind, NamedNode(cls)) for cls in (terms.C_PERSON, terms.C_ORGANIZATION)]
    with tempfile.TemporaryDirectory() as folder:
        inputs = {"core": core, "all": sources.model, "planted": [*core, *both]}
        for name, quads in inputs.items():
            _write_xml(Path(folder) / f"{name}.rdf", quads)
        program = [sys.executable, "-m", "ontology.check.owl_reasoner", str(jar), folder]
        ran = subprocess.run(program, capture_output=True, text=True, check=False)  # noqa: S603
    if ran.returncode:
        reason = (ran.stderr.strip().splitlines() or ["the reasoner died"])[-1]
        return {check: [reason] for check in _TITLES}
    verdicts: dict[str, list[str]] = json.loads(ran.stdout)
    return verdicts


def _write_xml(path: Path, quads: Iterable[Quad]) -> None:
    path.write_bytes(serialize([quad.triple for quad in quads], format=RdfFormat.RDF_XML) or b"")
