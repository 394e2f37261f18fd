"""The process that runs Java: RDF/XML files in a folder -> verdicts as JSON on standard output.

    python -m ontology.check.owl_reasoner HermiT.jar FOLDER

Reads core.rdf, all.rdf and planted.rdf. HermiT.jar contains the OWL API with its profile checkers.
"""

import json
import sys
from importlib import import_module
from typing import Any

_API = "org.semanticweb.owlapi"


def main(jar: str, folder: str) -> dict[str, list[str]]:
    """Check -> what is wrong; an empty list is a pass."""
    jpype: Any = import_module("jpype")  # only in the developers' environment

    jpype.startJVM(classpath=[jar], convertStrings=True)
    java: Any = jpype.JClass
    core, everything, planted = (_load(java, f"{folder}/{name}.rdf") for name in ("core", "all", "planted"))
    reasoner = java("org.semanticweb.HermiT.Reasoner")
    unsatisfiable = reasoner(core).getUnsatisfiableClasses().getEntitiesMinusBottom()
    return {
        "DL": _violations(java, "OWL2DLProfile", core),
        "RL": _violations(java, "OWL2RLProfile", core),
        "DL-all": _violations(java, "OWL2DLProfile", everything),
        "satisfiable": [str(cls) for cls in unsatisfiable],
        "consistent": [] if reasoner(everything).isConsistent() else ["the ontology contradicts itself"],
        "planted": ["the planted contradiction was not found"] if reasoner(planted).isConsistent() else [],
    }


def _load(java: Any, path: str) -> Any:
    manager = java(f"{_API}.apibinding.OWLManager").createOWLOntologyManager()
    return manager.loadOntologyFromOntologyDocument(java("java.io.File")(path))


def _violations(java: Any, profile: str, ontology: Any) -> list[str]:
    checker = java(f"{_API}.profiles.{profile}")()
    return sorted(str(violation) for violation in checker.checkOntology(ontology).getViolations())


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])))
