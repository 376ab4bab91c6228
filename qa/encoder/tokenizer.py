"""Text → the encoder's tokens as ``tokenizers`` finds them, but with the pieces on disk, of which it holds 290 MB."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Self
from zlib import crc32

import numpy as np

from qa.encoder.e5 import PackedModel, Pieces, normaliser

if TYPE_CHECKING:
    from tokenizers import Encoding, Token

LONGEST_PIECE = 16  # characters
UNKNOWN_PENALTY = 10.0  # what a character of no piece scores below the least piece, as in ``tokenizers``
WORDS_KEPT = 8192  # the shipped articles have 6,800 different ones


class PieceTokenizer:
    """A Unigram model (Kudo, 2018, arXiv:1804.10959) whose pieces stay on the disk; any number of threads may ask.

    ``hashes``: those of the pieces, ascending, beside their ``ids``.
    """

    def __init__(self, pieces: Pieces, hashes: np.ndarray, ids: np.ndarray, unknown: int) -> None:
        from tokenizers import pre_tokenizers

        self.pieces, self.hashes, self.ids, self.unknown = pieces, hashes, ids, unknown
        self.least = float(pieces.scores.min()) - UNKNOWN_PENALTY
        self.normaliser, self.splitter = normaliser(), pre_tokenizers.Metaspace()
        self.tokens_of = lru_cache(WORDS_KEPT)(self.tokenize_word)

    @classmethod
    def load(cls, packed: PackedModel) -> Self:
        """Hash the pieces, which takes a fifth of a second."""
        pieces = packed.pieces
        spans = pairwise(pieces.starts.tolist())
        hashes = np.fromiter((crc32(pieces.text[start:end]) for start, end in spans), np.uint32, len(pieces.scores))
        ids = np.argsort(hashes).astype(np.int32)
        return cls(pieces, hashes[ids], ids, packed.special_ids["<unk>"])

    def encode(self, text: str) -> Encoding:
        """Return the tokens of a text, none added at its ends."""
        from tokenizers import PreTokenizedString

        parts = PreTokenizedString(text)
        parts.normalize(self.normaliser.normalize)
        self.splitter.pre_tokenize(parts)
        parts.tokenize(self.tokens_of)
        return parts.to_encoding()

    def tokenize_word(self, word: str) -> list[Token]:
        """Return the pieces with the highest sum of scores (Viterbi); neighbours that are no pieces are one token."""
        from tokenizers import Token

        reached = [(0.0, 0, -1)] + [(-np.inf, 0, -1)] * len(word)  # up to each character: score, last token's start, id
        for start, pieces in enumerate(self.pieces_in(word)):
            for end, (score, piece) in pieces.items():
                reached[end] = max(reached[end], (reached[start][0] + score, start, piece), key=lambda path: path[0])
        places = [0, *accumulate(len(character.encode()) for character in word)]
        tokens: list[Token] = []
        end = len(word)
        while end:
            _, start, piece = reached[end]
            while piece == reached[start][2] == self.unknown:
                start = reached[start][1]
            tokens.append(Token(piece, word[start:end], (places[start], places[end])))
            end = start
        return tokens[::-1]

    def pieces_in(self, word: str) -> list[dict[int, tuple[float, int]]]:
        """Map for each character of a word the ends of the pieces that begin there to their scores and ids."""
        found = [{start + 1: (self.least, self.unknown)} for start in range(len(word))]
        spans: list[tuple[int, int]] = []
        hashes: list[int] = []
        characters = [character.encode() for character in word]
        for start in range(len(word)):
            ahead = characters[start : start + LONGEST_PIECE]
            spans += [(start, start + size) for size in range(1, len(ahead) + 1)]
            hashes += list(accumulate(ahead, lambda before, character: crc32(character, before), initial=0))[1:]
        wanted = np.array(hashes, np.uint32)
        firsts, lasts = (np.searchsorted(self.hashes, wanted, side) for side in ("left", "right"))
        for place in np.flatnonzero(firsts < lasts):
            start, end = spans[place]
            for piece in self.ids[firsts[place] : lasts[place]].tolist():
                if self.pieces.bytes_of(piece) == b"".join(characters[start:end]):
                    found[start][end] = (float(self.pieces.scores[piece]), piece)
        return found
