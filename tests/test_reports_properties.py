"""What holds for every text: blocks are in order, apart and inside it, and cells are inside their table."""

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.formats.markdown import read_markdown
from ingest.formats.plain import read_plain
from ingest.formats.rendering import Declared, Piece, Written, render, squeeze
from ingest.reports import report_of
from kg.anchors import Quote, QuoteFinder

LINES = st.sampled_from(
    [
        *(
            "# Title",
            "## Heading ##",
            "Setext",
            "====",
            "----",
            "---",
            "***",
            "A paragraph line.",
            "  indented",
            "",
        ),
        *(
            "- item",
            "  - nested",
            "1. first",
            "10) tenth",
            "* star",
            "+ plus",
            "> quote",
            "> > deeper",
            ">",
            "> - in",
        ),
        *("| a | b |", "|---|---|", "| 1 | \\| 2 |", "a | b", "--|--", "|", "||", "| | |", "\t| tab |"),
        *(
            "```",
            "~~~",
            "    code",
            "\tcode",
            "<div>",
            "</div>",
            "<!-- a",
            "-->",
            "[ref]: /x",
            "[link](x) *em*",
        ),
        *(
            "\u3000wide",
            "\u00a0nbsp ",
            "e\u0301 🏭 €",
            "\x0c",
            "\u2028",
            "x\u200b",
            "\\# no",
            "#no",
            "-",
            "1.",
            "#",
        ),
    ]
)
MARKDOWN = st.lists(LINES | st.text(max_size=12), max_size=25).map("\n".join)
PLAIN = st.lists(st.text(max_size=90), max_size=12).map("\n".join)


def check(rendering):
    text, last = rendering.text, 0
    for block in rendering.blocks:
        assert last <= block.start < block.end <= len(text)
        # A table may begin with an empty cell.
        assert block.rows or text[block.start : block.end].strip() == text[block.start : block.end]
        last = block.end
        check_cells(block, text)


def check_cells(block, text):
    last = block.start
    for row in block.rows:
        for cell in row:
            assert last <= cell.start <= cell.end <= block.end
            assert text[cell.start : cell.end].strip() == text[cell.start : cell.end]
            assert "\n" not in text[cell.start : cell.end]
            last = cell.end
    assert bool(block.rows) == (block.kind == "table")


@settings(max_examples=300, deadline=None)
@given(MARKDOWN)
@example("- > # a\n  > b")
@example("> | a |\n> |---|\n> | b |")
@example("a\n===\n\n   # b   #   ")
def test_markdown_blocks_are_stretches_of_the_body(text):
    body = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    if re.search(r"[\x00-\x08\x0e-\x1f]", body):
        return
    rendering = read_markdown(
        text.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode(), "a.md"
    )
    check(rendering)


@settings(max_examples=200, deadline=None)
@given(MARKDOWN)
def test_no_word_of_markdown_is_lost(text):
    if re.search(r"[\x00-\x08\x0e-\x1f\ud800-\udfff]", text):
        return
    rendering = read_markdown(text.encode(), "a.md")
    covered = " ".join(rendering.text[block.start : block.end] for block in rendering.blocks)
    for word in ("Title", "Heading", "paragraph", "item", "nested", "first", "quote", "deeper"):
        assert covered.count(word) == rendering.text.count(word)


@settings(max_examples=200, deadline=None)
@given(PLAIN)
def test_plain_blocks_cover_everything_but_marks_and_rules(text):
    if re.search(r"[\x00-\x08\x0e-\x1f\ud800-\udfff]", text):
        return
    rendering = read_plain(text.encode(), "a.txt")
    check(rendering)
    covered = "".join(rendering.text[block.start : block.end] for block in rendering.blocks)
    kept = [char for char in rendering.text if char.isalpha()]
    # An item's own mark may be a letter: "a) ".
    assert len(kept) - sum(map(str.isalpha, covered)) <= len(rendering.blocks)


TEXT = st.text(max_size=20)
ROWS = st.lists(
    st.lists(st.builds(Written, TEXT, st.booleans()), max_size=4).map(tuple), min_size=1, max_size=4
)
PIECES = st.lists(
    st.builds(Piece, st.sampled_from(["paragraph", "heading", "list-item"]), TEXT)
    | ROWS.map(lambda rows: Piece("table", rows=tuple(rows)))
)


@settings(max_examples=200, deadline=None)
@given(PIECES)
def test_pieces_are_found_again_at_their_places(pieces):
    rendering = render(pieces, Declared())
    check(rendering)
    found = [rendering.text[b.start : b.end] for b in rendering.blocks if b.kind != "table"]
    assert found == [squeeze(piece.text) for piece in pieces if squeeze(piece.text)]
    cells = [rendering.text[c.start : c.end] for b in rendering.blocks for row in b.rows for c in row]
    rows = [row for piece in pieces for row in piece.rows if any(squeeze(cell.text) for cell in row)]
    assert cells == [squeeze(cell.text).replace("|", "/") for row in rows for cell in row]


SENTENCES = st.lists(
    st.sampled_from(["AWS plans 200 MW.", "Meta plans 300 MW.", "It grew by 12%.", "Then it stops."]),
    min_size=1,
    max_size=9,
)


@settings(max_examples=100, deadline=None)
@given(SENTENCES, st.data())
def test_a_quote_is_found_again_in_its_own_report_at_its_own_place(sentences, data):
    report = report_of("\n\n".join(sentences).encode(), "a.md")
    block = data.draw(st.sampled_from(report.blocks))
    quote = report.text[block.start : block.end]
    prefix, suffix = (
        report.text[max(0, block.start - 32) : block.start],
        report.text[block.end : block.end + 32],
    )
    found = QuoteFinder(report.text).find(Quote(quote, prefix, suffix, block.start))
    assert found == (block.start, block.end)
