"""Bytes → the texts and fields that a target tries; seeds from files; mutations for runs without a fuzzer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent
FIELD = "¶"
"""Stands between the fields of an input."""

SPELLED = 0xFF
"""An input that begins with this byte is spelled: each further byte stands for a piece of text."""

BETWEEN_SEEDS = "\n=====\n"


def dictionary() -> list[str]:
    """Return the words of the field that mutations insert, one a line of ``words.txt``."""
    return (FOLDER / "words.txt").read_text(encoding="utf-8").splitlines()


def pieces() -> list[str]:
    """Return 256 pieces of text: separators, Vietnamese letters, hostile characters, words of the field."""
    letters = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵĐÂƠI0123456789"
    marks = [*" \n\t.,;:!?…-–/()[]{}\"'“”*#|>+&%=<\\`_", FIELD, "\n\n", "\u0301", "\u0323", "\u200b", "\u202e", "²"]
    words = [f"{word} " for word in dictionary()]
    known = [*letters, *marks, *words]
    return (known * (256 // len(known) + 1))[:256]


PIECES = pieces()


def text_of(content: bytes) -> str:
    """Return the text that an input stands for; bytes that are no UTF-8 become lone surrogates."""
    if content[:1] == bytes([SPELLED]):
        return "".join(PIECES[byte] for byte in content[1:])
    return content.decode("utf-8", errors="surrogateescape")


def fields_of(content: bytes, count: int) -> list[str]:
    """Return an input as so many fields, the missing ones empty."""
    fields = text_of(content).split(FIELD, count - 1)
    return fields + [""] * (count - len(fields))


def seeds(names: tuple[str, ...]) -> list[bytes]:
    """Return the seeds of the named files, in order, and two that are spelled."""
    found = []
    for name in names:
        text = (FOLDER / "seeds" / f"{name}.txt").read_text(encoding="utf-8")
        found += [seed.encode() for seed in text.removesuffix("\n").split(BETWEEN_SEEDS)]
    return [*found, b"", bytes([SPELLED, *range(0, 255, 7)])]


def mutations(starts: list[bytes], count: int, seed: str, longest: int) -> Iterator[bytes]:
    """Yield mutated seeds, the same for the same ``seed``: bytes changed, words put in, parts cut and joined."""
    dice = random.Random(seed)
    words = [word.encode() for word in dictionary()]
    for _ in range(count):
        content = bytearray(dice.choice(starts))
        for _ in range(dice.randint(1, 4)):
            content = mutated(content, starts, words, dice)
        yield bytes(content[:longest])


def mutated(content: bytearray, starts: list[bytes], words: list[bytes], dice: random.Random) -> bytearray:
    at = dice.randint(0, len(content))
    end = min(len(content), at + dice.randint(0, 8))
    way = dice.randrange(6)
    if way == 0:
        return content[:at] + bytes([dice.randrange(256)]) + content[at + 1 :]
    if way == 1:
        return content[:at] + dice.choice(words) + content[at:]
    if way == 2:
        return content[:at] + content[end:]
    if way == 3:
        return content[:at] + content[at:end] * dice.randint(2, 6) + content[end:]
    if way == 4:
        other = dice.choice(starts)
        return content[:at] + other[dice.randint(0, len(other)) :]
    return bytearray([SPELLED, *(dice.randrange(256) for _ in range(dice.randint(1, 40)))])
