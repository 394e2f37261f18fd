"""Reports written on the spot for the tests of the readers."""

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate

from ingest.reports import read_report
from kg.model import Report

BODY = ParagraphStyle(
    "body", fontName="Times-Roman", fontSize=10, leading=12.5, spaceAfter=6, alignment=TA_JUSTIFY
)
HEADING = ParagraphStyle(
    "heading", fontName="Helvetica-Bold", fontSize=13, leading=16, spaceBefore=8, spaceAfter=3
)
TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=18, leading=22, spaceAfter=10)


def written(folder: Path, name: str, content: str | bytes) -> Path:
    """The file of that name in the folder with the content."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(folder: Path, name: str, content: str | bytes) -> Report:
    """The report that the content gives under that file name."""
    return read_report(written(folder, name, content))


def texts(report: Report, kind: str) -> list[str]:
    """The texts of the report's blocks of one kind, in order."""
    return [report.text[block.start : block.end] for block in report.blocks if block.kind == kind]


def cells(report: Report) -> list[list[str]]:
    """The cells of the report's first table, row by row."""
    table = next(block for block in report.blocks if block.kind == "table")
    return [[report.text[cell.start : cell.end] for cell in row] for row in table.rows]


def typeset(
    story: Sequence[Flowable | str],
    *,
    frame: Callable[[Canvas, int], None] = lambda canvas, page: None,
    **options: object,
) -> bytes:
    """A PDF of the flowables; a plain string is a paragraph, `frame` draws on each page."""
    out = BytesIO()
    flowables = [Paragraph(each, BODY) if isinstance(each, str) else each for each in story]
    document = SimpleDocTemplate(out, pagesize=A5, invariant=1, **options)

    def draw(canvas: Canvas, _: object) -> None:
        canvas.saveState()
        frame(canvas, canvas.getPageNumber())
        canvas.restoreState()

    document.build(flowables, onFirstPage=draw, onLaterPages=draw)
    return out.getvalue()


def drawn(*lines: tuple[float, float, str], size: float = 10, **options: object) -> bytes:
    """A PDF of one page with the lines at their places, in points from the left and the bottom edge."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A5, invariant=1, **options)
    canvas.setFont("Helvetica", size)
    for x, y, text in lines:
        canvas.drawString(x, y, text)
    canvas.save()
    return out.getvalue()
