"""SHACL: the reference data conforms, and two engines find exactly the planted faults in the fixtures."""

import json
import re
import warnings
from collections import Counter
from collections.abc import Iterable
from typing import Any

from pyoxigraph import NamedNode, Quad, RdfFormat, serialize
from pyshacl_turbo import CompiledShapes
from rdflib import Graph, URIRef
from rdflib.namespace import SH

from ontology import terms
from ontology.check.results import CheckResult, Finding, result
from ontology.check.sources import Sources

_CLASS_TREE = {terms.RDFS_SUB_CLASS_OF, terms.RDFS_DOMAIN, terms.RDFS_RANGE}

Outcome = tuple[str, str]  # (focus node, severity and what is wrong) of one validation result


def check_shapes(sources: Sources) -> list[CheckResult]:
    """Reference data and reports conform; the fixtures have their exact results on both engines."""
    return [
        _conforms(sources, "reference", "Concepts and reference data conform.", sources.model),
        _conforms(sources, "reports", "The reports of the test data conform.", _reports(sources)),
        _exact(sources, "conforming", "The conforming fixture has its warnings and nothing else."),
        _exact(sources, "violating", "Every fault planted in the violating fixture is found."),
    ]


def validate_fast(shapes: Graph, data: Graph) -> list[Outcome]:
    """The results of pyshacl-turbo, the engine that checks reports as they come in."""
    engine: Any = CompiledShapes  # comes without types
    _, report, _ = engine(shapes, advanced=True).validate(data, allow_warnings=True, allow_infos=True)
    return outcomes(report)


def validate_reference(shapes: Graph, data: Graph) -> list[Outcome]:
    """The results of pySHACL, the reference implementation."""
    from pyshacl import validate  # a second to import, and only the checks need it

    _, report, _ = validate(data, shacl_graph=shapes, advanced=True, allow_warnings=True)
    return outcomes(report)


def outcomes(report: Graph) -> list[Outcome]:
    """The results of a report, sorted: the message of a query, or else which rule on which property."""
    found = []
    for node in report.subjects(predicate=SH.resultSeverity):
        severity = str(report.value(node, SH.resultSeverity)).removeprefix(str(SH))
        component = str(report.value(node, SH.sourceConstraintComponent)).removeprefix(str(SH))
        path = report.value(node, SH.resultPath)
        if "SPARQL" in component or not isinstance(path, URIRef):
            what = str(report.value(node, SH.resultMessage))
        else:
            what = f"{component.removesuffix('ConstraintComponent')} {re.split('[#/]', path)[-1]}"
        found.append((str(report.value(node, SH.focusNode)), f"{severity}: {what}"))
    return sorted(found)


def fixture_graph(sources: Sources, name: str) -> Graph:
    """A fixture with the class tree and all that is known of the things that it names."""
    fixture = sources.files[f"fixtures/{name}.ttl"]
    named = {quad.object.value for quad in fixture if isinstance(quad.object, NamedNode)}
    named |= {quad.subject.value for quad in fixture if isinstance(quad.subject, NamedNode)}
    return as_rdflib([*fixture, *_known(sources, named), *_class_tree(sources)])


def shapes_graph(sources: Sources) -> Graph:
    """All shapes."""
    return as_rdflib(sources.below("shapes/"))


def as_rdflib(quads: Iterable[Quad]) -> Graph:
    """The triples as an rdflib graph."""
    triples = {quad.triple for quad in quads}
    return Graph().parse(data=serialize(triples, format=RdfFormat.N_TRIPLES), format="nt")


def _class_tree(sources: Sources) -> list[Quad]:
    return [quad for quad in sources.files.get("aif-core.ttl", []) if quad.predicate.value in _CLASS_TREE]


def _reports(sources: Sources) -> list[Quad]:
    reports = [quad for quad in sources.below("cq/") if "/doc-" in str(quad.graph_name)]
    named = {quad.object.value for quad in reports if isinstance(quad.object, NamedNode)}
    return [*reports, *_known(sources, named), *_class_tree(sources)]


def _known(sources: Sources, named: set[str]) -> list[Quad]:
    """What the model says of the things named, without its links to still other things."""
    links = {terms.HAS_PARENT_ORGANIZATION}
    return [
        quad
        for quad in sources.model
        if isinstance(quad.subject, NamedNode)
        and quad.subject.value in named
        and quad.predicate.value not in links
    ]


def _conforms(sources: Sources, check_id: str, title: str, quads: Iterable[Quad]) -> CheckResult:
    found = validate_fast(shapes_graph(sources), as_rdflib(quads))
    violations = [
        Finding(sources.file_of(focus), focus, what) for focus, what in found if what.startswith("Violation")
    ]
    return result("SHACL", check_id, title, violations, detail=f"{len(found) - len(violations)} warnings")


def _exact(sources: Sources, name: str, title: str) -> CheckResult:
    shapes, data = shapes_graph(sources), fixture_graph(sources, name)
    written = (sources.root / f"fixtures/{name}.json").read_text(encoding="utf-8")
    expected = Counter((focus, what) for focus, what in json.loads(written))
    findings = []
    for engine, validate in (("pyshacl-turbo", validate_fast), ("pySHACL", validate_reference)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # both engines warn of rdflib's deprecations, which are not ours
            found = Counter(validate(shapes, data))
        for focus, what in (found - expected).elements():
            findings.append(Finding(f"fixtures/{name}.ttl", focus, f"{engine} finds unexpectedly: {what}"))
        for focus, what in (expected - found).elements():
            findings.append(Finding(f"fixtures/{name}.ttl", focus, f"{engine} does not find: {what}"))
    return result("SHACL", name, title, findings, detail=f"{expected.total()} results on two engines")
