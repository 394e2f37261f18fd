"""PDF files: what a reader of the page sees is what the report's text says, in the order of reading."""

import os
import shutil
from datetime import date
from io import BytesIO

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import ListFlowable, ListItem, Paragraph, Table
from written_reports import BODY, HEADING, TITLE, cells, drawn, read, texts, typeset, written

from ingest.formats.pdf import read_pdf
from kg.errors import UnreadableReport

SENTENCE = "Rack power density rose in 2026 and the operators of data centers had to plan for more cooling. "


def running_frame(canvas, page):
    canvas.setFont("Helvetica", 8)
    canvas.drawString(72, 570, "ACME RESEARCH | AI factories")
    canvas.drawRightString(350, 570, "28 May 2026")
    canvas.drawCentredString(210, 25, f"Page {page} of 4")


@pytest.fixture
def long_report(tmp_path):
    story = [
        Paragraph("The state of AI factories", TITLE),
        Paragraph("Capacity", HEADING),
        *[f"{number}. part: {SENTENCE * 4}" for number in range(1, 13)],
    ]
    return read(tmp_path, "a.pdf", typeset(story, frame=running_frame))


def test_headings_are_told_by_their_size_and_the_largest_one_is_the_title(long_report):
    assert texts(long_report, "title") == ["The state of AI factories"]
    assert texts(long_report, "heading") == ["Capacity"]
    assert long_report.title == "The state of AI factories"


def test_running_heads_and_page_numbers_are_left_out(long_report):
    assert "ACME" not in long_report.text
    assert "Page" not in long_report.text


def test_blocks_know_the_page_that_they_start_on(long_report):
    pages = [block.page for block in long_report.blocks]
    assert pages == sorted(pages)
    assert pages[0] == 1
    assert pages[-1] == 3


def test_a_paragraph_that_a_page_cuts_is_one_block(long_report):
    assert all(text.endswith("more cooling.") for text in texts(long_report, "list-item"))
    assert len(texts(long_report, "list-item")) == 12


def chapter_frame(canvas, page):
    canvas.setFont("Times-Roman", 10)
    canvas.drawString(72, 570, f"Chapter {'ABC'[(page - 1) % 3]}: of some matter {page + 7}")


def test_heads_that_change_from_page_to_page_go_by_the_number_that_counts_on(tmp_path):
    story = [f"{SENTENCE * 4}" for _ in range(18)]
    assert "Chapter" not in read(tmp_path, "a.pdf", typeset(story, frame=chapter_frame)).text


def test_a_table_of_contents_is_left_out(tmp_path):
    contents = ["1. Summary . . . . . . . . . . . . 3", "2. Market size ............ 12"]
    report = read(tmp_path, "a.pdf", typeset([*contents, SENTENCE, "It grew by 12."]))
    assert "Summary" not in report.text
    assert "Market size" not in report.text
    assert report.text.endswith("It grew by 12.")


def test_a_numbered_heading_is_no_list_item(tmp_path):
    story = [Paragraph("1. Introduction", HEADING), SENTENCE, Paragraph("2.1 Capacity", HEADING), SENTENCE]
    report = read(tmp_path, "a.pdf", typeset([Paragraph("A title", TITLE), *story]))
    assert texts(report, "heading") == ["1. Introduction", "2.1 Capacity"]


def test_a_head_on_one_page_alone_stays(tmp_path):
    report = read(
        tmp_path, "a.pdf", drawn((60, 575, "Only here is it said."), (60, 300, "Another line of the text."))
    )
    assert "Only here is it said." in report.text


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        (
            "Operators need more equip-",
            "ment than a year ago.",
            "Operators need more equipment than a year ago.",
        ),
        ("They sell a full-", "stack product. A full-stack offer sells.", "They sell a full-stack product."),
        ("Density is 40-", "250 kW per rack in the year.", "Density is 40-250 kW per rack"),
        ("The EU-", "Commission has decided so.", "The EU-Commission has decided so."),
    ],
)
def test_words_cut_at_a_line_end_are_joined(tmp_path, first, second, joined):
    report = read(tmp_path, "a.pdf", drawn((60, 400, first), (60, 387, second)))
    assert joined in report.text


def test_two_columns_are_read_one_after_the_other(tmp_path):
    left = [(50, 400 - 12 * n, f"left column line {n} of the text") for n in range(8)]
    right = [(230, 400 - 12 * n, f"right column line {n} of the text") for n in range(8)]
    report = read(
        tmp_path, "a.pdf", drawn((50, 450, "A line over the whole page, " + "x" * 40), *left, *right)
    )
    assert report.text.index("left column line 7") < report.text.index("right column line 0")


def test_three_columns_whose_lines_stand_at_different_heights_are_read_one_after_the_other(tmp_path):
    starts = {40: 400, 165: 396, 290: 403}
    lines = [(x, y - 12 * n, f"column {x} line {n} is here") for x, y in starts.items() for n in range(8)]
    title = (40, 440, "A title over all of the columns of the page")
    report = read(tmp_path, "a.pdf", drawn(title, *lines, size=9))
    order = [report.text.index(f"column {x} line {n}") for x in starts for n in range(8)]
    assert order == sorted(order)


