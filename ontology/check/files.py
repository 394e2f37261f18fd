"""Rules on the text of the files: canonical order, and terms that are used and declared nowhere."""

import re
from collections.abc import Iterator

from pyoxigraph import NamedNode

from ontology import terms
from ontology.canonical import canonical
from ontology.check.results import CheckResult, Finding, result
from ontology.check.sources import Sources

_QUERY_TERM = re.compile(r"\baif:(\w+)")


def check_files(sources: Sources) -> list[CheckResult]:
    """Canonical order of every Turtle file; no undeclared term of ours in any file or query."""
    return [
        result("AIF", "canonical", "Every Turtle file is in canonical order.", _out_of_order(sources)),
        result("AIF", "declared", "Every term in use is declared.", _undeclared(sources)),
    ]


def _out_of_order(sources: Sources) -> Iterator[Finding]:
    for name in sources.files:
        if name.endswith(".ttl"):
            text = (sources.root / name).read_text(encoding="utf-8")
            if canonical(text) != text:
                yield Finding(name, "", "is not in canonical order; `aifkg ontology format` puts it there")


def _undeclared(sources: Sources) -> Iterator[Finding]:
    declaring = [*sources.model, *sources.below("shapes/")]
    declared = {quad.subject.value for quad in declaring if isinstance(quad.subject, NamedNode)}
    seen = set()
    for name, quads in sources.files.items():
        for quad in quads:
            for node in (quad.predicate, quad.object):
                term = node.value if isinstance(node, NamedNode) else ""
                ours = term.startswith((terms.NS, terms.VOCAB)) and term not in (terms.NS, terms.VOCAB)
                if ours and term not in declared and (name, term) not in seen:
                    seen.add((name, term))
                    yield Finding(name, term, "is used and declared nowhere")
    yield from _undeclared_in_queries(sources, declared)


def _undeclared_in_queries(sources: Sources, declared: set[str]) -> Iterator[Finding]:
    for path in sorted(sources.root.rglob("*.rq")):
        for local in sorted(set(_QUERY_TERM.findall(path.read_text(encoding="utf-8")))):
            if terms.NS + local not in declared:
                name = path.relative_to(sources.root).as_posix()
                yield Finding(name, terms.NS + local, "is used and declared nowhere")
