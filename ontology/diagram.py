"""The claim model as SVG: boxes are placed by hand, their contents and arrows are read from the Turtle."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from ontology import terms
from ontology.turtle import CORE, Rows, subjects_of, texts

_HEAD, _LINE = 36, 16  # heights of a box's title and of one line in it
_LONG = 200  # an arrow this high passes other boxes, so its name stands near its beginning


@dataclass(frozen=True)
class _Box:
    """Where a class stands, and in how many columns its properties are listed."""

    left: int
    top: int
    width: int
    columns: int
    listed: tuple[str, ...] = ()

    @property
    def height(self) -> int:
        return _HEAD + _LINE * -(-len(self.listed) // self.columns) + (8 if self.listed else 0)

    @property
    def middle(self) -> int:
        return self.left + self.width // 2

    @property
    def bottom(self) -> int:
        return self.top + self.height


_PLACES: Mapping[str, _Box] = {
    terms.C_CONFLICT: _Box(10, 20, 140, 1),
    terms.C_CLAIM: _Box(270, 20, 360, 3),
    terms.C_EVIDENCE: _Box(750, 20, 140, 1),
    terms.C_DOCUMENT: _Box(750, 150, 140, 1),
    terms.C_RELATION_CLAIM: _Box(10, 330, 180, 1),
    terms.C_METRIC_CLAIM: _Box(240, 330, 180, 2),
    terms.C_TRANSITION_CLAIM: _Box(470, 330, 180, 1),
    terms.C_PROPOSITION_CLAIM: _Box(700, 330, 180, 1),
    terms.C_METRIC: _Box(240, 500, 180, 1),
    terms.C_MARKET_TERM: _Box(700, 500, 180, 1),
}
_SIZE = (900, 550)


def claim_model() -> str:
    """An SVG drawing of the classes around a claim, their properties, and what these lead to."""
    core = subjects_of(CORE)
    between = _between(core)
    drawn = {iri for properties in between.values() for iri in properties}
    boxes = {iri: _filled(place, _of(core, iri) - drawn) for iri, place in _PLACES.items()}
    parts = [
        _loop(boxes[s], ps) if s == t else _arrow(boxes[s], boxes[t], ps) for (s, t), ps in between.items()
    ]
    parts += [_arrow(boxes[iri], boxes[above], [], dashed=True) for iri, above in _kinds(core)]
    parts += [_box(iri, box, texts(core[iri], terms.RDFS_LABEL)[0]) for iri, box in boxes.items()]
    return (
        f'<svg viewBox="0 0 {_SIZE[0]} {_SIZE[1]}" role="group" aria-label="The claim model" class="model">'
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto-start-reverse"><path d="M0 0L8 4L0 8z"/></marker></defs>' + "".join(parts) + "</svg>"
    )


def _between(core: Mapping[str, Rows]) -> dict[tuple[str, str], list[str]]:
    """Pairs of classes in the drawing, with the properties from one to the other."""
    between: dict[tuple[str, str], list[str]] = {}
    for iri, row in core.items():
        for domain in texts(row, terms.RDFS_DOMAIN):
            for value in texts(row, terms.RDFS_RANGE):
                if domain in _PLACES and value in _PLACES:
                    between.setdefault((domain, value), []).append(iri)
    return between


def _of(core: Mapping[str, Rows], cls: str) -> set[str]:
    return {iri for iri, row in core.items() if cls in texts(row, terms.RDFS_DOMAIN)}


def _kinds(core: Mapping[str, Rows]) -> Iterator[tuple[str, str]]:
    for iri in _PLACES:
        for above in texts(core[iri], terms.RDFS_SUB_CLASS_OF):
            if above in _PLACES:
                yield iri, above


def _filled(place: _Box, properties: set[str]) -> _Box:
    return _Box(place.left, place.top, place.width, place.columns, tuple(sorted(properties)))


def _box(iri: str, box: _Box, label: str) -> str:
    rows = -(-len(box.listed) // box.columns) or 1
    names = [
        _name(
            prop,
            box.left + 12 + (box.width - 16) * (i // rows) // box.columns,
            box.top + _HEAD + 10 + _LINE * (i % rows),
            anchor="start",
        )
        for i, prop in enumerate(box.listed)
    ]
    return (
        f'<rect x="{box.left}" y="{box.top}" width="{box.width}" height="{box.height}" rx="6"/>'
        f'<a href="#{_local(iri)}"><text x="{box.middle}" y="{box.top + 23}" text-anchor="middle">'
        f"{escape(label)}</text></a>" + "".join(names)
    )


def _arrow(source: _Box, target: _Box, properties: list[str], *, dashed: bool = False) -> str:
    if source == target:
        return _loop(source, properties)
    (x1, y1), (x2, y2) = _ends(source, target)
    named_at = 0.3 if y2 - y1 > _LONG else 0.5
    style = ' stroke-dasharray="5 4"' if dashed else ""
    line = f'<path d="M{x1} {y1}L{x2} {y2}" marker-end="url(#tip)"{style}/>'
    return line + _names(properties, round(x1 + (x2 - x1) * named_at), round(y1 + (y2 - y1) * named_at) - 6)


def _loop(box: _Box, properties: list[str]) -> str:
    start, end, low = box.middle - 45, box.middle + 45, box.bottom
    curve = f"M{start} {low}C{start} {low + 50} {end} {low + 50} {end} {low}"
    return f'<path d="{curve}" marker-end="url(#tip)"/>' + _names(properties, box.middle, low + 52)


def _names(properties: list[str], x: int, y: int) -> str:
    return "".join(_name(iri, x, y + 15 * i, anchor="middle") for i, iri in enumerate(sorted(properties)))


def _name(iri: str, x: int, y: int, *, anchor: str) -> str:
    local = escape(_local(iri))
    return f'<a href="#{local}"><text x="{x}" y="{y}" text-anchor="{anchor}" class="name">{local}</text></a>'


def _ends(source: _Box, target: _Box) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where an arrow leaves one box and reaches the other: at facing sides, spread along a long one."""
    if source.left + source.width < target.left and abs(source.top - target.top) < 150:
        return (source.left + source.width, target.top + 18), (target.left, target.top + 18)
    below = source.top < target.top
    start = min(max(target.middle, source.left + 20), source.left + source.width - 20)
    end = min(max(source.middle, target.left + 20), target.left + target.width - 20)
    if below:
        return (start, source.bottom), (end, target.top)
    return (start, source.top), (end, target.bottom)


def _local(iri: str) -> str:
    return iri.rsplit("#", 1)[-1]
