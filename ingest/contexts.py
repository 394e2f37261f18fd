"""document -> contexts: what each word means in its report, as vectors.

Reads   doc tokens, doc._.report (blocks), doc.spans mentions, periods, quantities
Writes  doc._.contexts: per token the vectors of its first and its last piece, side by side
Skips   reports in which nothing is named or counted

The vectors come from a small transformer that was trained for our choices (`ingest.training.contexts`; it
began as all-MiniLM-L6-v2). It sees words as pieces, what the stages before made of them, and the kind of
block. Long reports are read in windows that overlap by half; each word is taken from the window in whose
middle it stands.
"""

import gzip
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import numpy as np
import onnxruntime
from spacy.language import Language
from spacy.tokens import Doc

from ingest import extensions
from ingest.figure_cues import kind_of_unit
from ingest.word_pieces import END, START, WordPieces
from kg.model import Report

WINDOW = 512  # pieces that are read at once, with the two marks around them
KINDS = (
    "none",
    "Organization",
    "Person",
    "Offering",
    "Facility",
    "Place",
    "Regulation",
    "Term",
    "Market",
    "period",
    "money",
    "percent",
    "number",
)
# Marks of Markdown: bold, headings, and the lines of tables, which a report in another format does not have.
_MARKUP = re.compile(r"[|:*_#\\-]{2,}|[|*#\\]")
BLOCKS = ("none", "title", "heading", "paragraph", "list-item", "table")

extensions.register()


@dataclass(frozen=True)
class Layout:
    """A report as the model reads it; windows have the rows numbers, kinds and blocks of their pieces."""

    windows: tuple[Any, ...]
    window: Any  # per token: in which window it is looked up,
    first: Any  # and where its first and
    last: Any  # its last piece stand there


def layout_of(doc: Doc, pieces: WordPieces, marks: tuple[int, int]) -> Layout:
    """The windows of a document, and where its tokens stand in them; `marks` begin and end a window."""
    split = [() if _MARKUP.fullmatch(token.text) else pieces.of(token.text) for token in doc]
    counts = np.array([len(one) for one in split])
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    first = np.minimum(ends - counts, max(total - 1, 0))
    last = np.maximum(np.minimum(ends - 1, total - 1), first)
    rows = np.array(
        [
            [number for one in split for number in one],
            np.repeat(_kinds(doc), counts),
            np.repeat(_blocks(doc), counts),
        ]
    )
    windows: list[Any] = []
    window = np.zeros(len(doc), dtype=np.int64)
    starts = np.zeros(len(doc), dtype=np.int64)
    middle = np.full(len(doc), -1)
    edges = np.array([[marks[0], 0, 0], [marks[1], 0, 0]]).T
    for number, (start, end) in enumerate(_bounds(total)):
        windows.append(np.hstack([edges[:, :1], rows[:, start:end], edges[:, 1:]]))
        left = np.where(start == 0, WINDOW, first - start)
        right = np.where(end == total, WINDOW, end - 1 - first)
        inside = np.where((first >= start) & (first < end), np.minimum(left, right), -1)
        better = inside > middle
        window[better], starts[better], middle[better] = number, start, inside[better]
        last = np.where(better & (last >= end) & (end < total), np.maximum(first, end - 1), last)
    return Layout(tuple(windows), window, first - starts + 1, np.maximum(last, first) - starts + 1)


def _bounds(total: int) -> Iterator[tuple[int, int]]:
    """The pieces [start:end) of each window."""
    body = WINDOW - 2
    for start in range(0, max(total, 1), body // 2):
        yield start, min(total, start + body)
        if start + body >= total:
            return


def _kinds(doc: Doc) -> list[int]:
    kinds = [0] * len(doc)
    for mention in doc.spans.get(extensions.MENTIONS, ()):
        _mark(kinds, mention, mention._.entity.type)
    for period in doc.spans.get(extensions.PERIODS, ()):
        _mark(kinds, period, "period")
    for figure in doc.spans.get(extensions.QUANTITIES, ()):
        unit = kind_of_unit(figure._.quantity.unit)
        _mark(kinds, figure, unit if unit in KINDS else "number")
    return kinds


def _mark(kinds: list[int], span: Any, kind: str) -> None:
    number = KINDS.index(kind) if kind in KINDS else 0
    kinds[span.start : span.end] = [number] * (span.end - span.start)


def _blocks(doc: Doc) -> list[int]:
    report: Report | None = doc._.report
    blocks = report.blocks if report is not None else ()
    starts = [block.start for block in blocks]
    places = [bisect_right(starts, token.idx) - 1 for token in doc]
    kinds = [blocks[place].kind if place >= 0 else "none" for place in places]
    return [BLOCKS.index(kind) if kind in BLOCKS else 0 for kind in kinds]


class ContextModel:
    """The transformer, run in the thread that calls it."""

    @cached_property
    def _session(self) -> Any:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        packed = files("ingest").joinpath("contexts.onnx.gz").read_bytes()
        # The fused operator takes four times as long as the sum and the norm that it replaces (1.32).
        return onnxruntime.InferenceSession(
            gzip.decompress(packed),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=["SkipLayerNormFusion"],
        )

    @cached_property
    def pieces(self) -> WordPieces:
        """Takes words apart as the model knows them."""
        return WordPieces(self._numbers)

    @property
    def marks(self) -> tuple[int, int]:
        """The pieces that begin and end a window."""
        return self._numbers[START], self._numbers[END]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        packed = files("ingest").joinpath("word_pieces.txt.gz").read_bytes()
        return {piece: number for number, piece in enumerate(gzip.decompress(packed).decode().split("\n"))}

    def write(self, doc: Doc) -> None:
        """Set `doc._.contexts`."""
        layout = layout_of(doc, self.pieces, self.marks)
        doc._.contexts = _of_tokens([self._read(window) for window in layout.windows], layout)

    def _read(self, window: Any) -> Any:
        """The vectors of a window's pieces.

        One window at a time: the model's whole numbers are scaled by all that is read together, and what a
        report says may not depend on its company.
        """
        numbers, kinds, blocks = window[:, None, :]
        given = {"numbers": numbers, "kinds": kinds, "blocks": blocks}
        (vectors,) = self._session.run(None, given)
        return vectors[0]


def _of_tokens(vectors: Sequence[Any], layout: Layout) -> Any:
    starts = np.cumsum([0, *(len(one) for one in vectors[:-1])])
    rows = np.concatenate(vectors)
    at = starts[layout.window]
    return np.hstack([rows[at + layout.first], rows[at + layout.last]])


def rows_of(contexts: Any, spans: Sequence[tuple[int, int]]) -> Any:
    """Per span [start:end) of tokens: the vector of its first piece, and that of its last one behind it."""
    starts, ends = np.array(spans).T
    width = contexts.shape[1] // 2
    return np.hstack([contexts[starts, :width], contexts[ends - 1, width:]])


@cache
def context_model() -> ContextModel:
    """The one model of this process."""
    return ContextModel()


_TELLING = (extensions.MENTIONS, extensions.QUANTITIES)


@Language.component("contexts", requires=["doc.spans"])
def contexts(doc: Doc) -> Doc:
    """Read a document in which something is named or counted; the model is loaded for the first one."""
    if any(doc.spans.get(key) for key in _TELLING):
        context_model().write(doc)
    return doc
