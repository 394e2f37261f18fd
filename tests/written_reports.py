"""Reports written on the spot for the tests of the readers."""

from collections.abc import Callable, Sequence
from html import escape
from io import BytesIO
from pathlib import Path

import docx
from docx.document import Document as DocxDocument
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table

from ingest.reports import read_report
from kg.model import Report

BODY = ParagraphStyle(
    "body", fontName="Times-Roman", fontSize=10, leading=12.5, spaceAfter=6, alignment=TA_JUSTIFY
)
HEADING = ParagraphStyle(
    "heading", fontName="Helvetica-Bold", fontSize=13, leading=16, spaceBefore=8, spaceAfter=3
)
TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=18, leading=22, spaceAfter=10)

_WRITTEN_AS = {
    "title": ("h1", "Title", TITLE),
    "heading": ("h2", "Heading 1", HEADING),
    "paragraph": ("p", "Normal", BODY),
    "list-item": ("li", "List Bullet", BODY),
    "quote": ("blockquote", "Quote", BODY),
}


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


def in_other_formats(report: Report) -> dict[str, bytes]:
    """The report's blocks written as a page, a Word document and a PDF, by file name."""
    document = docx.Document()
    document.core_properties.title = ""
    page: list[str] = []
    story: list[Flowable] = []
    for block in report.blocks:
        text = " ".join(report.text[block.start : block.end].split())
        rows = [[report.text[cell.start : cell.end] for cell in row] for row in block.rows]
        if rows:
            page.append("<table>" + "".join(f"<tr>{_html_cells(row)}" for row in rows) + "</table>")
            _add_table(document, rows)
            story.append(Table(rows, style=[("GRID", (0, 0), (-1, -1), 0.5, "black")]))
            continue
        tag, style, font = _WRITTEN_AS[block.kind]
        page.append(f"<{tag}>{escape(text)}</{tag}>")
        document.add_paragraph(text, style=style)
        story.append(Paragraph(("• " if tag == "li" else "") + escape(text), font))
    word = BytesIO()
    document.save(word)
    html = f"<!doctype html><meta charset=utf-8><article>{''.join(page)}</article>"
    return {"a.html": html.encode(), "a.docx": word.getvalue(), "a.pdf": typeset(story)}


def _html_cells(row: list[str]) -> str:
    return "".join(f"<td>{escape(text)}</td>" for text in row)


def _add_table(document: DocxDocument, rows: list[list[str]]) -> None:
    table = document.add_table(len(rows), len(rows[0]))
    for row, texts_of_row in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts_of_row, strict=True):
            cell.text = text
