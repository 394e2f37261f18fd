"""The network behind `ingest.contexts`: a transformer over word pieces, with the heads of `context_heads`.

Needs torch, which nothing else needs; ingest/training/README.md tells what to install.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from ingest.contexts import BLOCKS, KINDS, WINDOW

WIDTH, HEADS, SIDE = 384, 12, 128
_DROPPED, _DROPPED_AT_HEADS = 0.1, 0.2


class Layer(nn.Module):
    """One layer of the transformer, with the norm behind each step (Vaswani et al. 2017)."""

    def __init__(self) -> None:
        """Random weights."""
        super().__init__()
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.norm_1 = nn.LayerNorm(WIDTH, 1e-12)
        self.up = nn.Linear(WIDTH, 4 * WIDTH)
        self.down = nn.Linear(4 * WIDTH, WIDTH)
        self.norm_2 = nn.LayerNorm(WIDTH, 1e-12)

    def forward(self, rows: Any, mask: Any) -> Any:
        """Rows of the same shape: windows, pieces, WIDTH."""
        windows, length, _ = rows.shape
        parts = (
            self.query_key_value(rows).view(windows, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        )
        scores = parts[0] @ parts[1].transpose(-1, -2) / math.sqrt(WIDTH // HEADS)
        scores = scores if mask is None else scores + mask
        seen = (torch.softmax(scores, -1) @ parts[2]).transpose(1, 2).reshape(windows, length, WIDTH)
        rows = self.norm_1(rows + functional.dropout(self.out(seen), _DROPPED, self.training))
        raised = functional.gelu(self.up(rows))
        return self.norm_2(rows + functional.dropout(self.down(raised), _DROPPED, self.training))


class Encoder(nn.Module):
    """Pieces with their kinds and blocks -> vectors."""

    def __init__(self, weights: Mapping[str, Any], layers: int) -> None:
        """Begin with the first `layers` layers of a BERT whose weights have the usual names."""
        super().__init__()
        words = weights["embeddings.word_embeddings.weight"].float()
        places = weights["embeddings.position_embeddings.weight"][:WINDOW].float()
        self.words = nn.Embedding.from_pretrained(words, freeze=True)
        self.places = nn.Parameter(places + weights["embeddings.token_type_embeddings.weight"][0].float())
        self.kinds = _rows(len(KINDS), WIDTH, 0.01)
        self.blocks = _rows(len(BLOCKS), WIDTH, 0.01)
        self.norm = nn.LayerNorm(WIDTH, 1e-12)
        _fill(self.norm, weights, "embeddings.LayerNorm")
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        for number, layer in enumerate(self.layers):
            _fill_layer(layer, weights, f"encoder.layer.{number}.")

    def forward(self, numbers: Any, kinds: Any, blocks: Any, lengths: Any = None) -> Any:
        """Vectors: windows, pieces, WIDTH; pieces behind a window's length, if given, are not looked at."""
        length = numbers.shape[1]
        rows = self.words(numbers) + self.places[:length] + self.kinds(kinds) + self.blocks(blocks)
        rows = functional.dropout(self.norm(rows), _DROPPED, self.training)
        mask = None
        if lengths is not None:
            behind = torch.arange(length)[None, :] >= lengths[:, None]
            mask = behind[:, None, None, :].to(rows.dtype) * -1e4
        for layer in self.layers:
            rows = layer(rows, mask)
        return rows


class PackedRows(nn.Module):
    """Rows in steps of their own, sixteen at most, which compress to less than half a byte a number."""

    def __init__(self, rows: Any) -> None:
        """Pack rows; of three sizes of step each takes the one that changes it least."""
        super().__init__()
        most, tried = rows.abs().amax(1, keepdim=True), []
        for share in (1.0, 0.85, 0.7):
            step = most * share / 7
            packed = (rows / step).round().clamp(-8, 7)
            tried.append(((packed * step - rows).square().sum(1), packed, step))
        best = torch.stack([error for error, _, _ in tried]).argmin(0)
        at = torch.arange(len(rows))
        self.register_buffer("packed", torch.stack([one for _, one, _ in tried])[best, at].to(torch.int8))
        self.register_buffer("steps", torch.stack([step for _, _, step in tried])[best, at])

    def forward(self, numbers: Any) -> Any:
        """The rows of these numbers."""
        return self.packed[numbers].float() * self.steps[numbers]


def _rows(number: int, width: int, spread: float) -> nn.Embedding:
    rows = nn.Embedding(number, width)
    nn.init.normal_(rows.weight, 0, spread)
    return rows


def _fill(part: Any, weights: Mapping[str, Any], name: str) -> None:
    part.weight.data = weights[f"{name}.weight"].float()
    part.bias.data = weights[f"{name}.bias"].float()


