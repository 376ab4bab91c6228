"""One façade over index, encoder, retriever and answers: what the API, the command line and the page use."""

import datetime
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

from qa.answer import Answerer, Rewrite
from qa.blocks import Answer
from qa.corpus import load_corpus
from qa.encoder import DEFAULT_REVISION, Encoder, EngineEncoder, Reranker, SentenceEncoder, packed_model
from qa.errors import EngineError, SettingsError
from qa.index import (
    BuildOptions,
    BuildReport,
    Engine,
    Filters,
    Index,
    Progress,
    QdrantEngine,
    QdrantIndex,
    SearchIndex,
    build,
    live_name,
)
from qa.reading import Candidate, ModelReader, Reader
from qa.retrieval import Options, Retriever, SearchResult
from qa.settings import Settings
from qa.values import Document, Hit, Turn

REMEMBERED = 500  # answers of a generation that are given again without a search: what is in the news is asked by many


SHIPPED_VECTORS = "vectors"  # the folder of a corpus in which its vectors come with it


class Session:
    """Ask and search one generation of the index."""

    def __init__(
        self, index: SearchIndex, encoder: Encoder, reader: Reader | None = None, reranker: Reranker | None = None
    ) -> None:
        reader = reader or load_reader(encoder)
        self.index = index
        self.retriever = Retriever(index, encoder, reranker=reranker)
        self.answerer = Answerer(self.retriever, reader)
        literal = Options(restores_accents=False, repairs_slips=False)
        self.answer = remembering(self.answerer)
        self.literal_answerer = Answerer(Retriever(index, encoder, literal, reranker), reader)

    def ask(
        self,
        question: str,
        filters: Filters | None = None,
        history: Sequence[Turn] = (),
        rewrite: Rewrite | None = None,
    ) -> Answer:
        """Answer with quoted sentences, or decline; ValueError for a question over 2,000 characters.

        ``history``: what was asked and answered before, oldest first; a follow-up is completed from it,
        by ``rewrite`` where that is given and its rewriting is answered as surely.
        """
        if rewrite and history:
            return self.answerer.ask(question, filters, history, rewrite)
        return self.answer(question, filters or Filters(), tuple(history), datetime.datetime.now(datetime.UTC).date())

    def best_sentence(self, question: str) -> Candidate | None:
        """Return the sentence that would be quoted first, with its evidence; None where nothing is found."""
        return self.answerer.best_sentence(question)

    def ask_as_typed(self, question: str, filters: Filters | None = None) -> Answer:
        """Answer the very words of a question: no slip repaired, no accent restored, nothing completed."""
        return self.literal_answerer.ask(question, filters)

    def search(self, question: str, k: int = 5, filters: Filters | None = None) -> list[Hit]:
        """Return the ``k`` best passages, best first."""
        return self.retriever.search(question, k, filters)

    def find(self, question: str, k: int = 5, filters: Filters | None = None) -> SearchResult:
        """Return the ``k`` best passages with the question as it was searched."""
        return self.retriever.find(question, k, filters)

    def understand(self, question: str, history: Sequence[Turn] = (), rewrite: Rewrite | None = None) -> str:
        """Return the question as it is searched."""
        return self.answerer.understand(question, Filters(), history, rewrite).query

    def document(self, document_id: str) -> Document:
        """Return a whole document; KeyError when there is none of that id."""
        return self.index.documents[document_id]


def remembering(answerer: Answerer) -> Callable[[str, Filters, tuple[Turn, ...], datetime.date], Answer]:
    """Return the answerer's answers, each made once a day; it must not hold the session, which goes when unused."""

    @lru_cache(maxsize=REMEMBERED)
    def answer(question: str, filters: Filters, history: tuple[Turn, ...], _day: datetime.date) -> Answer:
        return answerer.ask(question, filters, history)

    return answer


def load_encoder(settings: Settings | None = None) -> Encoder:
    """Load the encoder that the settings name; EncoderError when it cannot be had.

    The default one reads questions without torch where its engine runs on this system.
    """
    settings = settings or Settings.read()
    engine, path = load_engine(settings)
    if engine:
        return engine
    encoder = SentenceEncoder.load(settings.model, cache=settings.cache, threads=settings.threads)
    encoder.path = path
    return encoder


