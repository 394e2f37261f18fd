"""Train the context model: `python -m ingest.training.contexts --base FOLDER [--held-out] [--into FOLDER]`.

`--base` holds all-MiniLM-L6-v2 (model.safetensors, tokenizer.json), with which the transformer begins. It
learns all heads at once from the training reports and our own marked sentences. Names are hidden now and
then, so that it reads the words around them. `--held-out` leaves the held-out fifth out.

The mean of two runs from one start ("model soup", Wortsman et al. 2022) is what ships: single runs differ by
two points on the development reports, and nothing else tells which is the better one.
"""

import argparse
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch.nn import functional

from ingest.contexts import KINDS
from ingest.figure_metrics import NONE
from ingest.training.context_examples import Batch, Page, page_of
from ingest.training.context_files import write
from ingest.training.context_net import Labels, Net
from ingest.training.figure_sentences import load_sentences
from ingest.training.figures import lessons
from ingest.training.gold import is_held_out, load_gold
from ingest.word_pieces import END, PADDING, START, WordPieces
from ontology.metrics import load_metrics

FOLDER = Path(__file__).parents[1]
MANNERS = ("reported", "planned", "estimate", "forecast", "vendor-claim", "recommendation", "opinion")
MASK = "[MASK]"
_PIECES = 16_000  # of the base's pieces, which stand in the order of how frequent they are
_HIDDEN_NAMES, _HIDDEN_WORDS = 0.12, 0.03
_PAGES_AT_ONCE = 6
_RATE, _RATE_OF_HEADS, _DECAY = 1.5e-4, 1e-3, 0.01
_SHARES = {"metric": 1.0, "manner": 0.5, "subject": 1.0, "period": 0.7}


def pieces_of(base: Path) -> dict[str, int]:
    """The pieces that we keep, with their numbers in the base: frequent ones of Latin letters and marks."""
    known: dict[str, int] = json.loads((base / "tokenizer.json").read_text(encoding="utf-8"))["model"][
        "vocab"
    ]
    special = ("[CLS]", "[SEP]", "[UNK]", "[PAD]", MASK)
    plain = [piece for piece in known if piece not in special and not piece.startswith("[unused")]
    latin = [
        piece for piece in plain if all(ord(char) < 0x250 or 0x2000 <= ord(char) < 0x2200 for char in piece)
    ]
    kept = sorted(latin, key=lambda piece: known[piece])[: _PIECES - len(special)]
    return {piece: known[piece] for piece in (*special, *kept)}


def _is_usual(char: str) -> bool:
    """Whether it is a Latin letter, a digit, or a mark or sign of money."""
    return ord(char) < 0x250 or 0x2000 <= ord(char) < 0x2200


def load_pages(pieces: WordPieces, marks: tuple[int, int]) -> list[Page]:
    """All training reports and marked sentences."""
    return [page_of(lesson, pieces, marks) for lesson in lessons(list(load_gold()), load_sentences())]


def labels_of(pages: Sequence[Page]) -> Labels:
    """The labels and traits that occur."""

    def traits(of: Iterator[Any]) -> tuple[str, ...]:
        return tuple(sorted({trait for one in of for trait in one.traits}))

    return Labels(
        (NONE, *sorted({metric.guideline_slug for metric in load_metrics().values()})),
        MANNERS,
        traits(chain.from_iterable(page.subjects for page in pages)),
        traits(chain.from_iterable(page.times for page in pages)),
    )


def batch_of(labels: Labels, padding: int) -> Batch:
    """What lays pages out with these labels."""
    numbers = {
        name: {label: number for number, label in enumerate(given)}
        for name, given in (
            ("metrics", labels.metrics),
            ("manners", labels.manners),
            ("subject", labels.subject_traits),
            ("time", labels.period_traits),
        )
    }
    return Batch(numbers, padding)


