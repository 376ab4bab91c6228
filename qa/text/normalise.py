"""One form of Vietnamese text: NFC, folding, syllables."""

from __future__ import annotations

import re
import unicodedata

INVISIBLE_RANGES = [
    (0x00, 0x08),
    (0x0B, 0x1F),
    (0x7F, 0x9F),
    (0xAD, 0xAD),
    (0x061C, 0x061C),
    (0x180E, 0x180E),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0xD800, 0xDFFF),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0xFFFE, 0xFFFF),
    (0xE0000, 0xE007F),
]
INVISIBLE = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in INVISIBLE_RANGES) + "]")
"""Control, zero-width and bidirectional characters, and what UTF-8 or XML refuses: nothing a reader sees."""

SYLLABLE = re.compile(r"[^\W_]+")


def normalise(text: str) -> str:
    r"""Return the text in NFC, without invisible characters, each line break as ``\n``."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return unicodedata.normalize("NFC", INVISIBLE.sub("", text))


def fold(text: str) -> str:
    """Return the text in lower case without marks; đ, which no decomposition reaches, becomes d."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))


def capitalised(text: str) -> str:
    """Return the text with its first letter a capital, the others as they are."""
    return text[:1].upper() + text[1:]


def syllables(text: str) -> list[str]:
    """Return the folded syllables and numbers of a text, in order."""
    return SYLLABLE.findall(fold(text))
