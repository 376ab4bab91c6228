"""One form of Vietnamese text: NFC, folding, syllables."""

import re
import unicodedata

INVISIBLE = re.compile(  # control, zero-width and bidirectional, and what UTF-8 or XML refuses: nothing a reader sees
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufeff"
    r"\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
SYLLABLE = re.compile(r"[^\W_]+")


def normalise(text: str) -> str:
    r"""Return the text in NFC, without invisible characters, each line break as ``\n``."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return unicodedata.normalize("NFC", INVISIBLE.sub("", text))


class Unmarked(dict[int, int | None]):
    """Combining marks → nothing, any other character → itself; filled as characters are met."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.combining(chr(code)) else code
        return self[code]


UNMARKED = Unmarked()


def fold(text: str) -> str:
    """Return the text in lower case without marks; đ, which no decomposition reaches, becomes d."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return unicodedata.normalize("NFC", decomposed.translate(UNMARKED))


def syllables(text: str) -> list[str]:
    """Return the folded syllables and numbers of a text, in order."""
    return SYLLABLE.findall(fold(text))
