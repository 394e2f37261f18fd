"""Sheets, CSV files, slides and mail: what their readers see on the screen is what the report's text says."""

from datetime import date, datetime
from email.message import EmailMessage
from io import BytesIO

import pytest
from openpyxl import Workbook
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches
from written_reports import cells, read, texts

from ingest.formats.number_formats import as_shown
from kg.errors import UnreadableReport


def saved(document):
    out = BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (0.325, "0%", "32%"),
        (0.325, "0.0%", "32.5%"),
        (1234567.891, "#,##0", "1,234,568"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (200e9, '$#,##0.0,,,"bn"', "$200.0bn"),
        (12, "[$€-407]#,##0.##", "€12"),
        (12.5, '#,##0.## "MW"', "12.5 MW"),
        (-3, "#,##0;(#,##0)", "(3)"),
        (-3, "#,##0;[Red]-#,##0", "-3"),
        (-0.05, "0%", "-5%"),
        (1.5, "General", "1.5"),
        (0.1 + 0.2, "General", "0.3"),
        (2026, "General", "2026"),
        (3, '"some text"', "3"),
        (1, "@", "1"),
        (True, "General", "TRUE"),
        (None, "0%", ""),
        ("200 MW", "General", "200 MW"),
        (datetime(2026, 5, 28), "yyyy", "2026-05-28"),  # noqa: DTZ001
        (date(2026, 5, 28), "d mmm", "2026-05-28"),
    ],
)
def test_a_value_is_written_as_the_sheet_shows_it(value, number_format, shown):
    assert as_shown(value, number_format) == shown


@pytest.fixture
def workbook(tmp_path):
    book = Workbook()
    sheet = book.active
    sheet.title = "Capex"
    rows = [
        ["Capex by firm"],
        [],
        ["Firm", 2025, 2026],
        ["AWS", 131e9, 200e9],
        ["Meta", 72e9, None],
        [],
        ["Source: Acme"],
    ]
    for row in rows:
        sheet.append(row)
    for cell in (sheet["B4"], sheet["C4"], sheet["B5"]):
        cell.number_format = '$#,##0,,," billion"'
    hidden = book.create_sheet("Workings")
    hidden.append(["A", "secret"])
    hidden.sheet_state = "hidden"
    book.create_sheet("Empty")
    book.properties.title, book.properties.created = "Capex tables", datetime(2026, 5, 28)  # noqa: DTZ001
    return read(tmp_path, "a.xlsx", saved(book))


def test_a_sheet_is_a_heading_with_tables_and_notes(workbook):
    assert [block.kind for block in workbook.blocks] == [
        "title",
        "heading",
        "paragraph",
        "table",
        "paragraph",
    ]
    assert texts(workbook, "paragraph") == ["Capex by firm", "Source: Acme"]
    assert (workbook.title, workbook.issued) == ("Capex tables", date(2026, 5, 28))


def test_a_sheet_s_figures_keep_their_units(workbook):
    assert cells(workbook) == [
        ["Firm", "2025", "2026"],
        ["AWS", "$131 billion", "$200 billion"],
        ["Meta", "$72 billion", ""],
    ]


def test_hidden_sheets_are_not_read(workbook):
    assert "secret" not in workbook.text


def test_a_formula_is_neither_computed_nor_read_as_text(tmp_path):
    book = Workbook()
    book.active.append(["Firm", "Sum"])
    book.active.append(["AWS", "=1+1"])
    book.active.append(["Meta", 3])
    assert cells(read(tmp_path, "a.xlsx", saved(book))) == [["Firm", "Sum"], ["AWS", ""], ["Meta", "3"]]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_is_read_whatever_parts_its_fields(tmp_path, delimiter):
    rows = [["Firm", "Capex, planned"], ["AWS", "$200 bn; more"], ["Meta", "$72 bn"]]
    content = "\n".join(delimiter.join(f'"{text}"' for text in row) for row in rows)
    assert cells(read(tmp_path, "a.csv", content)) == rows


def test_csv_notes_above_a_table_are_paragraphs(tmp_path):
    report = read(tmp_path, "a.csv", "Capex by firm\n\nFirm,2025,2026\nAWS,131,200\n\nSource: Acme\n")
    assert [block.kind for block in report.blocks] == ["paragraph", "table", "paragraph"]


