"""The ontology's files -> their triples, with the file that each subject stands in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, Quad, Store

from ontology.check.results import CheckResult, Finding, result
from ontology.errors import BrokenTurtle
from ontology.turtle import read_triples

_MODEL = ("aif-core.ttl", "vocab/", "reference/")


@dataclass(frozen=True)
class Sources:
    """All files below one folder, parsed; names are relative to it, with forward slashes."""

    root: Path
    files: Mapping[str, list[Quad]]

    def below(self, *starts: str) -> list[Quad]:
        """The triples of the files whose names begin so."""
        return [quad for name, quads in self.files.items() if name.startswith(starts) for quad in quads]

    @cached_property
    def model(self) -> list[Quad]:
        """Classes, properties, concepts and reference data, without alignments and shapes."""
        return self.below(*_MODEL)

    @cached_property
    def store(self) -> Store:
        """The model in one graph, for queries."""
        store = Store()
        for number, (name, quads) in enumerate(self.files.items()):
            if name.startswith(_MODEL):
                store.extend(_apart(quads, number))
        return store

    def file_of(self, term: str) -> str:
        """The file of the model that describes the term, or else any that mentions it; "" for none."""
        return self._described.get(term) or self._mentioned.get(term, "")

    @cached_property
    def _described(self) -> dict[str, str]:
        return {
            quad.subject.value: name
            for name, quads in reversed(list(self.files.items()))
            if name.startswith(_MODEL)
            for quad in quads
            if isinstance(quad.subject, NamedNode)
        }

    @cached_property
    def _mentioned(self) -> dict[str, str]:
        return {
            node.value: name
            for name, quads in self.files.items()
            for quad in quads
            for node in (quad.predicate, quad.object)
            if isinstance(node, NamedNode)
        }


def read_sources(root: Path) -> tuple[Sources, CheckResult]:
    """The files that parse, and the result that names those that do not."""
    files: dict[str, list[Quad]] = {}
    broken = []
    for path in sorted([*root.rglob("*.ttl"), *root.rglob("*.trig")]):
        name = path.relative_to(root).as_posix()
        try:
            files[name] = read_triples(path)
        except BrokenTurtle as error:
            broken.append(Finding(name, "", error.reason))
    title = "Every file parses."
    return Sources(root, files), result("AIF", "turtle", title, broken, detail=f"{len(files)} files")


def _apart(quads: Iterable[Quad], number: int) -> list[Quad]:
    """The triples with blank nodes named by file, so that those of two files never meet."""

    def apart(node: NamedNode | BlankNode) -> NamedNode | BlankNode:
        return BlankNode(f"f{number}{node.value}") if isinstance(node, BlankNode) else node

    return [
        Quad(apart(q.subject), q.predicate, apart(q.object) if isinstance(q.object, BlankNode) else q.object)
        for q in quads
        if isinstance(q.subject, NamedNode | BlankNode)
    ]
