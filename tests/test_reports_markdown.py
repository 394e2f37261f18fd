"""Markdown files: the text is the raw body, the blocks are stretches of it, the front matter is metadata."""

from datetime import date

import pytest
from written_reports import cells, read, texts

BODY = """\
# The title

A paragraph with **bold** words
on two lines.

## A heading ##

- first item
- second item
  with a second line
  1. nested item

> Said by somebody.
> On two lines.

| Firm | Capex \\| planned |
|------|---------:|
| AWS  | $200 bn |
| Meta |  |

```
code
```

Setext heading
--------------

Last paragraph."""


@pytest.fixture
def report(tmp_path):
    return read(tmp_path, "a.md", BODY)


def test_the_text_is_the_file_without_its_front_matter(tmp_path, report):
    assert report.text == BODY
    assert read(tmp_path, "b.md", "---\ntitle: T\n---\n\nBody.\n").text == "\nBody.\n"


def test_every_kind_of_block_is_found_where_it_stands(report):
    found = [(block.kind, report.text[block.start : block.end]) for block in report.blocks]
    assert found == [
        ("title", "The title"),
        ("paragraph", "A paragraph with **bold** words\non two lines."),
        ("heading", "A heading"),
        ("list-item", "first item"),
        ("list-item", "second item\n  with a second line"),
        ("list-item", "nested item"),
        ("quote", "Said by somebody.\n> On two lines."),
        ("table", "| Firm | Capex \\| planned |\n|------|---------:|\n| AWS  | $200 bn |\n| Meta |  |"),
        ("code", "```\ncode\n```"),
        ("heading", "Setext heading"),
        ("paragraph", "Last paragraph."),
    ]


def test_headings_have_their_level_and_only_the_first_of_level_1_is_the_title(tmp_path):
    report = read(tmp_path, "a.md", "# One\n\n### Three\n\n# Two\n")
    assert [(block.kind, block.level) for block in report.blocks] == [
        ("title", 1),
        ("heading", 3),
        ("heading", 1),
    ]


def test_cells_of_a_table_have_exact_places(report):
    assert cells(report) == [["Firm", "Capex \\| planned"], ["AWS", "$200 bn"], ["Meta", ""]]


def test_only_the_first_row_of_a_table_is_its_header(report):
    table = next(block for block in report.blocks if block.kind == "table")
    assert [[cell.header for cell in row] for row in table.rows] == [
        [True, True],
        [False, False],
        [False, False],
    ]


def test_a_table_without_outer_bars_is_read_too(tmp_path):
    report = read(tmp_path, "a.md", "Firm | Capex\n---|---\nAWS | $200 bn\n")
    assert cells(report) == [["Firm", "Capex"], ["AWS", "$200 bn"]]


def test_front_matter_is_the_publication(tmp_path):
    report = read(
        tmp_path,
        "a.md",
        '---\ntitle: "A: b"\nurl: https://example.org/a\npublisher: Acme\npublished: 2026-05-28\n'
        "kind: news\n---\nText.\n",
    )
    assert (report.title, report.url, report.publisher) == ("A: b", "https://example.org/a", "Acme")
    assert (report.issued, report.kind) == (date(2026, 5, 28), "news")


@pytest.mark.parametrize("key", ["published", "date", "issued", "publication-date", "Published"])
def test_the_date_may_be_under_any_usual_key(tmp_path, key):
    assert read(tmp_path, "a.md", f"---\n{key}: May 28, 2026\n---\nText.\n").issued == date(2026, 5, 28)


def test_a_title_with_an_unquoted_colon_does_not_lose_the_front_matter(tmp_path):
    report = read(tmp_path, "a.md", "---\ntitle: Outlook: more power\npublisher: Acme\n---\nText.\n")
    assert (report.title, report.publisher) == ("Outlook: more power", "Acme")


@pytest.mark.parametrize(
    "head", ["- a\n- b", "date: 2026-13-45", "title: [1, 2]", "title: &a x\nurl: *a", "%", "title:"]
)
def test_odd_front_matter_leaves_the_body_readable(tmp_path, head):
    report = read(tmp_path, "a.md", f"---\n{head}\n---\n# From the body\n")
    assert report.text == "# From the body\n"
    assert report.issued is None


def test_without_front_matter_the_title_is_the_first_heading_else_the_file_s_name(tmp_path):
    assert read(tmp_path, "a.md", "## Only this\n\nText.\n").title == "Only this"
    assert read(tmp_path, "some-name.md", "Text alone.\n").title == "some-name"


def test_line_ends_of_other_systems_and_a_byte_order_mark_change_nothing(tmp_path, report):
    other = read(tmp_path, "b.md", b"\xef\xbb\xbf" + BODY.replace("\n", "\r\n").encode())
    assert (other.text, other.blocks) == (report.text, report.blocks)
    assert other.text_sha256 == report.text_sha256
    assert other.bytes_sha256 != report.bytes_sha256


def test_a_rule_at_the_top_is_no_front_matter(tmp_path):
    assert texts(read(tmp_path, "a.md", "---\n\nText.\n"), "paragraph") == ["Text."]


def test_html_in_markdown_is_not_read_as_prose(tmp_path):
    report = read(tmp_path, "a.md", "Text.\n\n<div>\nHidden.\n</div>\n\n<!-- a remark -->\n")
    assert [block.kind for block in report.blocks] == ["paragraph", "code", "code"]
