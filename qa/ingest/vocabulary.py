"""The words that Vietnamese documents use for their kinds, issuers and publishers."""

from __future__ import annotations

from qa.text import lexicon

KIND_HEADINGS = {kind.name.upper(): kind.key for kind in lexicon.DOCUMENT_KINDS if kind.heading}
"""The heading in capitals that names a document's kind → the kind."""

KIND_NAMES = lexicon.KIND_NAMES
KIND_CODES = {
    sign.upper(): kind.key for kind in lexicon.DOCUMENT_KINDS for sign in (kind.sign, *kind.other_signs) if sign
}
"""The first letters of a number's suffix → the kind, by Decree 30/2020/NĐ-CP and the usage of the Party."""

ISSUERS = lexicon.table("offices", "issuers")
"""The last letters of a number's suffix → who issued it, where the head of the document need not be read."""

BYLINES, SITES = lexicon.table("publishers", "bylines"), lexicon.table("publishers", "sites")
UNKNOWN_PUBLISHER = lexicon.table("publishers", "names")["unknown"]
