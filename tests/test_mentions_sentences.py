from itertools import pairwise

import pytest

from ingest.sentences import find_sentence_starts
from kg.model import Block, Cell


def split(text, blocks=()):
    starts = [*find_sentence_starts(text, blocks), len(text)]
    return [text[a:b].strip() for a, b in pairwise(starts)]


@pytest.mark.parametrize(
    "text",
    [
        "It paid $3.5 bn. to Acme Inc. in May.",
        "Revenue rose 4.5 percent in the U.S. market.",
        "The quarter ended on Sept. 30, J. R. Smith said.",
        "See No. 4 vs. No. 5.",
        "A line break\ninside a paragraph starts nothing.",
    ],
)
def test_an_abbreviation_or_a_line_break_ends_no_sentence(text):
    assert split(text) == [text]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Acme grew. Bolt shrank.", 2),
        ("It sells to Acme Inc. The deal closed.", 2),
        ("Most sites are in the U.S. They grow.", 2),
        ('"It grew." Bolt said so! Did it? Yes.', 4),
        ("It is about I/O. Evaluation follows.", 2),
        ("One paragraph\n\nAnother", 2),
    ],
)
def test_sentences_are_told_apart(text, count):
    assert len(split(text)) == count


def test_rows_of_a_table_are_sentences():
    text = "| Firm | MW |\n| Acme | 40 |\n\nMore."
    rows = ((Cell(2, 6, header=True), Cell(9, 11, header=True)), (Cell(16, 20), Cell(23, 25)))
    blocks = (Block(0, 27, "table", rows=rows), Block(29, 34, "paragraph"))
    assert find_sentence_starts(text, blocks) == [0, 2, 16, 29]