def test_formulas_in_csv_stay_text(tmp_path):
    report = read(tmp_path, "a.csv", "Firm,Capex\nAWS,\"=cmd|'/C calc'!A0\"\nMeta,+72\n")
    assert cells(report)[1:] == [["AWS", "=cmd/'/C calc'!A0"], ["Meta", "+72"]]


def test_a_sheet_of_too_many_rows_is_refused(tmp_path):
    with pytest.raises(UnreadableReport, match="more than 20,000 rows"):
        read(tmp_path, "a.csv", "a,b\n" * 20_001)


@pytest.fixture
def slides(tmp_path):
    deck = Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[0])
    first.shapes.title.text = "AI factories in 2026"
    second = deck.slides.add_slide(deck.slide_layouts[1])
    second.shapes.title.text = "Capacity"
    second.placeholders[1].text_frame.text = "G42 plans 1 GW."
    second.placeholders[1].text_frame.add_paragraph().text = "Nebius plans 3 GW."
    second.notes_slide.notes_text_frame.text = "Said by the speaker."
    third = deck.slides.add_slide(deck.slide_layouts[5])
    third.shapes.title.text = "Capex"
    table = third.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    for (row, column), text in {(0, 0): "Firm", (0, 1): "2026", (1, 0): "AWS", (1, 1): "$200 bn"}.items():
        table.cell(row, column).text = text
    data = CategoryChartData(number_format="0%")
    data.categories = ["AWS", "Azure"]
    data.add_series("Share", (0.32, 0.22))
    third.shapes.add_chart(XL_CHART_TYPE.PIE, Inches(1), Inches(4), Inches(4), Inches(3), data)
    deck.core_properties.title = "PowerPoint Presentation"
    return read(tmp_path, "a.pptx", saved(deck))


def test_slides_are_pages_with_titles_items_and_notes(slides):
    assert [(b.kind, b.page, slides.text[b.start : b.end]) for b in slides.blocks if b.kind != "table"] == [
        ("title", 1, "AI factories in 2026"),
        ("heading", 2, "Capacity"),
        ("list-item", 2, "G42 plans 1 GW."),
        ("list-item", 2, "Nebius plans 3 GW."),
        ("paragraph", 2, "Said by the speaker."),
        ("heading", 3, "Capex"),
    ]


def test_tables_and_charts_of_slides_give_their_figures(slides):
    assert cells(slides) == [["Firm", "2026"], ["AWS", "$200 bn"]]
    assert slides.text.endswith("\n\n | Share\nAWS | 32%\nAzure | 22%")


def mail(**parts):
    message = EmailMessage()
    message["Subject"], message["From"] = "Fwd: AI factory weekly", "Acme Research <news@example.org>"
    message["Date"] = "Thu, 28 May 2026 10:00:00 +0000"
    if "plain" in parts:
        message.set_content(parts["plain"])
    if "html" in parts:
        (message.add_alternative if "plain" in parts else message.set_content)(parts["html"], subtype="html")
    message.add_attachment(
        b"%PDF-1.7 secret", maintype="application", subtype="pdf", filename="../../etc/x.pdf"
    )
    return message.as_bytes()


def test_a_mail_is_its_text_with_its_head_as_publication(tmp_path):
    report = read(tmp_path, "a.eml", mail(plain="AWS plans €200 million of capex in 2026.\n"))
    assert report.text.strip() == "AWS plans €200 million of capex in 2026."
    assert (report.title, report.publisher, report.issued, report.kind) == (
        "AI factory weekly",
        "Acme Research",
        date(2026, 5, 28),
        "mail",
    )


def test_the_html_version_counts_where_the_plain_one_says_little(tmp_path):
    html = "<h1>Weekly</h1><p>AWS plans $200 billion of capex in 2026, and Meta plans more of it too.</p>"
    assert "Meta plans" in read(tmp_path, "a.eml", mail(plain="See the web version.", html=html)).text
    assert "Meta plans" in read(tmp_path, "b.eml", mail(html=html)).text


def test_a_text_that_is_no_mail_is_refused(tmp_path):
    with pytest.raises(UnreadableReport, match="no mail"):
        read(tmp_path, "a.eml", "Just some text of a file.\n")


@pytest.mark.parametrize("name", ["a.xlsx", "a.pptx"])
def test_a_damaged_office_file_is_refused(tmp_path, name):
    with pytest.raises(UnreadableReport, match=rf"^{name}: "):
        read(tmp_path, name, b"PK\x03\x04" + bytes(100))
