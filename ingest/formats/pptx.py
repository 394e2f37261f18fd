"""Slides -> rendering: titles as headings, text, tables, and the figures behind charts; a slide is a page.

Shapes are read from top to bottom and from left to right. Speaker notes come after the slide's own text.
"""

from collections.abc import Iterable, Iterator
from io import BytesIO

from lxml import etree
from pptx import Presentation
from pptx.chart.chart import Chart
from pptx.exc import PythonPptxError
from pptx.shapes.autoshape import Shape
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.shapes.group import GroupShape
from pptx.slide import Slide
from pptx.table import Table
from pptx.text.text import TextFrame

from ingest.formats.archives import open_archive
from ingest.formats.number_formats import as_shown
from ingest.formats.rendering import Declared, Piece, Rendering, Written, render, squeeze, titled
from ingest.formats.tables import with_header_row
from kg.errors import UnreadableReport

_PROGRAM_TITLES = ("", "powerpoint presentation")
_FIRST_YEAR = 2000
_SAME_HEIGHT = 100_000  # English metric units, about 3 mm: shapes side by side


def read_pptx(content: bytes, source: str) -> Rendering:
    """The presentation's text and properties; raises UnreadableReport."""
    open_archive(content, source)
    try:
        slides = Presentation(BytesIO(content))
        pieces = [piece for number, slide in enumerate(slides.slides, 1) for piece in _slide(slide, number)]
        properties = slides.core_properties
    except (PythonPptxError, KeyError, ValueError, etree.LxmlError) as fault:
        raise UnreadableReport(source, "is a damaged presentation; save it anew as .pptx") from fault
    title = squeeze(properties.title or "")
    declared = Declared(title=None if title.lower() in _PROGRAM_TITLES else title)
    made = properties.created
    printed = made.date() if made and made.year >= _FIRST_YEAR else None
    return render(titled(pieces, declared.title), declared, printed)


def _slide(slide: Slide, number: int) -> Iterator[Piece]:
    title = slide.shapes.title
    if title is not None:
        yield Piece("heading", title.text_frame.text, level=2, page=number)
    for shape in _in_order(slide.shapes):
        if title is None or shape.shape_id != title.shape_id:
            yield from _shape(shape, number)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        yield from _text(slide.notes_slide.notes_text_frame, number)


def _in_order(shapes: Iterable[BaseShape]) -> list[BaseShape]:
    return sorted(shapes, key=lambda shape: ((shape.top or 0) // _SAME_HEIGHT, shape.left or 0))


def _shape(shape: BaseShape, number: int) -> Iterator[Piece]:
    if isinstance(shape, GroupShape):
        for inner in _in_order(shape.shapes):
            yield from _shape(inner, number)
    elif isinstance(shape, GraphicFrame) and shape.has_table:
        yield Piece("table", page=number, rows=_table(shape.table))
    elif isinstance(shape, GraphicFrame) and shape.has_chart:
        yield from _chart(shape.chart, number)
    elif isinstance(shape, Shape):
        yield from _text(shape.text_frame, number)


def _text(frame: TextFrame, number: int) -> Iterator[Piece]:
    paragraphs = [paragraph.text for paragraph in frame.paragraphs if paragraph.text.strip()]
    for text in paragraphs:
        yield Piece("list-item" if len(paragraphs) > 1 else "paragraph", text, page=number)


def _table(table: Table) -> tuple[tuple[Written, ...], ...]:
    rows = [["" if cell.is_spanned else cell.text for cell in row.cells] for row in table.rows]
    if not table.first_row:
        return with_header_row(rows)
    return tuple(tuple(Written(text, header=at == 0) for text in row) for at, row in enumerate(rows))


def _chart(chart: Chart, number: int) -> Iterator[Piece]:
    """The chart's title, and a table of its categories with the value of each series."""
    if chart.has_title and chart.chart_title.has_text_frame:
        yield Piece("paragraph", chart.chart_title.text_frame.text, page=number)
    for plot in chart.plots:
        series = [(each.name, [as_shown(v, _format_of(each)) for v in each.values]) for each in plot.series]
        names = [str(category) for category in plot.categories]
        header = ("", *(name for name, _ in series))
        rows = [
            (name, *(values[at] for _, values in series if at < len(values))) for at, name in enumerate(names)
        ]
        yield Piece("table", page=number, rows=with_header_row([header, *rows]))


def _format_of(series: object) -> str:
    found = series._element.xpath(".//c:val//c:formatCode")  # type: ignore[attr-defined]
    return str(found[0].text or "") if found else ""
