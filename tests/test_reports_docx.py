"""Word documents: headings, lists and tables in their order; tracked changes as their author left them."""

from datetime import UTC, date, datetime
from io import BytesIO

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from written_reports import cells, read

from kg.errors import UnreadableReport


def saved(document):
    out = BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.fixture
def document():
    document = docx.Document()
    document.core_properties.title = ""
    return document


def test_styles_tell_the_blocks(tmp_path, document):
    document.add_paragraph("Power is scarce", style="Title")
    document.add_heading("Capacity", 1)
    document.add_heading("By site", 2)
    document.add_paragraph("The site has 200 MW.")
    document.add_paragraph("First item.", style="List Bullet")
    document.add_paragraph("Said by somebody.", style="Quote")
    report = read(tmp_path, "a.docx", saved(document))
    assert [(block.kind, block.level) for block in report.blocks] == [
        ("title", 1),
        ("heading", 2),
        ("heading", 3),
        ("paragraph", 0),
        ("list-item", 0),
        ("quote", 0),
    ]
    assert report.title == "Power is scarce"


def test_a_table_stands_where_it_was_and_merged_cells_come_once(tmp_path, document):
    document.add_paragraph("Before the table.")
    table = document.add_table(rows=3, cols=3)
    for row, values in zip(
        table.rows, (("Firm", "Capex", ""), ("AWS", "1", "2"), ("Meta", "3", "4")), strict=True
    ):
        for cell, text in zip(row.cells, values, strict=True):
            cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    document.add_paragraph("After the table.")
    report = read(tmp_path, "a.docx", saved(document))
    assert [block.kind for block in report.blocks] == ["paragraph", "table", "paragraph"]
    assert cells(report) == [["Firm", "Capex", ""], ["AWS", "1", "2"], ["Meta", "3", "4"]]


def test_inserted_text_counts_and_deleted_text_does_not(tmp_path, document):
    paragraph = document.add_paragraph("Capex was ")._p
    paragraph.append(parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>$1 billion</w:delText></w:r></w:del>"))
    paragraph.append(parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>$2 billion</w:t></w:r></w:ins>"))
    assert read(tmp_path, "a.docx", saved(document)).text == "Capex was $2 billion"


def test_headers_and_footers_are_no_text_of_the_report(tmp_path, document):
    document.sections[0].header.paragraphs[0].text = "Confidential draft"
    document.add_paragraph("The text.")
    assert read(tmp_path, "a.docx", saved(document)).text == "The text."


def test_properties_are_the_publication(tmp_path, document):
    document.core_properties.title = "Power is scarce"
    document.core_properties.created = datetime(2026, 5, 11, tzinfo=UTC)
    document.add_paragraph("The text.")
    report = read(tmp_path, "a.docx", saved(document))
    assert (report.title, report.issued) == ("Power is scarce", date(2026, 5, 11))
    assert report.text == "Power is scarce\n\nThe text."


def test_a_template_s_title_does_not_hide_the_one_that_is_shown(tmp_path, document):
    document.core_properties.title = "Quarterly template v3"
    document.add_paragraph("Power is scarce", style="Title")
    document.add_paragraph("The text.")
    assert read(tmp_path, "a.docx", saved(document)).title == "Power is scarce"


def test_a_template_s_date_of_making_is_not_the_report_s(tmp_path, document):
    document.core_properties.created = datetime(2013, 12, 23, tzinfo=UTC)
    document.add_paragraph("Capex rose in 2025 and will rise until 2030.")
    assert read(tmp_path, "a.docx", saved(document)).issued is None
    document.add_paragraph("It had fallen in 2012.")
    assert read(tmp_path, "b.docx", saved(document)).issued == date(2013, 12, 23)


def test_a_document_that_lacks_its_parts_is_refused(tmp_path, document):
    content = saved(document).replace(b"[Content_Types].xml", b"[Content_Typez].xml")
    with pytest.raises(UnreadableReport, match="damaged Word document"):
        read(tmp_path, "a.docx", content)
