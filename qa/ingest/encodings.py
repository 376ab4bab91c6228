"""Bytes → text: byte order marks, UTF-8, UTF-16 without a mark, Windows-1258 and the old Vietnamese encodings.

TCVN3 (ABC) gives each accented letter one byte; VNI-Windows writes the accent as a second letter after the vowel.
Both stand here as the Windows-1252 characters that their bytes look like, because that is how they also arrive
inside DOCX, PDF and HTML. The tables follow TCVN 5712:1993 (VN3) and the VNI-Windows code page. Which of them a text is
in is told by how Vietnamese it reads.
"""

import codecs
import re
import unicodedata
from contextlib import suppress
from functools import lru_cache

from charset_normalizer import from_bytes

from qa.errors import IngestError, Refusal
from qa.text import normalise

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\x0b\x0c\r\x1a\x1b")
HIGH_BYTES = frozenset(b"\x00\x01\x03\x1e\x20")  # of UTF-16 units: ASCII, ăđĩơư, combining marks, ạ…ỹ, quotes
SAMPLE = 65_536
BINARY = "is not text (it holds binary data); give a TXT, Markdown, HTML, PDF, DOCX or JSON file"
DECLARATION = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
TONES = "\u0301\u0300\u0309\u0303\u0323"  # acute, grave, hook, tilde and dot, in the order of the tables below
SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx])?"
    r"(?:oai|oay|oeo|uây|uya|uyê|uyu|iêu|yêu|oao|uôi|ươi|ươu|uâ|uê|ue|uơ|uy|ươ|ưa|ưi|ưu|uô|ua|ui|iê|ia|iu|yê|oa|oă"
    r"|oe|oi|ôi|ơi|eo|êu|ai|ao|au|ay|âu|ây|oo|[aăâeêioôơuưy])(?:ng|nh|ch|[cmnpt])?"
)
EDGES = " \t\"'`.,;:!?()[]{}<>«»“”‘’…–—-/\\*_|#=+&%0123456789"
TAG = re.compile(r"<[^<>]{1,2000}>")
JUDGED = 40_000  # characters looked at to judge a text; more would only cost time
SURE = 0.9
ENOUGH = 0.75

TCVN3_FROM = "¡¢£¤¥¦§¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ"
TCVN3_TO = "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
TCVN3 = str.maketrans(TCVN3_FROM, TCVN3_TO)

VNI_TONES = dict(zip("ùøûõï", TONES, strict=True))
VNI_CIRCUMFLEX = {key: f"\u0302{tone}" for key, tone in zip("âáàåãä", ("", *TONES), strict=True)}
VNI_BREVE = {key: f"\u0306{tone}" for key, tone in zip("êéèúüë", ("", *TONES), strict=True)}
VNI_MARKS = {
    "a": VNI_TONES | VNI_CIRCUMFLEX | VNI_BREVE,
    **dict.fromkeys("eo", VNI_TONES | VNI_CIRCUMFLEX),
    **dict.fromkeys("uyôö", VNI_TONES),
}
VNI_LETTERS = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "í": "í", "ì": "ì"}
VNI_PAIR = re.compile("[aeouyôöAEOUYÔÖ][ùøûõïâáàåãäêéèúüëÙØÛÕÏÂÁÀÅÃÄÊÉÈÚÜË]|[ôöñæóòîÔÖÑÆÓÒÎ]")


def decode(content: bytes, declared: str = "") -> str:
    """Return bytes as NFC text; a declared encoding, often wrong, is a candidate. IngestError for what is no text."""
    return normalise(repair_encoding(marked(content) or wide(content) or unmarked(content, declared)))


def marked(content: bytes) -> str | None:
    for mark, name in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(name, errors="replace")
    return None


def wide(content: bytes) -> str | None:
    sample = content[:SAMPLE]
    if len(sample) < 8 or sample.count(0) < len(sample) // 5:
        return None
    for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        high = sample[offset::2]
        if sum(byte in HIGH_BYTES for byte in high) > 0.97 * len(high):
            return content.decode(name, errors="replace")
    return None


