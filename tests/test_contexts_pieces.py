"""Words are taken apart into pieces that the context model knows."""

import pytest

from ingest.word_pieces import UNKNOWN, WordPieces

PIECES = [UNKNOWN, "capital", "data", "##centre", "zurich", "-", "5", "##g", "$"]
KNOWN = {piece: number for number, piece in enumerate(PIECES)}


@pytest.fixture
def pieces() -> WordPieces:
    return WordPieces(KNOWN)


def names(numbers: tuple[int, ...]) -> list[str]:
    return [PIECES[number] for number in numbers]


def test_a_known_word_is_one_piece_in_any_case(pieces: WordPieces) -> None:
    assert names(pieces.of("Capital")) == ["capital"]


def test_the_longest_known_beginning_comes_first(pieces: WordPieces) -> None:
    assert names(pieces.of("datacentre")) == ["data", "##centre"]


def test_marks_stand_alone_and_accents_fall(pieces: WordPieces) -> None:
    assert names(pieces.of("Zürich-5g$")) == ["zurich", "-", "5", "##g", "$"]


def test_a_word_with_an_unknown_part_is_unknown_as_a_whole(pieces: WordPieces) -> None:
    assert names(pieces.of("datahall")) == [UNKNOWN]


def test_white_space_has_no_pieces(pieces: WordPieces) -> None:
    assert pieces.of(" \n\t") == ()


def test_a_word_of_a_million_letters_is_unknown_at_once(pieces: WordPieces) -> None:
    assert names(pieces.of("data" * 250_000)) == [UNKNOWN]