def test_a_table_with_rules_keeps_its_rows_and_cells(tmp_path):
    rows = [["Firm", "2025", "2026"], ["AWS", "$131 bn", "$200 bn"], ["Google", "$91 bn", "$180 bn"]]
    ruled = Table(rows, style=[("GRID", (0, 0), (-1, -1), 0.5, "black")])
    report = read(tmp_path, "a.pdf", typeset([SENTENCE, ruled, "After the table."]))
    assert cells(report) == rows
    assert report.text.index("$180 bn") < report.text.index("After the table.")


def test_a_table_without_rules_is_found_by_its_columns(tmp_path):
    rows = [["Firm", "2025", "2026"], ["AWS", "$131 bn", "$200 bn"], ["Google", "$91 bn", "$180 bn"]]
    report = read(
        tmp_path, "a.pdf", typeset([SENTENCE, Table(rows, colWidths=[90, 70, 70]), "After the table."])
    )
    assert cells(report) == rows


def test_cells_of_several_lines_are_put_together(tmp_path):
    long = Paragraph("Microsoft, five years, from the data center in Vineland, New Jersey", BODY)
    rows = [["Company", "Customer", "Value"], ["Nebius", long, "$17.4 bn"], ["Oracle", "OpenAI", "$300 bn"]]
    report = read(tmp_path, "a.pdf", typeset([SENTENCE, Table(rows, colWidths=[60, 140, 60]), "After it."]))
    assert cells(report)[1] == ["Nebius", long.text, "$17.4 bn"]
    assert len(cells(report)) == 3


def test_text_after_a_table_is_no_column_of_it(tmp_path):
    rows = [["Firm", "2025", "2026"], ["AWS", "$131 bn", "$200 bn"], ["Meta", "$72 bn", "$125 bn"]]
    table = Table(rows, colWidths=[50, 50, 50], hAlign="RIGHT")
    report = read(tmp_path, "a.pdf", typeset([SENTENCE, table, "After it."]))
    assert cells(report) == rows
    assert report.text.endswith("After it.")


def test_a_row_of_its_first_cell_alone_stays_a_row(tmp_path):
    rows = [["Site", "MW", "Year"], ["Europe", "", ""], ["Ulm", "200", "2026"], ["Lyon", "100", "2027"]]
    report = read(tmp_path, "a.pdf", typeset([SENTENCE, Table(rows, colWidths=[60, 60, 60]), SENTENCE]))
    assert cells(report) == rows


def test_two_rows_of_headers_are_both_marked(tmp_path):
    rows = [["", "2025", "", "2026", ""], ["Firm", "Capex", "Share", "Capex", "Share"]]
    rows += [["AWS", "131", "31%", "200", "32%"], ["Meta", "72", "20%", "125", "22%"]]
    ruled = Table(rows, style=[("GRID", (0, 0), (-1, -1), 0.5, "black"), ("SPAN", (1, 0), (2, 0))])
    report = read(tmp_path, "a.pdf", typeset([SENTENCE, ruled]))
    table = next(block for block in report.blocks if block.kind == "table")
    assert [row[1].header for row in table.rows] == [True, True, False, False]


def test_numbers_of_list_items_are_no_figures_of_their_text(tmp_path):
    items = [ListItem(Paragraph(f"{firm} grows. {SENTENCE}", BODY)) for firm in ("AWS", "Meta", "Oracle")]
    report = read(tmp_path, "a.pdf", typeset([SENTENCE, ListFlowable(items, bulletType="1")]))
    assert [text.split()[0] for text in texts(report, "list-item")] == ["AWS", "Meta", "Oracle"]
    assert all(text.endswith("more cooling.") for text in texts(report, "list-item"))


def test_a_table_s_first_row_of_names_and_years_is_its_header(tmp_path):
    rows = [["Firm", "2025", "2026"], ["AWS", "$131 bn", "$200 bn"], ["Google", "$91 bn", "$180 bn"]]
    report = read(tmp_path, "a.pdf", typeset([SENTENCE, Table(rows, colWidths=[90, 70, 70])]))
    table = next(block for block in report.blocks if block.kind == "table")
    assert [cell.header for cell in table.rows[0]] == [True, True, True]
    assert not any(cell.header for row in table.rows[1:] for cell in row)


def test_a_footnote_mark_does_not_change_the_figure_that_it_stands_at(tmp_path):
    report = read(tmp_path, "a.pdf", typeset(["Capex was $100 billion<super>12</super> in 2025, said Acme."]))
    assert "Capex was $100 billion in 2025" in report.text


def test_bullets_make_list_items(tmp_path):
    items = ListFlowable(
        [ListItem(Paragraph(text, BODY)) for text in ("AWS grows.", "Meta grows.")], bulletType="bullet"
    )
    report = read(tmp_path, "a.pdf", typeset([SENTENCE, items]))
    assert texts(report, "list-item") == ["AWS grows.", "Meta grows."]


