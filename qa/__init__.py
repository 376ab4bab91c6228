"""Question answering over Vietnam's administrative-reform documents, every sentence quoted and dated.

>>> import qa
>>> session = qa.open_session()
>>> print(session.ask("Quận Long Biên giảm bao nhiêu người hoạt động không chuyên trách?").text)
"""

from qa.blocks import Answer, Quote
from qa.errors import QAError
from qa.index import Filters
from qa.session import Session, build_index, open_session
from qa.values import Citation, Document, Hit, Passage, Turn

__all__ = [
    "Answer",
    "Citation",
    "Document",
    "Filters",
    "Hit",
    "Passage",
    "QAError",
    "Quote",
    "Session",
    "Turn",
    "build_index",
    "open_session",
]
