"""Old Vietnamese encodings and garbled Unicode → Unicode, chosen by how Vietnamese the result reads.

TCVN3 (ABC) gives each accented letter one byte; VNI-Windows writes the accent as a second letter after the vowel.
Both stand here as the Windows-1252 characters that their bytes look like, because that is how they also arrive
inside DOCX, PDF and HTML. The tables follow TCVN 5712:1993 (VN3) and the VNI-Windows code page.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx])?"
    r"(?:oai|oay|oeo|uây|uya|uyê|uyu|iêu|yêu|oao|uôi|ươi|ươu|uâ|uê|ue|uơ|uy|ươ|ưa|ưi|ưu|uô|ua|ui|iê|ia|iu|yê|oa|oă"
    r"|oe|oi|ôi|ơi|eo|êu|ai|ao|au|ay|âu|ây|oo|[aăâeêioôơuưy])(?:ng|nh|ch|[cmnpt])?"
)
EDGES = " \t\"'`.,;:!?()[]{}<>«»“”‘’…–—-/\\*_|#=+&%0123456789"
TAG = re.compile(r"<[^<>]{1,2000}>")
SAMPLE = 40_000
"""Characters looked at to judge a text; more would only cost time."""

SURE = 0.9
ENOUGH = 0.75

TCVN3_FROM = "¡¢£¤¥¦§¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ"
TCVN3_TO = "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
TCVN3 = str.maketrans(TCVN3_FROM, TCVN3_TO)

VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
VNI_CIRCUMFLEX = {
    "â": "\u0302",
    "á": "\u0302\u0301",
    "à": "\u0302\u0300",
    "å": "\u0302\u0309",
    "ã": "\u0302\u0303",
    "ä": "\u0302\u0323",
}
VNI_BREVE = {
    "ê": "\u0306",
    "é": "\u0306\u0301",
    "è": "\u0306\u0300",
    "ú": "\u0306\u0309",
    "ü": "\u0306\u0303",
    "ë": "\u0306\u0323",
}
VNI_MARKS = {
    "a": VNI_TONES | VNI_CIRCUMFLEX | VNI_BREVE,
    "e": VNI_TONES | VNI_CIRCUMFLEX,
    "o": VNI_TONES | VNI_CIRCUMFLEX,
    "u": VNI_TONES,
    "y": VNI_TONES,
    "ô": VNI_TONES,
    "ö": VNI_TONES,
}
VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "í": "í", "ì": "ì"}
VNI_PAIR = re.compile("[aeouyôöAEOUYÔÖ][ùøûõïâáàåãäêéèúüëÙØÛÕÏÂÁÀÅÃÄÊÉÈÚÜË]|[ôöñæóòîÔÖÑÆÓÒÎ]")


def from_tcvn3(text: str) -> str:
    """Convert TCVN3; a word with a capital after its first letter was set in a capitals font, so all of it is."""
    converted = text.translate(TCVN3)
    return re.sub(
        r"\w+", lambda word: word[0].upper() if any(map(is_ascii_capital, word[0][1:])) else word[0], converted
    )


def is_ascii_capital(character: str) -> bool:
    return "A" <= character <= "Z"


def from_vni(text: str) -> str:
    """Convert VNI-Windows: the letter after a vowel carries its accents."""
    return unicodedata.normalize("NFC", VNI_PAIR.sub(vni_letter, text))


def vni_letter(match: re.Match[str]) -> str:
    pair = match[0]
    base = VNI_LETTERS.get(pair[0].lower(), pair[0].lower())
    marks = VNI_MARKS.get(pair[0].lower(), {}).get(pair[1].lower(), None) if len(pair) == 2 else ""
    if marks is None:
        return pair
    return (base.upper() if pair[0].isupper() else base) + marks


def from_garbled_utf8(text: str) -> str:
    """Undo UTF-8 that was read as Windows-1252 and saved again; return the text itself where it was not."""
    try:
        return b"".join(map(windows_byte, text)).decode("utf-8")
    except UnicodeError:
        return text


def windows_byte(character: str) -> bytes:
    if ord(character) < 256:
        return character.encode("latin-1")
    return character.encode("cp1252")


CONVERTERS: tuple[Callable[[str], str], ...] = (from_garbled_utf8, from_tcvn3, from_vni)


def plausibility(text: str) -> float:
    """Return the share of accented words that are Vietnamese syllables, in 0..1; 1.0 for a text without any."""
    words = [word.strip(EDGES) for word in TAG.sub(" ", text[:SAMPLE]).split()]
    accented = [word for word in words if not word.isascii()]
    if not accented:
        return 1.0
    return sum(map(is_syllable, accented)) / len(accented)


@lru_cache(maxsize=50_000)
def is_syllable(word: str) -> bool:
    """Tell whether a word is built like a Vietnamese syllable with at most one tone."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = sum(character in TONES for character in decomposed)
    base = unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in TONES))
    return tones <= 1 and all(SYLLABLE.fullmatch(part) for part in re.split("[-–/]", base))


def repair_encoding(text: str) -> str:
    """Return the text with TCVN3, VNI or garbled UTF-8 undone where that makes it read as Vietnamese.

    The table is chosen once for the whole text, then used on those lines that it improves: a file may mix an old
    encoding with Unicode.
    """
    before = plausibility(text)
    if before >= SURE:
        return text
    scored = [(plausibility(converter(text)), converter) for converter in CONVERTERS]
    after, best = max(scored, key=lambda pair: pair[0])
    if after < ENOUGH or after <= before:
        return text
    return "\n".join(better_line(line, best) for line in text.split("\n"))


def better_line(line: str, converter: Callable[[str], str]) -> str:
    converted = converter(line)
    return converted if plausibility(converted) > plausibility(line) else line
