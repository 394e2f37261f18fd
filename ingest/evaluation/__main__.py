"""Prints how well reports are read: python -m ingest.evaluation [--errors N] [GOLD.jsonl REPORTS_FOLDER].

Without a gold file it reads the training reports, and `../shared/corpus/dev` where that folder is.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.evaluation.errors import classes_of_errors, examples
from ingest.evaluation.levels import Agreement, compare
from ingest.pipeline import Reader
from ingest.training.gold import GOLD, GoldReport, is_held_out, load_gold
from kg.extraction_json import as_json
from kg.settings import Settings

DEV = Path(__file__).parents[3] / "shared" / "corpus"
_CLASSES = 12


def evaluate(reader: Reader, golds: Sequence[GoldReport]) -> Agreement:
    """Read the gold reports and compare."""
    found = {}
    for extraction in reader.read_many(gold.report for gold in golds):
        found[extraction.report.source] = as_json(extraction)
    return compare(
        {
            gold.report.source: {"entities": list(gold.entities), "claims": list(gold.claims)}
            for gold in golds
        },
        found,
        {gold.report.source: gold.report.text for gold in golds},
    )


def table(agreement: Agreement) -> Iterator[str]:
    """One line per level, then the qualities of matched figures and the evidence."""
    for level, tally in agreement.levels.items():
        yield (
            f"{level:15} P {tally.precision:.3f}  R {tally.recall:.3f}  F1 {tally.f1:.3f}   "
            f"gold {tally.gold}  found {tally.found}  matched {tally.matched}"
        )
    qualities = "  ".join(f"{name} {tally.precision:.3f}" for name, tally in agreement.qualities.items())
    yield f"of matched figures: {qualities}"
    yield f"evidence: {agreement.claims} claims, {agreement.unquoted} whose quote is not in the text"


def _parts(arguments: argparse.Namespace) -> Iterator[tuple[str, list[GoldReport]]]:
    if arguments.gold:
        yield arguments.gold.name, list(load_gold(arguments.gold, arguments.reports))
        return
    training = list(load_gold(GOLD))
    yield "train", training
    yield "of these, held out while trying", [gold for gold in training if is_held_out(gold.report.source)]
    if (DEV / "dev-gold.jsonl").exists():
        yield "dev", list(load_gold(DEV / "dev-gold.jsonl", DEV / "dev"))


def main(arguments: Sequence[str]) -> None:
    """Print a table per part, its classes of errors and, if asked for, examples."""
    parser = argparse.ArgumentParser(prog="ingest.evaluation", description=__doc__)
    parser.add_argument("gold", nargs="?", type=Path)
    parser.add_argument("reports", nargs="?", type=Path)
    parser.add_argument("--errors", type=int, default=0, help="examples of each kind of error")
    chosen = parser.parse_args(arguments)
    reader = Reader(Settings())
    for title, golds in _parts(chosen):
        agreement = evaluate(reader, golds)
        lines = [f"== {title}: {len(golds)} reports", *table(agreement), "most errors (missed, spurious):"]
        lines += [
            f"  {name:24} {missed:4} {spurious:4}"
            for name, missed, spurious in classes_of_errors(agreement)[:_CLASSES]
        ]
        sys.stdout.write("\n".join([*lines, *examples(agreement, chosen.errors), "", ""]))


if __name__ == "__main__":
    main(sys.argv[1:])
