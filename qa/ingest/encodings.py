"""Bytes → text: byte order marks, UTF-8, UTF-16 without a mark, Windows-1258 and the old Vietnamese encodings."""

from __future__ import annotations

import codecs
import re
import unicodedata

from charset_normalizer import from_bytes

from qa.errors import IngestError, Refusal
from qa.ingest.legacy import ENOUGH, plausibility, repair_encoding
from qa.text import normalise

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\x0b\x0c\r\x1a\x1b")
HIGH_BYTES = frozenset(b"\x00\x01\x03\x1e\x20")
"""High bytes of the UTF-16 units that Vietnamese text is made of: ASCII, ăđĩơư, combining marks, ạ…ỹ, quotes."""

SAMPLE = 65_536
BINARY = "is not text (it holds binary data); give a TXT, Markdown, HTML, PDF, DOCX or JSON file"
DECLARATION = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)


def decode(content: bytes, declared: str = "") -> str:
    """Return bytes as NFC text; IngestError when they are no text.

    A declared encoding is only one candidate among others: servers and pages often declare a wrong one. UTF-8 that
    decodes is believed first, since no other text does so by chance.
    """
    text = marked(content) or wide(content) or unmarked(content, declared)
    return normalise(repair_encoding(text))


def marked(content: bytes) -> str | None:
    for mark, name in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(name, errors="replace")
    return None


def wide(content: bytes) -> str | None:
    """Decode UTF-16 without a byte order mark, or return None when it is not that."""
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
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return single_byte(content, declared)


def single_byte(content: bytes, declared: str) -> str:
    """Choose among the encodings Vietnamese files are found in by how Vietnamese each reading looks."""
    names = ["utf-8", "cp1258", "latin-1"]
    if declared and is_codec(declared):
        names.insert(0, declared)
    readings = [repair_encoding(composed(content.decode(name, errors="replace"))) for name in names]
    best = max(readings, key=lambda text: plausibility(text) - 10 * text.count("\ufffd") / max(1, len(text)))
    if plausibility(best) >= ENOUGH:
        return best
    guess = from_bytes(content[:SAMPLE]).best()
    if guess is None:
        raise IngestError(Refusal.ENCODING, "has an encoding that cannot be told; save it as UTF-8")
    return content.decode(guess.encoding, errors="replace")


def composed(text: str) -> str:
    """Join letters and accents only: the soft hyphen, which ``normalise`` drops, is a letter in TCVN3."""
    return unicodedata.normalize("NFC", text)


def is_codec(name: str) -> bool:
    try:
        return bool(codecs.lookup(name)._is_text_encoding)
    except (LookupError, ValueError):
        return False


def declared_encoding(content: bytes) -> str:
    """Return the encoding that the head of an HTML or XML file declares, or nothing."""
    found = DECLARATION.search(content[:4096])
    return found[1].decode("ascii") if found else ""
