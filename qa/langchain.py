"""The retriever for LangChain: the same passages with the same citations, as LangChain's documents."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field
from pydantic_core import to_jsonable_python

from qa.index import Filters
from qa.session import Session
from qa.values import Hit


class ReformRetriever(BaseRetriever):
    """Return the ``k`` best passages for a question, best first; use it as any LangChain retriever.

    >>> retriever = ReformRetriever(session=qa.open_session(), k=5)
    >>> documents = retriever.invoke("Còn mấy cấp chính quyền địa phương?")

    ``invoke`` raises ValueError for a question longer than 2,000 characters.
    """

    session: Session
    k: int = Field(5, ge=1)
    filters: Filters | None = None

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain's signature
    ) -> list[Document]:
        return [document_of(hit) for hit in self.session.search(query, self.k, self.filters)]


def document_of(hit: Hit) -> Document:
    """Return a hit for LangChain: its metadata are the citation's fields, the score and the passage's id.

    Days are written YYYY-MM-DD, so that the metadata can be kept as JSON.
    """
    citation = hit.passage.citation
    metadata = to_jsonable_python(citation) | {"score": hit.score, "passage_id": hit.passage.id}
    return Document(page_content=hit.passage.text, metadata=metadata, id=hit.passage.id)
