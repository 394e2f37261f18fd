"""words -> context vectors: what a spaCy Tok2Vec computes, from tables that are filled once per word.

A Tok2Vec of hash embeddings and a convolution over neighbours (spaCy's small, medium and large models have
one) is taken apart: the embedding of a word does not depend on its neighbours, so it is kept; the
convolution is computed in strips. The vectors agree with the model's own to rounding.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from spacy.tokens import Doc
from spacy.vocab import Vocab

_MOST_WORDS_KEPT = 40_000  # 15 MB; so that memory stays flat over a long run
_STRIP = 512  # rows computed at once: their intermediate values stay in the processor's cache
_EPSILON = 1e-8


class _Layer(NamedTuple):
    before: Any  # weights of the word before, the word itself and the word after, by piece
    here: Any
    after: Any
    bias: Any
    gain: Any
    shift: Any


class UnknownShape(Exception):
    """The Tok2Vec is built in another way and cannot be taken apart."""


class ContextVectors:
    """Computes vectors for many documents at once."""

    def __init__(self, model: Any, vocab: Vocab) -> None:
        """Take the model apart; UnknownShape if it has other parts than expected."""
        try:
            self._embed, encode = model.layers
            self._layers = [_layer(residual) for residual in encode.layers[0].layers]
        except (AttributeError, ValueError, KeyError, IndexError) as error:
            raise UnknownShape(str(error)) from error
        if encode.name[:10] != "with_array" or self._embed.attrs.get("columns"):
            raise UnknownShape(encode.name)
        self._pad = int(encode.attrs["pad"])
        # The model's own product of matrices runs in one thread, so processes do not crowd each other out.
        self._multiply = model.ops.gemm
        self._vocab = vocab
        self._width = self._layers[0].bias.shape[1]
        self._rows: dict[int, int] = {}
        self._known = np.zeros((0, self._width), dtype=np.float32)

    def write(self, docs: Sequence[Doc]) -> None:
        """Set `doc.tensor` of every document, one row per token."""
        keys = [doc.to_array(["NORM", "ORTH", "SPACY"]) for doc in docs]
        rows = self._embedded(np.concatenate(keys))
        lengths = [len(doc) for doc in docs]
        vectors = self._convolved(rows, lengths)
        start = self._pad
        for doc, length in zip(docs, lengths, strict=True):
            doc.tensor = vectors[start : start + length]
            start += length + self._pad

    def _embedded(self, keys: Any) -> Any:
        """One row per token; words met for the first time are computed together."""
        folded = keys[:, 0] * np.uint64(31) + keys[:, 1] * np.uint64(2) + keys[:, 2]
        unique, first, place = np.unique(folded, return_index=True, return_inverse=True)
        if len(self._rows) > _MOST_WORDS_KEPT:
            self._rows.clear()
            self._known = self._known[:0]
        known = self._rows
        new = [(key, n) for key, n in zip(unique.tolist(), first.tolist(), strict=True) if key not in known]
        if new:
            self._learn([key for key, _ in new], keys[[n for _, n in new]])
        return self._known[np.array([known[key] for key in unique.tolist()])[place.reshape(-1)]]

    def _learn(self, names: list[int], keys: Any) -> None:
        doc = Doc(self._vocab, words=keys[:, 1].tolist(), spaces=keys[:, 2].astype(bool).tolist())
        for token, norm in zip(doc, keys[:, 0].tolist(), strict=True):
            if token.norm != norm:
                token.norm_ = self._vocab.strings[norm]
        start = len(self._known)
        self._known = np.concatenate([self._known, self._embed.predict([doc])[0]])
        self._rows.update((name, start + n) for n, name in enumerate(names))

    def _convolved(self, rows: Any, lengths: Sequence[int]) -> Any:
        """The rows of all documents with padding before, between and behind them, after all layers."""
        pad = self._pad
        total = len(rows) + pad * (len(lengths) + 1)
        # Two more rows that stay zero: the neighbours of the first and the last.
        values = np.zeros((total + 2, self._width), dtype=np.float32)
        inside = np.ones(total, dtype=bool)
        start = 0
        for length in lengths:
            inside[start : start + pad] = False
            start += pad + length
        inside[start:] = False
        values[1:-1][inside] = rows
        for layer in self._layers:
            values = _apply(layer, values, self._multiply)
        return values[1:-1]


def _layer(residual: Any) -> _Layer:
    window, maxout, norm = _parts(residual.layers[0])
    if window.name != "expand_window" or window.attrs["window_size"] != 1:
        raise ValueError(window.name)
    weights, bias = maxout.get_param("W"), maxout.get_param("b")
    width, pieces, inputs = weights.shape
    # Pieces apart, so that the greatest of them is taken over whole blocks.
    by_piece = weights.transpose(1, 0, 2).reshape(pieces * width, inputs).T.astype(np.float32)
    third = inputs // 3
    before, here, after = (np.ascontiguousarray(by_piece[n * third : (n + 1) * third]) for n in range(3))
    return _Layer(before, here, after, bias.T.astype(np.float32), norm.get_param("G"), norm.get_param("b"))


def _parts(chain: Any) -> tuple[Any, Any, Any]:
    window, rest = chain.layers[0], chain.layers[1]
    maxout, norm = rest.layers[0].layers
    return window, maxout, norm


def _apply(layer: _Layer, values: Any, multiply: Callable[[Any, Any], Any]) -> Any:
    """The values plus what the layer makes of each row and its two neighbours."""
    result = values.copy()
    pieces, width = layer.bias.shape
    for start in range(0, len(values) - 2, _STRIP):
        end = min(start + _STRIP, len(values) - 2)
        summed = multiply(values[start:end], layer.before)
        summed += multiply(values[start + 1 : end + 1], layer.here)
        summed += multiply(values[start + 2 : end + 2], layer.after)
        summed += layer.bias.reshape(-1)
        greatest = summed[:, :width]
        for piece in range(1, pieces):
            greatest = np.maximum(greatest, summed[:, piece * width : (piece + 1) * width])
        greatest = greatest - greatest.mean(axis=1, keepdims=True)
        scale = np.einsum("ij,ij->i", greatest, greatest) / width + _EPSILON
        greatest *= (1.0 / np.sqrt(scale))[:, None]
        result[start + 1 : end + 1] += greatest * layer.gain + layer.shift
    return result
