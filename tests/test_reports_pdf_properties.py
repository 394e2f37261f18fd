"""Wherever words stand on a page, each of them is read once."""

from collections import Counter

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.formats.pdf_edges import Page
from ingest.formats.pdf_layout import items_of
from ingest.formats.pdf_lines import Grid, Word
from ingest.formats.pdf_paragraphs import pieces_of


def word(number, x, y, width, size):
    return Word(f"word{number}", x, x + width, y, y + size, size, bold=number % 5 == 0)


PLACES = st.tuples(
    st.integers(30, 500), st.integers(30, 800), st.integers(10, 120), st.sampled_from([8.0, 9.0, 10.0, 14.0])
)
SCATTERED = st.lists(PLACES, max_size=60)
# Words that stand in a few columns and rows, as on real pages.
ALIGNED = st.lists(
    st.tuples(
        st.sampled_from([40, 130, 220, 310, 400]),
        st.sampled_from(range(60, 780, 12)),
        st.integers(20, 85),
        st.just(9.0),
    ),
    max_size=80,
    unique_by=lambda place: place[:2],
)


def read_words(items):
    texts = []
    for item in items:
        texts += [text for row in item.rows for text in row] if isinstance(item, Grid) else [item.text]
    return Counter(" ".join(texts).split())


@settings(max_examples=200, deadline=None)
@given(SCATTERED | ALIGNED)
def test_each_word_is_read_once(places):
    words = [word(number, *place) for number, place in enumerate(places)]
    found = read_words(items_of(words))
    together = "".join(sorted("".join(found.elements())))
    assert together == "".join(sorted("".join(each.text for each in words)))


@settings(max_examples=100, deadline=None)
@given(ALIGNED)
@example([(40, 60, 80, 9.0), (40, 72, 80, 9.0)])
def test_paragraphs_hold_all_words_of_the_lines(places):
    words = [word(number, *place) for number, place in enumerate(places)]
    page = Page(1, 842.0, tuple(items_of(words)))
    pieces = pieces_of([page])
    texts = [piece.text for piece in pieces] + [
        cell.text for piece in pieces for row in piece.rows for cell in row
    ]
    assert sorted("".join(texts).replace(" ", "")) == sorted("".join(each.text for each in words))
