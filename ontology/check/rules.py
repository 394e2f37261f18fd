"""The closure under OWL 2 RL: no contradiction in ours, a planted one found, and known types inferred."""

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, serialize
from rdflib import Graph, URIRef

from ontology import terms
from ontology.check.results import CheckResult, Finding, result, skipped
from ontology.check.sources import Sources

_ERROR = "http://www.daml.org/2002/03/agents/agent-ont#error"
_PLANTED_IN = terms.ID + "eu-ai-act"
_CLASSES_BY_PARADIGM = {
    terms.V_PARADIGM_HYPERSCALER: terms.C_HYPERSCALER,
    terms.V_PARADIGM_COMPUTE_NATIVE: terms.C_COMPUTE_NATIVE_SPECIALIST,
    terms.V_PARADIGM_TURNKEY_PRIVATE: terms.C_TURNKEY_PRIVATE_PROVIDER,
    terms.V_PARADIGM_REGIONAL_INDUSTRIAL: terms.C_REGIONAL_OPERATOR,
}


def check_rules(sources: Sources) -> list[CheckResult]:
    """Results of `reasonable` (types) and `owlrl` (contradictions) over the model and plain test facts."""
    return [_types(sources), _contradictions(sources)]


def _types(sources: Sources) -> CheckResult:
    title = "A provider that follows a paradigm is of the paradigm's class, and the other way round."
    if find_spec("reasonable") is None:
        return skipped("RL", "types", title, "reasonable")
    reasonable: Any = import_module("reasonable")  # only in the developers' environment

    reasoner = reasonable.PyReasoner()
    facts = [(f"{terms.ID}t{i}", p, c) for i, (p, c) in enumerate(sorted(_CLASSES_BY_PARADIGM.items()))]
    stated = [_quad(s, terms.FOLLOWS_PARADIGM, p) for s, p, _ in facts]
    stated += [_quad(s, terms.RDF_TYPE, terms.C_PROVIDER) for s, _, _ in facts]
    stated += [_quad(s + "b", terms.RDF_TYPE, c) for s, _, c in facts]
    reasoner.from_graph(_rdflib([*sources.model, *stated]))
    inferred = {tuple(str(term) for term in triple) for triple in reasoner.reason()}
    wanted = {(s, terms.RDF_TYPE, c) for s, _, c in facts}
    wanted |= {(s + "b", terms.FOLLOWS_PARADIGM, p) for s, p, _ in facts}
    missing = [
        Finding("aif-core.ttl", subject, f"{predicate} {value} does not follow")
        for subject, predicate, value in sorted(wanted - inferred)
    ]
    return result("RL", "types", title, missing, detail=f"{len(inferred)} triples in the closure")


def _contradictions(sources: Sources) -> CheckResult:
    title = "The closure has no contradiction, and a planted one is found."
    if find_spec("owlrl") is None:
        return skipped("RL", "contradictions", title, "owlrl")
    facts = _plain_facts(sources)
    planted = _quad(_PLANTED_IN, terms.FOLLOWS_PARADIGM, terms.V_PARADIGM_HYPERSCALER)
    found = [Finding("aif-core.ttl", "", message) for message in _errors(facts)]
    if not _errors([*facts, planted]):
        message = "a regulation that follows a paradigm is no contradiction"
        found.append(Finding("aif-core.ttl", _PLANTED_IN, message))
    return result("RL", "contradictions", title, found, detail=f"{len(facts)} triples")


def _plain_facts(sources: Sources) -> list[Quad]:
    """The axioms, the plain facts of the test data, and the types of the things in them.

    All of the reference data would make this slow reasoner slower by minutes; HermiT takes that.
    """
    facts = [quad for quad in sources.below("cq/") if str(quad.graph_name) == f"<{terms.G_TRUTHY}>"]
    named = {
        NamedNode(terms.ID + "eu-ai-act"),
        *(node for quad in facts for node in (quad.subject, quad.object)),
    }
    types = [q for q in sources.model if q.predicate.value == terms.RDF_TYPE and q.subject in named]
    axioms = [quad for quad in sources.files.get("aif-core.ttl", []) if not isinstance(quad.object, Literal)]
    return [*axioms, *types, *facts]


def _errors(quads: Iterable[Quad]) -> list[str]:
    owlrl: Any = import_module("owlrl")  # only in the developers' environment

    graph = _rdflib(quads)
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    return sorted(str(message) for message in graph.objects(predicate=URIRef(_ERROR)))


def _quad(subject: str, predicate: str, value: str) -> Quad:
    return Quad(NamedNode(subject), NamedNode(predicate), NamedNode(value))


def _rdflib(quads: Iterable[Quad]) -> Graph:
    return Graph().parse(data=serialize([q.triple for q in quads], format=RdfFormat.N_TRIPLES), format="nt")