def load_engine(settings: Settings) -> tuple[EngineEncoder | None, str]:
    """Load the engine where it is to encode questions, and say what does: "engine", or "torch" and why."""
    if settings.model:
        return None, f"torch: QA_MODEL names {settings.model}"
    try:
        return EngineEncoder.load(cache=settings.cache, threads=settings.threads), EngineEncoder.path
    except EngineError as error:
        return None, f"torch: {error}"


def load_reader(encoder: Encoder, settings: Settings | None = None) -> Reader:
    """Load the trained reader; it shares the default encoder's weights. EncoderError when it cannot be had."""
    settings = settings or Settings.read()
    packed = encoder.packed if isinstance(encoder, EngineEncoder) else packed_model()
    return ModelReader.load(packed, settings.threads, trusts_cosines=encoder.revision == DEFAULT_REVISION)


def load_reranker(settings: Settings) -> Reranker | None:
    """Load the reranker that the settings name, if they name one; EncoderError when it cannot be had."""
    return Reranker.load(settings.reranker) if settings.reranker else None


def open_engine(settings: Settings) -> Engine | None:
    """Return the search engine that the settings name, None for the embedded form; SearchEngineError without it.

    Where a copy of the index stands in for the engine, this asks it nothing.
    """
    if settings.engine == "embedded":
        return None
    urls = [url.strip() for url in settings.engine_url.split(",") if url.strip()]
    if not urls:
        raise SettingsError("QA_ENGINE=qdrant needs QA_ENGINE_URL; write http://HOST:6333")
    key = settings.engine_key.get_secret_value()
    shape = {"shards": settings.engine_shards, "replicas": settings.engine_replicas, "half": settings.engine_half}
    try:
        engine = QdrantEngine.connect(urls, key, settings.engine_seconds, **shape)
    except ValueError as error:
        raise SettingsError(f"QA_ENGINE_URL={settings.engine_url!r}: {error}; write http://HOST:6333") from error
    if not settings.engine_copy:
        engine.collections()
    return engine


def open_index(folder: Path, encoder: Encoder, engine: Engine | None = None) -> SearchIndex:
    """Open the live generation of an index in either form; IndexNotFoundError when nothing was built yet."""
    return QdrantIndex.open(folder, engine, encoder) if engine else Index.open(folder, encoder)


def open_session(
    index: Path | str | None = None,
    encoder: Encoder | None = None,
    settings: Settings | None = None,
    reader: Reader | None = None,
) -> Session:
    """Open the live index; IndexNotFoundError when nothing was built yet.

    What is not given is as the ``settings`` say, and these as the environment says at the call.
    """
    settings = settings or Settings.read()
    folder = Path(index or settings.index)
    engine = open_engine(settings)
    live_name(folder, engine)  # says at once that there is no index, before the encoder is loaded
    encoder = encoder or load_encoder(settings)
    reader = reader or load_reader(encoder, settings)
    return Session(open_index(folder, encoder, engine), encoder, reader, load_reranker(settings))


def build_index(  # noqa: PLR0913 - each may be left out
    corpus: Path | str | None = None,
    index: Path | str | None = None,
    encoder: Encoder | None = None,
    *,
    full: bool = False,
    joined: Sequence[Path] = (),
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> BuildReport:
    """Bring the index up to date with the corpus; only changed passages are embedded again.

    ``joined``: folders into which ``qa embed`` wrote vectors.

    What is not given is as the ``settings`` say, and these as the environment says at the call.
    """
    settings = settings or Settings.read()
    articles = Path(corpus or settings.corpus)
    documents = load_corpus(articles)
    options = BuildOptions(
        full=full,
        kept=settings.kept_generations,
        shipped=articles / SHIPPED_VECTORS,
        engine=open_engine(settings),
        joined=joined,
    )
    return build(documents, Path(index or settings.index), encoder or load_encoder(settings), options, progress)
