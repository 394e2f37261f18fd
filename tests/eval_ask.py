"""make eval-ask: how many of the questions are answered rightly, over freshly read samples."""

import sys
import tempfile
from pathlib import Path

from sampled import asking, read_samples

from kg.asking.scoring import read_questions, score, summary


def main() -> None:
    """Print the shares, and each question that was worked on and not answered rightly."""
    with tempfile.TemporaryDirectory() as folder:
        ask = asking(read_samples(Path(folder) / "store"))
        scored = score(read_questions(Path(__file__).parent / "questions.toml"), ask)
    sys.stdout.write(f"{summary(scored)}\n")
    for one in scored:
        if one.verdict != "right" and (not one.held or "--held" in sys.argv):
            sys.stdout.write(f"{one.verdict:8} {one.ask}\n         {one.got[:200]}\n")


if __name__ == "__main__":
    main()
