"""Prints how fast reports are read: python -m ingest.evaluation.bench [--reports N].

The dev reports, or else the training reports, are repeated to N. In one run it measures the full language
model's own `nlp.pipe`, extraction in one process and in two, and how memory grows over the run.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from itertools import cycle, islice

import spacy

from ingest.evaluation.__main__ import DEV
from ingest.parallel import readers
from ingest.pipeline import Reader
from ingest.training.gold import load_gold
from kg.model import Report
from kg.settings import Settings

_WARM_UP = 40  # reports read before the clock starts


def _reports(number: int) -> list[Report]:
    golds = (
        load_gold(DEV / "dev-gold.jsonl", DEV / "dev") if (DEV / "dev-gold.jsonl").exists() else load_gold()
    )
    return list(islice(cycle([gold.report for gold in golds]), number))


def _seconds(work: Callable[[], Iterable[object]], clock: Callable[[], float]) -> float:
    start = clock()
    for _ in work():
        pass
    return clock() - start


def _memory_mib() -> float:
    """The most memory that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="ingest.evaluation.bench", description=__doc__)
    parser.add_argument("--reports", type=int, default=2000)
    number = parser.parse_args(arguments).reports
    settings = Settings()
    reports = _reports(number)
    model = spacy.load(settings.spacy_model)
    texts = [report.text for report in reports]
    tokens = sum(len(model.make_doc(text)) for text in texts)
    # Processor time, so that other work on the machine does not count for or against either.
    base = _seconds(lambda: model.pipe(texts), time.process_time)
    reader = Reader(settings)
    list(reader.read_many(reports[:_WARM_UP]))
    half = len(reports) // 2
    start = time.perf_counter()
    used = _seconds(lambda: reader.read_many(reports[:half]), time.process_time)
    memory = _memory_mib()
    used += _seconds(lambda: reader.read_many(reports[half:]), time.process_time)
    one = time.perf_counter() - start
    growth = _memory_mib() - memory
    with readers(settings, 2) as both:
        list(both.read_many(reports[:_WARM_UP] * 2))
        two = _seconds(lambda: both.read_many(reports), time.perf_counter)
    lines = [
        f"{number} reports, {tokens} tokens",
        f"full language model        {tokens / base:8.0f} tokens per second of processor time",
        f"extraction                 {tokens / used:8.0f} tokens per second of it, {base / used:.2f} times",
        f"extraction, one process    {tokens / one:8.0f} tokens per second",
        f"extraction, two processes  {tokens / two:8.0f} tokens per second, {one / two:.2f} times one",
    ]
    lines.append(f"memory {memory:.0f} MiB half-way, {growth:.1f} MiB more at the end")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
