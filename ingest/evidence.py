"""a span -> its evidence: the quote with its surroundings, page and section."""

from bisect import bisect_right

from spacy.tokens import Doc

from ingest.extensions import text_of
from kg.model import Block, Evidence

_CONTEXT = 32  # characters before and after the quote, as TextQuoteSelector users expect


def evidence_of(doc: Doc, start: int, end: int) -> Evidence:
    """The evidence at `start:end` of the report, without white space at its edges; offsets are characters."""
    text = text_of(doc)
    stripped = text[start:end].strip()
    start += len(text[start:end]) - len(text[start:end].lstrip())
    end = start + len(stripped)
    blocks = doc._.report.blocks if doc._.report is not None else ()
    block = _block_at(blocks, start)
    heading = heading_above(blocks, start)
    return Evidence(
        start=start,
        end=end,
        quote=stripped,
        prefix=text[max(0, start - _CONTEXT) : start],
        suffix=text[end : end + _CONTEXT],
        page=block.page if block else None,
        section=" ".join(text[heading.start : heading.end].split()) if heading else None,
    )


def heading_above(blocks: tuple[Block, ...], offset: int) -> Block | None:
    """The nearest heading that ends before the offset; the title counts as one."""
    above = [block for block in blocks if block.kind in ("heading", "title") and block.end <= offset]
    return above[-1] if above else None


def _block_at(blocks: tuple[Block, ...], offset: int) -> Block | None:
    position = bisect_right([block.start for block in blocks], offset) - 1
    return blocks[position] if position >= 0 and offset < blocks[position].end else None
