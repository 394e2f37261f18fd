"""The ontology's documentation: one page for people, and the same triples in formats for programs.

For whoever serves it: `https://w3id.org/ai-factory/ns` and each version IRI in `versions()` answer
- `text/html` with `html()`; every term has its local name as anchor, so `/ns#Claim` works;
- the media types of `SERIALISATIONS` with `serialised(suffix)`.
All of it is made from the Turtle of this installation and stays the same while the process lives.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from html import escape
from types import MappingProxyType

from pyoxigraph import RdfFormat, serialize

from ontology import terms
from ontology.diagram import claim_model
from ontology.errors import OntologyError
from ontology.questions import load_questions
from ontology.turtle import ALIGN, CORE, FOLDER, VOCAB, Rows, read_triples, subjects_of, texts

# File suffix -> media type and format.
SERIALISATIONS: Mapping[str, tuple[str, RdfFormat]] = MappingProxyType(
    {
        "ttl": ("text/turtle", RdfFormat.TURTLE),
        "jsonld": ("application/ld+json", RdfFormat.JSON_LD),
        "nt": ("application/n-triples", RdfFormat.N_TRIPLES),
        "rdf": ("application/rdf+xml", RdfFormat.RDF_XML),
    }
)
_SECTIONS = (
    ("Classes", terms.OWL_CLASS),
    ("Object properties", terms.OWL_OBJECT_PROPERTY),
    ("Datatype properties", terms.OWL_DATATYPE_PROPERTY),
    ("Annotation properties", terms.OWL_ANNOTATION_PROPERTY),
)
_LINKS = (
    ("kind of", terms.RDFS_SUB_CLASS_OF),
    ("stated of", terms.RDFS_DOMAIN),
    ("has value", terms.RDFS_RANGE),
    ("part of", terms.RDFS_SUB_PROPERTY_OF),
    ("close to", terms.SKOS + "closeMatch"),
)


@cache
def serialised(suffix: str) -> bytes:
    """The classes and properties in one of `SERIALISATIONS`; OntologyError for another suffix."""
    if suffix not in SERIALISATIONS:
        raise OntologyError(f"the ontology is not written as {suffix}")
    if suffix == "ttl":
        return CORE.read_bytes()
    triples = [quad.triple for quad in read_triples(CORE)]
    return serialize(triples, format=SERIALISATIONS[suffix][1]) or b""


def versions() -> tuple[str, ...]:
    """The version IRIs that this installation can show, newest first."""
    return texts(subjects_of(CORE)[terms.ONTOLOGY], terms.OWL_VERSION_IRI)


@cache
def html() -> str:
    """The whole documentation as one HTML page that loads nothing from elsewhere."""
    model = _Model()
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    title = escape(model.title)
    parts = [_head(model), _claim_part(), *_term_parts(model)]
    parts += [_scheme_part(), _question_part(), _change_part()]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )


class _Model:
    """What the page tells of the classes and properties, with links in both directions."""

    def __init__(self) -> None:
        self.core = subjects_of(CORE)
        self.align = subjects_of(ALIGN)
        self.about = self.core[terms.ONTOLOGY]
        self.title = texts(self.about, terms.DCTERMS_TITLE)[0]
        self.back: dict[str, dict[str, list[str]]] = {}
        for iri, row in self.core.items():
            for _, predicate in _LINKS:
                for value in texts(row, predicate):
                    self.back.setdefault(value, {}).setdefault(predicate, []).append(iri)

    def terms_of(self, kind: str) -> list[str]:
        """Our terms of one kind by name."""
        ours = (iri for iri in self.core if iri.startswith(terms.NS))
        return sorted(iri for iri in ours if kind in texts(self.core[iri], terms.RDF_TYPE))

    def links(self, iri: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """What the term is linked to, by the words for the link."""
        for words, predicate in _LINKS:
            values = texts(self.core[iri], predicate) + texts(self.align.get(iri, {}), predicate)
            if values:
                yield words, values
        below = self.back.get(iri, {})
        for words, predicate in (
            ("has kinds", terms.RDFS_SUB_CLASS_OF),
            ("has properties", terms.RDFS_DOMAIN),
            ("is value of", terms.RDFS_RANGE),
        ):
            if below.get(predicate):
                yield words, tuple(sorted(below[predicate]))


def _head(model: _Model) -> str:
    version = texts(model.about, terms.OWL_VERSION_INFO)[0]
    formats = " ".join(f'<a href="/ns.{suffix}">{suffix}</a>' for suffix in SERIALISATIONS)
    contents = "".join(
        f'<li><a href="#{_anchor(name)}">{name}</a></li>'
        for name in ("Claim model", *(name for name, _ in _SECTIONS), "Schemes", "Questions", "Changes")
    )
    return (
        f"<h1>{escape(model.title)}</h1>\n"
        f'<p class="lead">{escape(texts(model.about, terms.DCTERMS_DESCRIPTION)[0])}</p>\n'
        f"<dl><dt>IRI</dt><dd><code>{terms.ONTOLOGY}</code></dd>"
        f"<dt>Version</dt><dd>{version}, <code>{versions()[0]}</code></dd>"
        f"<dt>Namespace</dt><dd><code>{terms.NS}</code>, prefix <code>aif</code></dd>"
        f'<dt>Licence</dt><dd><a href="{texts(model.about, terms.DCTERMS_LICENSE)[0]}">CC BY 4.0</a></dd>'
        f"<dt>Formats</dt><dd>{formats}</dd></dl>\n<nav><ul>{contents}</ul></nav>"
    )


def _claim_part() -> str:
    lead = (
        "A statement of a report is a node of its own: what it says, who says it, how surely, about which "
        "time, and the sentence that it rests on. Dashed arrows lead from a kind to what it is a kind of."
    )
    return f'<section id="claim-model"><h2>Claim model</h2>\n<p>{lead}</p>\n{claim_model()}</section>'


def _term_parts(model: _Model) -> Iterator[str]:
    for name, kind in _SECTIONS:
        entries = "\n".join(_term(model, iri) for iri in model.terms_of(kind))
        yield f'<section id="{_anchor(name)}"><h2>{name}</h2>\n{entries}</section>'


def _term(model: _Model, iri: str) -> str:
    row, local = model.core[iri], iri.removeprefix(terms.NS)
    label = texts(row, terms.RDFS_LABEL)[0]
    rows = [(words, ", ".join(_link(value) for value in values)) for words, values in model.links(iri)]
    asked = [q.number for q in load_questions() if f"aif:{local}" in _words(q.query)]
    rows.append(("asked in", ", ".join(f'<a href="#CQ{n:02}">CQ{n:02}</a>' for n in asked)))
    facts = "".join(f"<dt>{words}</dt><dd>{value}</dd>" for words, value in rows if value)
    return (
        f'<article id="{local}"><h3>{escape(label)} <code>aif:{local}</code></h3>\n'
        f"<p>{escape(texts(row, terms.SKOS_DEFINITION)[0])}</p>\n<dl>{facts}</dl></article>"
    )


def _scheme_part() -> str:
    concepts = subjects_of(VOCAB)
    schemes = [
        iri for iri, row in concepts.items() if terms.SKOS_CONCEPT_SCHEME in texts(row, terms.RDF_TYPE)
    ]
    blocks = "\n".join(_scheme(iri, concepts) for iri in sorted(schemes))
    return f'<section id="schemes"><h2>Schemes</h2>\n{blocks}</section>'


def _scheme(scheme: str, concepts: Mapping[str, Rows]) -> str:
    inside = [iri for iri, row in concepts.items() if scheme in texts(row, terms.SKOS_IN_SCHEME)]
    rows = "\n".join(_concept(iri, concepts[iri]) for iri in sorted(inside))
    row = concepts[scheme]
    return (
        f'<article id="{_vocab_anchor(scheme)}"><h3>{escape(texts(row, terms.SKOS_PREF_LABEL)[0])} '
        f"<code>v:{scheme.removeprefix(terms.VOCAB)}</code></h3>\n"
        f"<p>{escape(texts(row, terms.SKOS_DEFINITION)[0])}</p>\n"
        f"<table><thead><tr><th>Concept</th><th>Meaning</th><th>Also written</th></tr></thead>\n"
        f"<tbody>{rows}</tbody></table></article>"
    )


def _concept(iri: str, row: Rows) -> str:
    names = ", ".join(escape(name) for name in texts(row, terms.SKOS_ALT_LABEL))
    return (
        f'<tr id="{_vocab_anchor(iri)}"><td>{escape(texts(row, terms.SKOS_PREF_LABEL)[0])}<br>'
        f"<code>v:{iri.removeprefix(terms.VOCAB)}</code></td>"
        f"<td>{escape(texts(row, terms.SKOS_DEFINITION)[0])}</td><td>{names}</td></tr>"
    )


def _question_part() -> str:
    entries = "\n".join(
        f'<details id="CQ{q.number:02}"><summary>CQ{q.number:02}: {escape(q.text)}</summary>'
        f"<pre>{escape(q.query.strip())}</pre></details>"
        for q in load_questions()
    )
    lead = "<p>What the ontology must be able to answer.</p>"
    return f'<section id="questions"><h2>Questions</h2>\n{lead}\n{entries}</section>'


def _change_part() -> str:
    listed = tomllib.loads((FOLDER / "changes.toml").read_text(encoding="utf-8"))["version"]
    entries = "\n".join(
        f"<h3>{version['number']} ({version['date']})</h3><ul>{_items(version['changes'])}</ul>"
        for version in listed
    )
    return f'<section id="changes"><h2>Changes</h2>\n{entries}</section>'


def _items(lines: Iterable[str]) -> str:
    return "".join(f"<li>{escape(line)}</li>" for line in lines)


def _link(iri: str) -> str:
    if iri.startswith(terms.NS):
        local = iri.removeprefix(terms.NS)
        return f'<a href="#{local}">{local}</a>'
    return f"<code>{escape(iri)}</code>"


def _words(query: str) -> set[str]:
    return set(query.replace("/", " ").replace("|", " ").replace("^", " ").replace("+", " ").split())


def _vocab_anchor(iri: str) -> str:
    return "vocab-" + iri.removeprefix(terms.VOCAB)


def _anchor(name: str) -> str:
    return name.lower().replace(" ", "-")
