"""Marked-up sentences -> lessons: figures whose metric and subject we wrote down ourselves.

A line holds one or two sentences. `[$5 billion|revenue|Oracle]` marks a figure with its metric and its
subject, as written in the line or in other words. `[fourth|none]` claims nothing, and so do figures
without a mark.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.model import Block, Report

_MARK = re.compile(r"\[([^\]|]+)\|([a-z-]+)(?:\|([^\]|]+))?\]")


@dataclass(frozen=True)
class Mark:
    """A figure at text[start:end]; `subject` is "" where the metric is "none"."""

    start: int
    end: int
    metric: str
    subject: str


@dataclass(frozen=True)
class MarkedReport:
    """A line as a report of one paragraph, with its marks."""

    report: Report
    marks: tuple[Mark, ...]


def parse(line: str) -> MarkedReport:
    """The line without its mark-up; ValueError for a bracket that is no mark.

    >>> parse("It raised [$5 million|funding|It].").marks[0]
    Mark(start=10, end=20, metric='funding', subject='It')
    """
    text, marks, position = "", [], 0
    for match in _MARK.finditer(line):
        text += line[position : match.start()]
        marks.append(Mark(len(text), len(text) + len(match[1]), match[2], match[3] or ""))
        text += match[1]
        position = match.end()
    text += line[position:]
    if "[" in text or "]" in text or any(m.metric != "none" and not m.subject for m in marks):
        raise ValueError(f"malformed mark-up: {line!r}")
    digest = hashlib.sha256(text.encode()).hexdigest()
    block = Block(0, len(text), "paragraph")
    report = Report(
        f"urn:sha256:{digest}", "sentence", "text/plain", text, digest, digest, (block,), title=""
    )
    return MarkedReport(report, tuple(marks))


def load_sentences() -> Iterator[MarkedReport]:
    """The lines of `figure_sentences.txt`, in the file's order."""
    text = Path(__file__).with_name("figure_sentences.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield parse(line)
