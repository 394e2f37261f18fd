"""sentences -> mentions: the things that a report names, linked to the ontology or candidates of their own.

Reads   doc.text, sentence starts, doc._.report (its blocks)
Writes  doc.spans["mentions"]; span._.entity is a kg.model.Entity, span._.how tells how it was found
Skips   names that several things bear, when nothing around tells which one is meant; adjectives of continents
"""

from collections.abc import Iterator, Sequence

from spacy.language import Language
from spacy.tokens import Doc, Span

from ingest import extensions
from ingest.candidate_scene import Scene
from ingest.candidate_tagger import load_tagger
from ingest.extensions import MENTIONS, How
from ingest.name_groups import Group, group_names, plain_name, without_legal_form
from ingest.name_index import NameIndex
from ingest.names import Spotted
from ingest.repeated_names import add_repeated_names
from ingest.rule_names import with_named_rules
from ingest.site_mentions import find_site_mentions
from ingest.spotted_names import spot_names
from kg.iris import entity_iri
from kg.model import Entity
from ontology.labels import Labels, load_labels

extensions.register()

_LONG_TERM = 3  # tokens of a term that may hold another


@Language.factory("mentions", requires=["doc.sents"], assigns=["doc.spans", "span._.entity", "span._.how"])
def make_mentions(nlp: Language, name: str) -> "Mentions":
    """A component over the ontology's names."""
    return Mentions(nlp, load_labels())


class Mentions:
    """Finds names and tells which of them mean one thing."""

    def __init__(self, nlp: Language, labels: Labels) -> None:
        """Tokenize the names once."""
        self._labels = labels
        self._index = NameIndex(labels, nlp.tokenizer)

    def __call__(self, doc: Doc) -> Doc:
        """Mark every name of `doc`."""
        known = list(self._index.find(doc))
        scene = Scene(doc, known, self._labels)
        names = spot_names(doc, known, load_tagger().tag(scene))
        groups = group_names(doc, [*names, *self._terms_inside(doc, names)], self._labels)
        add_repeated_names(doc, scene, groups)
        spans = [
            span
            for group in groups
            for span in _spans(doc, group, _entity(group, self._labels), self._labels)
        ]
        spans = with_named_rules(doc, spans)
        spans += find_site_mentions(doc, spans, self._labels)
        doc.spans[MENTIONS] = sorted(spans, key=lambda span: (span.start, span.end))
        return doc

    def _terms_inside(self, doc: Doc, names: Sequence[Spotted]) -> Iterator[Spotted]:
        """Terms within the name of another term; an organization's name holds no terms."""
        for name in names:
            if name.end - name.start < _LONG_TERM or not self._is_term(name.iris):
                continue
            for inner in self._index.find_inside(doc, name.start, name.end):
                if not inner.everyday and self._is_term(inner.iris) and inner.iris != name.iris:
                    yield Spotted(inner.start, inner.end, inner.iris)

    def _is_term(self, iris: Sequence[str]) -> bool:
        return bool(iris) and all(self._labels.named[iri].type == "Term" for iri in iris)


def _entity(group: Group, labels: Labels) -> Entity:
    seen = sorted(group.names, key=lambda name: (-len(name), name))
    if group.iri:
        known = labels.named[group.iri]
        aliases = tuple(name for name in seen if name != known.label)
        return Entity(group.iri, known.label, known.type, aliases)
    label = without_legal_form(seen[0]) if group.type == "Organization" else seen[0]
    return Entity(
        entity_iri(group.type, label),
        label,
        group.type,
        tuple(name for name in seen if name != label),
        known=False,
    )


def _spans(doc: Doc, group: Group, entity: Entity, labels: Labels) -> Iterator[Span]:
    for spot in group.spots:
        span = Span(doc, spot.start, spot.end, label=entity.type)
        span._.entity = entity
        span._.how = _how(plain_name(span.text), spot, group, labels)
        if span._.how != "adjective" or labels.named[entity.iri].parent:
            yield span


def _how(written: str, spot: Spotted, group: Group, labels: Labels) -> How:
    if group.iri is None:
        return "candidate"
    if written in labels.named[group.iri].adjectives:
        return "adjective"
    return "name" if spot.iris else "acronym"