def unmarked(content: bytes, declared: str) -> str:
    sample = content[:SAMPLE]
    if len(sample.translate(None, CONTROLS)) < 0.997 * len(sample) or 0 in sample:
        raise IngestError(Refusal.UNKNOWN_FORMAT, BINARY)
    try:
        return content.decode("utf-8")  # no other text decodes so by chance
    except UnicodeDecodeError:
        return single_byte(content, declared)


def single_byte(content: bytes, declared: str) -> str:
    """Choose among the encodings Vietnamese files are found in by how Vietnamese each reading looks."""
    readings = []
    for name in filter(None, (declared, "utf-8", "cp1258", "latin-1")):
        with suppress(LookupError, ValueError):  # what was declared may be no encoding of text
            # letters and accents only are joined: the soft hyphen, which normalise drops, is a letter in TCVN3
            text = unicodedata.normalize("NFC", content.decode(name, errors="replace"))
            readings.append(repair_encoding(text))
    best = max(readings, key=lambda text: plausibility(text) - 10 * text.count("\ufffd") / max(1, len(text)))
    if plausibility(best) >= ENOUGH:
        return best
    guess = from_bytes(content[:SAMPLE]).best()
    if guess is None:
        raise IngestError(Refusal.ENCODING, "has an encoding that cannot be told; save it as UTF-8")
    return content.decode(guess.encoding, errors="replace")


def declared_encoding(content: bytes) -> str:
    """Return the encoding that the head of an HTML or XML file declares, or nothing."""
    found = DECLARATION.search(content[:4096])
    return found[1].decode("ascii") if found else ""


def repair_encoding(text: str) -> str:
    """Return the text with garbled UTF-8, TCVN3 or VNI undone where that makes it read as Vietnamese.

    UTF-8 that was read as Windows-1252 is undone as a whole. The table of an old encoding is chosen once for the whole
    text, then used on those lines that it improves: a file may mix an old encoding with Unicode.
    """
    before = plausibility(text)
    if before >= SURE:
        return text
    scored = [(plausibility(convert(text)), convert) for convert in (from_garbled_utf8, from_tcvn3, from_vni)]
    after, best = max(scored, key=lambda pair: pair[0])
    if after < ENOUGH or after <= before:
        return text
    if best is from_garbled_utf8:
        return best(text)
    return "\n".join(max(line, best(line), key=plausibility) for line in text.split("\n"))


def from_garbled_utf8(text: str) -> str:
    """Undo UTF-8 that was read as Windows-1252 and saved again; return the text itself where it was not."""
    try:
        return b"".join(c.encode("latin-1" if ord(c) < 256 else "cp1252") for c in text).decode("utf-8")
    except UnicodeError:
        return text


def plausibility(text: str) -> float:
    """Return the share of accented words that are Vietnamese syllables, in 0..1; 1.0 for a text without any."""
    words = [word.strip(EDGES) for word in TAG.sub(" ", text[:JUDGED]).split()]
    accented = [word for word in words if not word.isascii()]
    return sum(map(is_syllable, accented)) / len(accented) if accented else 1.0


@lru_cache(maxsize=50_000)
def is_syllable(word: str) -> bool:
    """Tell whether a word is built like a Vietnamese syllable with at most one tone."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    tones = sum(character in TONES for character in decomposed)
    base = unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in TONES))
    return tones <= 1 and all(SYLLABLE.fullmatch(part) for part in re.split("[-–/]", base))


def from_tcvn3(text: str) -> str:
    """Convert TCVN3; a word with a capital after its first letter was set in a capitals font, so all of it is."""
    return re.sub(r"\b\w+[A-Z]\w*", lambda word: word[0].upper(), text.translate(TCVN3))


def from_vni(text: str) -> str:
    """Convert VNI-Windows: the letter after a vowel carries its accents."""
    return unicodedata.normalize("NFC", VNI_PAIR.sub(vni_letter, text))


def vni_letter(match: re.Match[str]) -> str:
    pair = match[0]
    base = VNI_LETTERS.get(pair[0].lower(), pair[0].lower())
    marks = VNI_MARKS.get(pair[0].lower(), {}).get(pair[1].lower()) if len(pair) == 2 else ""
    if marks is None:
        return pair
    return (base.upper() if pair[0].isupper() else base) + marks
