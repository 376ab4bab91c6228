"""One small frozen ``Settings``; the only reader of ``QA_*`` environment variables."""

from pathlib import Path
from typing import Any, Literal, Self

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from qa.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What can be set from outside, each by the variable ``QA_`` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="QA_", frozen=True, extra="ignore")

    corpus: Path = Field(ROOT / "corpus", description="folder of the articles")
    index: Path = Field(ROOT / "index", description="folder of the index generations")
    engine: Literal["embedded", "qdrant"] = Field("embedded", description="what holds vectors and term weights")
    engine_url: str = Field("", description="addresses of Qdrant's nodes, separated by commas")
    engine_key: SecretStr = Field(SecretStr(""), description="API key of Qdrant")
    engine_shards: int = Field(12, ge=1, le=1000, description="shards of a new collection")
    engine_replicas: int = Field(2, ge=1, le=20, description="copies of each shard of a new collection")
    engine_half: bool = Field(False, description="whether new collections keep vectors in half precision")
    engine_seconds: int = Field(5, ge=1, le=60, description="time of one call of Qdrant, which is tried twice")
    engine_copy: str = Field("", description="folder of an embedded index that answers while Qdrant does not")
    kept_generations: int = Field(
        3, ge=1, le=1000, description="generations of the index that stay, the live one among them"
    )
    cache: Path = Field(
        Path(platformdirs.user_cache_dir("qa-cai-cach-hanh-chinh")), description="folder of the unpacked encoder"
    )
    feedback: Path = Field(
        Path(platformdirs.user_data_dir("qa-cai-cach-hanh-chinh")) / "feedback.sqlite3",
        description="file of the readers' feedback",
    )
    log_questions: bool = Field(False, description="whether logs hold the questions as they were typed")
    model: str = Field("", description="another sentence-transformers model, by path or hub name")
    reranker: str = Field("", description="a CrossEncoder that reorders the best passages, by path or hub name")
    threads: int = Field(0, ge=0, le=256, description="encoder threads; 0 lets torch choose")
    operator_password: SecretStr = Field(
        SecretStr(""), description="password of the operator's page; without one there is no such page"
    )
    rate: int = Field(120, ge=0, le=1_000_000, description="questions a minute from one address; 0: no limit")
    at_once: int = Field(8, ge=1, le=256, description="answers that are worked on at once")
    queue: int = Field(64, ge=1, le=10_000, description="questions that may wait; more are told to come back")
    seconds: float = Field(30.0, gt=0, le=600, description="time of one answer; after it the visitor is told so")
    llm_url: str = Field(
        "", description="an OpenAI-compatible endpoint that composes answers; without one nothing is sent"
    )
    llm_model: str = Field("", description="name of the endpoint's model")
    llm_key: SecretStr = Field(SecretStr(""), description="key of the endpoint")
    llm_seconds: float = Field(20.0, gt=0, le=600, description="time of one composed answer in all")
    proxies: str = Field("", description="addresses of proxies whose X-Forwarded-* headers are believed")
    host: str = Field("127.0.0.1", description="address the page listens on")
    port: int = Field(7860, ge=1, le=65535, description="port the page listens on")

    @classmethod
    def read(cls, **values: Any) -> Self:  # noqa: ANN401 - what each may hold is checked here
        """Read the environment; ``values`` stand before it. SettingsError names the variable and what it may hold."""
        try:
            return cls(**values)
        except ValidationError as error:
            first = error.errors()[0]
            variable = f"QA_{str(first['loc'][0]).upper()}"
            raise SettingsError(
                f"{variable}={first['input']!r}: {first['msg']}; correct the variable or unset it"
            ) from error