def losses(scores: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """How wrong each head is; 0 where a batch has nothing for it."""
    found = {
        "metric": functional.cross_entropy(scores["metric"], given["metrics"], ignore_index=-1),
        "manner": functional.cross_entropy(scores["manner"], given["manners"], ignore_index=-1),
        "subject": _of_options(scores["subject"], given["subject_figures"], given["subject_right"]),
        "period": _of_options(scores["period"], given["time_figures"], given["time_right"]),
    }
    return {name: torch.nan_to_num(loss) for name, loss in found.items()}


def _of_options(scores: Any, figures: Any, right: Any) -> Any:
    """Cross entropy of a choice among each figure's options, several of which may be right in part."""
    if not len(scores):
        return torch.zeros(())
    number = int(figures.max()) + 1
    most = torch.full((number,), -1e4).scatter_reduce(0, figures, scores.detach(), "amax")
    total = torch.zeros(number).index_add(0, figures, torch.exp(scores - most[figures]))
    mass = torch.zeros(number).index_add(0, figures, right)
    shares = right / mass[figures].clamp(min=1e-6)
    log_chances = scores - most[figures] - torch.log(total[figures] + 1e-30)
    return -(log_chances * shares).sum() / (mass > 0).sum().clamp(min=1)


class Training:
    """One run; the same seed gives the same network on the same machine."""

    def __init__(self, net: Net, labels: Labels, *, marks: Mapping[str, int], seed: int) -> None:
        """Nothing is learnt yet."""
        self._random, self._numbers = random.Random(seed), np.random.default_rng(seed)  # noqa: S311
        self.net = net
        self._marks = marks
        self._batch = batch_of(labels, marks[PADDING])

    def run(self, pages: Sequence[Page], epochs: int) -> Iterator[tuple[int, dict[str, float]]]:
        """Train, and give the mean losses of each epoch."""
        parameters = [(name, value) for name, value in self.net.named_parameters() if value.requires_grad]
        inside = [value for name, value in parameters if name.startswith("encoder")]
        heads = [value for name, value in parameters if not name.startswith("encoder")]
        groups = [{"params": inside, "lr": _RATE}, {"params": heads, "lr": _RATE_OF_HEADS}]
        optimizer = torch.optim.AdamW(groups, weight_decay=_DECAY)
        steps = epochs * -(-len(pages) // _PAGES_AT_ONCE) + 1
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, [_RATE, _RATE_OF_HEADS], total_steps=steps, pct_start=0.1
        )
        for epoch in range(epochs):
            told: list[dict[str, float]] = []
            for chosen in self._groups(pages):
                given = self._given(chosen)
                with torch.autocast("cpu", dtype=torch.bfloat16):
                    scores = self.net(given)
                parts = losses({name: value.float() for name, value in scores.items()}, given)
                optimizer.zero_grad()
                sum(_SHARES[name] * loss for name, loss in parts.items()).backward()
                torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
                optimizer.step()
                schedule.step()
                told.append({name: float(loss.detach()) for name, loss in parts.items()})
            yield epoch, {name: sum(one[name] for one in told) / len(told) for name in _SHARES}

    def _groups(self, pages: Sequence[Page]) -> list[list[Page]]:
        """Pages of about one length together, in random order."""
        length = {id(page): sum(w.shape[1] for w in page.layout.windows) for page in pages}
        order = sorted(pages, key=lambda page: length[id(page)] + self._random.random() * 150)
        groups = [order[at : at + _PAGES_AT_ONCE] for at in range(0, len(order), _PAGES_AT_ONCE)]
        self._random.shuffle(groups)
        return groups

    def _given(self, pages: Sequence[Page]) -> dict[str, Any]:
        arrays = self._batch.of(pages)
        chance = self._numbers.random(arrays["numbers"].shape)
        kinds, inside = arrays["kinds"], arrays["numbers"] > max(self._marks.values())
        is_name = (kinds > 0) & (kinds < KINDS.index("period"))
        hidden = inside & np.where(is_name, chance < _HIDDEN_NAMES, (kinds == 0) & (chance < _HIDDEN_WORDS))
        arrays["numbers"][hidden] = self._marks[MASK]
        return {name: torch.from_numpy(array) for name, array in arrays.items()}


def base_weights(base: Path, pieces: Mapping[str, int]) -> dict[str, Any]:
    """The weights of the base, with the rows of our pieces only."""
    weights: dict[str, Any] = load_file(base / "model.safetensors")
    words = "embeddings.word_embeddings.weight"
    weights[words] = weights[words][list(pieces.values())]
    return weights


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--held-out", action="store_true", help="leave the held-out fifth out")
    parser.add_argument("--into", type=Path, default=FOLDER, help="folder that the files go to")
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--epochs", type=int, default=9)
    parser.add_argument(
        "--runs", type=int, default=2, help="so many times from the same start, then the mean"
    )
    options = parser.parse_args()
    kept = pieces_of(options.base)
    numbers = {piece: number for number, piece in enumerate(kept)}
    pages = load_pages(WordPieces(numbers), (numbers[START], numbers[END]))
    labels = labels_of(pages)
    taught = [p for p in pages if p.is_sentence or not (options.held_out and is_held_out(p.source))]
    marks = {mark: numbers[mark] for mark in (START, END, PADDING, MASK)}
    states = []
    for run in range(options.runs):
        torch.manual_seed(0)  # the heads begin alike, else their mean would mean nothing
        net = Net(base_weights(options.base, kept), options.layers, labels)
        for epoch, told in Training(net, labels, marks=marks, seed=run).run(taught, options.epochs):
            print(run, epoch, {name: round(loss, 3) for name, loss in told.items()}, flush=True)  # noqa: T201
        states.append(net.state_dict())
    net.load_state_dict({name: sum(state[name] for state in states) / len(states) for name in states[0]})
    write(net, labels, list(kept), options.into)


if __name__ == "__main__":
    main()