def _fill_layer(layer: Any, weights: Mapping[str, Any], name: str) -> None:
    three = [f"{name}attention.self.{part}." for part in ("query", "key", "value")]
    layer.query_key_value.weight.data = torch.cat([weights[part + "weight"].float() for part in three])
    layer.query_key_value.bias.data = torch.cat([weights[part + "bias"].float() for part in three])
    _fill(layer.out, weights, f"{name}attention.output.dense")
    _fill(layer.norm_1, weights, f"{name}attention.output.LayerNorm")
    _fill(layer.up, weights, f"{name}intermediate.dense")
    _fill(layer.down, weights, f"{name}output.dense")
    _fill(layer.norm_2, weights, f"{name}output.LayerNorm")


class PairHead(nn.Module):
    """What `ingest.context_heads.Pairing` computes."""

    def __init__(self, labels: Sequence[str], traits: Sequence[str]) -> None:
        """Random weights; no trait speaks for anything yet."""
        super().__init__()
        self.labels, self.traits = tuple(labels), tuple(traits)
        self.left = nn.Linear(2 * WIDTH, SIDE)
        self.right = nn.Linear(2 * WIDTH, SIDE)
        self.trait_rows = nn.EmbeddingBag(len(traits) + 1, SIDE, mode="sum", padding_idx=len(traits))
        self.trait_bias = nn.EmbeddingBag(len(traits) + 1, len(labels), mode="sum", padding_idx=len(traits))
        nn.init.normal_(self.trait_rows.weight, 0, 0.02)
        nn.init.zeros_(self.trait_bias.weight)
        self.score = nn.Linear(SIDE, len(labels))
        self.product = nn.Linear(SIDE, len(labels), bias=False)

    def forward(self, left: Any, right: Any, traits: Any) -> Any:
        """Scores: pairs, labels."""
        one, two = self.left(left), self.right(right)
        both = torch.tanh(one + two + self.trait_rows(traits))
        both = functional.dropout(both, _DROPPED_AT_HEADS, self.training)
        return self.score(both) + self.trait_bias(traits) + self.product(one * two) / math.sqrt(SIDE)

    def arrays(self) -> dict[str, Any]:
        """The weights under the names that `Pairing` has for them."""
        state = {name: value.detach().numpy() for name, value in self.state_dict().items()}
        return {
            "left": state["left.weight"].T,
            "left_bias": state["left.bias"],
            "right": state["right.weight"].T,
            "right_bias": state["right.bias"],
            "trait_rows": state["trait_rows.weight"][:-1],
            "trait_bias": state["trait_bias.weight"][:-1],
            "weights": state["score.weight"].T,
            "bias": state["score.bias"],
            "product": state["product.weight"].T,
        }


@dataclass(frozen=True)
class Labels:
    """The labels and traits of the heads."""

    metrics: tuple[str, ...]
    manners: tuple[str, ...]
    subject_traits: tuple[str, ...]
    period_traits: tuple[str, ...]


class Net(nn.Module):
    """The encoder with its heads."""

    def __init__(self, weights: Mapping[str, Any], layers: int, labels: Labels) -> None:
        """An encoder that knows English, and heads that know nothing."""
        super().__init__()
        self.encoder = Encoder(weights, layers)
        self.hidden = nn.Linear(2 * WIDTH, WIDTH)
        self.metric = nn.Linear(WIDTH, len(labels.metrics))
        self.manner = nn.Linear(WIDTH, len(labels.manners))
        self.subject = PairHead(("",), labels.subject_traits)
        self.period = PairHead(("",), labels.period_traits)

    def forward(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Scores by head, for all figures of a batch and their options."""
        windows = (given[name] for name in ("numbers", "kinds", "blocks", "lengths"))
        rows = self.encoder(*windows).reshape(-1, WIDTH).float()

        def at(name: str) -> Any:
            places = given[name]
            both = torch.cat([rows[places[:, 0]], rows[places[:, 1]]], -1)
            return functional.dropout(both, _DROPPED_AT_HEADS, self.training)

        figures = at("figures")
        hidden = functional.gelu(self.hidden(figures), approximate="tanh")
        hidden = functional.dropout(hidden, _DROPPED_AT_HEADS, self.training)
        of_subject, of_time = figures[given["subject_figures"]], figures[given["time_figures"]]
        return {
            "metric": self.metric(hidden),
            "manner": self.manner(hidden),
            "subject": self.subject(of_subject, at("subjects"), given["subject_traits"])[:, 0],
            "period": self.period(of_time, at("times"), given["time_traits"])[:, 0],
        }