def test_a_short_bold_line_of_the_text_s_own_size_is_a_heading(tmp_path):
    report = read(tmp_path, "a.pdf", typeset([SENTENCE, "<b>Spending by firm</b>", SENTENCE * 3]))
    assert "Spending by firm" in texts(report, "heading") + texts(report, "title")


def test_letters_printed_twice_for_boldness_are_read_once(tmp_path):
    report = read(tmp_path, "a.pdf", drawn((60, 400, "Capex of AWS"), (60.4, 400, "Capex of AWS")))
    assert report.text == "Capex of AWS"


@pytest.mark.parametrize(
    ("declared", "title"),
    [("Quarterly template v3", "The title"), ("the TITLE", "the TITLE"), ("untitled", "The title")],
)
def test_a_declared_title_counts_if_the_text_shows_no_other(tmp_path, declared, title):
    content = typeset([Paragraph("The title", TITLE), SENTENCE], title=declared)
    assert read(tmp_path, "a.pdf", content).title == title


def test_a_declared_title_counts_where_none_is_shown(tmp_path):
    assert read(tmp_path, "a.pdf", typeset([SENTENCE], title="The title")).title == "The title"


def test_the_date_of_making_counts_only_where_the_text_gives_none(tmp_path):
    dated, undated = (drawn((60, 400, text)) for text in ("LONDON, 28 May 2026 — Capex rose.", "Capex rose."))
    made = [content.replace(b"D:20000101", b"D:20260401") for content in (dated, undated)]
    assert [read(tmp_path, "a.pdf", content).issued for content in made] == [
        date(2026, 5, 28),
        date(2026, 4, 1),
    ]


def test_a_date_of_making_that_a_program_makes_up_does_not_count(tmp_path):
    assert read(tmp_path, "a.pdf", drawn((60, 400, "Capex rose."))).issued is None


def test_a_locked_file_is_named_as_encrypted(tmp_path):
    content = drawn((60, 400, "Secret."), encrypt=StandardEncryption("open sesame", canPrint=0))
    with pytest.raises(UnreadableReport, match="encrypted; remove its password"):
        read(tmp_path, "a.pdf", content)


def test_a_file_that_only_forbids_printing_is_read(tmp_path):
    content = drawn(
        (60, 400, "Anyone may read this."), encrypt=StandardEncryption("", ownerPassword="x", canPrint=0)
    )
    assert read(tmp_path, "a.pdf", content).text == "Anyone may read this."


def scan(text=""):
    """A PDF of one page that is a picture of the text."""
    picture = Image.new("L", (1240, 1754), 255)
    ImageDraw.Draw(picture).text((150, 200), text, fill=0, font=ImageFont.load_default(60))
    out = BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=1)
    canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)
    canvas.save()
    return out.getvalue()


def test_a_scan_is_named_as_such_where_no_tesseract_is_installed(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UnreadableReport, match="scan without a text layer; install Tesseract"):
        read_pdf(scan("Capex rose."), "a.pdf")


@pytest.mark.skipif(
    shutil.which("tesseract") is None and not os.environ.get("AIFKG_REQUIRE_OPTIONAL"),
    reason="Tesseract is not installed",
)
@pytest.mark.slow
def test_tesseract_reads_a_scan(tmp_path):
    assert "Capex rose by 12%" in read(tmp_path, "a.pdf", scan("Capex rose by 12% in 2026.")).text


COLUMNS = "level page_num block_num par_num line_num word_num left top width height conf text"
TESSERACT_TABLE = [
    COLUMNS.split(),
    [4, 1, 1, 1, 1, 0, 300, 400, 900, 60, -1, ""],
    [5, 1, 1, 1, 1, 1, 300, 400, 200, 60, 96.5, "Capex"],
    [5, 1, 1, 1, 1, 2, 520, 412, 150, 48, 91, "rose"],
    [5, 1, 1, 1, 1, 3, 690, 400, 150, 60, 31, "72%"],
]


def test_words_that_ocr_is_not_sure_of_are_not_taken_for_figures(tmp_path, monkeypatch):
    """A program that answers in Tesseract's own format stands for it: what it says is fixed here."""
    table = "\n".join("\t".join(map(str, row)) for row in TESSERACT_TABLE)
    answer = written(tmp_path, "answer.tsv", table)
    program = written(tmp_path, "tesseract", f"#!/bin/sh\ncat > /dev/null\ncat '{answer}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    rendering = read_pdf(scan(), "a.pdf")
    assert rendering.text == "Capex rose \N{REPLACEMENT CHARACTER}"
    assert rendering.blocks[0].page == 1


@pytest.mark.parametrize("kept", [9, 200, 900])
def test_a_cut_off_file_gives_a_reason_or_its_text(tmp_path, kept):
    content = drawn((60, 400, "Some text of the file."))[:kept]
    with pytest.raises(UnreadableReport, match=r"^a\.pdf: "):
        read(tmp_path, "a.pdf", content)
