"""An OpenAI-compatible endpoint, asked within bounds of time, bytes and addresses. Only importer of openai."""

from __future__ import annotations

import importlib
import ipaddress
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from qa.composed.prompt import Message
from qa.errors import ComposeError, IngestError, Refusal, SettingsError

if TYPE_CHECKING:
    import httpx

LARGEST_REPLY = 1_000_000  # bytes as they come; a reply of six sentences has some thousand
MOST_TOKENS = 1_200
HOME_ENDINGS = (".local", ".localhost", ".internal", ".lan", ".home.arpa")
INSTALL = "pip install 'qa-cai-cach-hanh-chinh[compose]'"


class Endpoint:
    """Streams the replies of one model; the key is sent, never shown."""

    def __init__(self, url: str, model: str, key: SecretStr, seconds: float) -> None:
        """Take what the settings say; SettingsError for an address that is none, or without a model."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise SettingsError(
                "QA_LLM_URL is no http or https address without a user; write for example http://localhost:11434/v1"
            )
        if not model:
            raise SettingsError("QA_LLM_URL is set without QA_LLM_MODEL; name the model")
        self.url, self.model, self.key, self.seconds = url, model, key, seconds
        self.allow_private = is_home(parts.hostname)
        try:  # now, for it takes time of the first answer else
            importlib.import_module("openai.resources.chat.completions")
        except ImportError as error:
            raise SettingsError(f"QA_LLM_URL needs the openai client; run: {INSTALL}") from error
        importlib.import_module("qa.ingest")

    def reply(self, messages: Sequence[Message], end: float) -> Iterator[str]:
        """Yield the pieces of a reply as they come; ComposeError where there is none, or not all of it until ``end``.

        ``end``: a time of ``time.monotonic``.
        """
        import httpx
        import openai

        try:
            with bounded_client(end, allow_private=self.allow_private) as bounded:
                http: Any = bounded  # the client takes httpx too, its annotation does not say so
                key = self.key.get_secret_value() or "none"
                left = max(0.1, end - time.monotonic())
                client = openai.OpenAI(base_url=self.url, api_key=key, http_client=http, max_retries=0, timeout=left)
                asked: Any = list(messages)
                with client.chat.completions.create(
                    model=self.model, messages=asked, stream=True, temperature=0.0, max_tokens=MOST_TOKENS
                ) as stream:
                    yield from whole_texts(stream)
        except (openai.APITimeoutError, httpx.TimeoutException) as error:
            raise ComposeError(
                "late", f"no whole answer in time; look at the endpoint or raise QA_LLM_SECONDS={self.seconds:g}"
            ) from error
        except openai.APIStatusError as error:
            why = {401: "key", 403: "key", 429: "busy"}.get(error.status_code, "broken")
            told = (
                f"the endpoint answers with status {error.status_code}; check QA_LLM_URL, QA_LLM_MODEL and QA_LLM_KEY"
            )
            raise ComposeError(why, told) from error
        except IngestError as error:
            if error.refusal == Refusal.PRIVATE:
                raise ComposeError(
                    "private", "QA_LLM_URL leads to a private address; name that address itself in it"
                ) from error
            raise ComposeError("broken", "the host of QA_LLM_URL cannot be resolved; check the address") from error
        except (openai.OpenAIError, httpx.HTTPError, UnicodeError, ValueError, TypeError, AttributeError) as error:
            raise ComposeError(
                "broken", f"the endpoint cannot be reached or understood ({type(error).__name__}); look at it"
            ) from error


def whole_texts(stream: Any) -> Iterator[str]:  # noqa: ANN401 - what a server may send is checked here
    """Yield the texts of a stream's pieces; ComposeError where it ends without saying that it does."""
    ended = False
    for piece in stream:
        choice = piece.choices[0] if piece.choices else None
        text = choice and choice.delta and choice.delta.content
        if text is not None and not isinstance(text, str):
            raise ComposeError("broken", "the endpoint sends something else than text; look at it")
        ended = ended or bool(choice and choice.finish_reason)
        if text:
            yield text
    if not ended:
        raise ComposeError("broken", "the endpoint's reply ends half-way; look at it")


def bounded_client(end: float, *, allow_private: bool) -> httpx.Client:
    """Return a client that follows no redirect, uses no proxy, ends at a time, and refuses a reply beyond its size."""
    import httpx

    from qa.ingest import Clock, GuardedBackend, GuardedTransport

    class BoundedStream(httpx.SyncByteStream):
        def __init__(self, stream: Any) -> None:  # noqa: ANN401 - httpx's own, of no public type
            self.stream = stream

        def __iter__(self) -> Iterator[bytes]:
            left = LARGEST_REPLY
            for piece in self.stream:
                left -= len(piece)
                if left < 0:
                    raise ComposeError(
                        "too_large", f"the reply is larger than {LARGEST_REPLY} bytes; look at the endpoint"
                    )
                yield piece

        def close(self) -> None:
            self.stream.close()

    class BoundedTransport(GuardedTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            response = super().handle_request(request)
            response.stream = BoundedStream(response.stream)
            return response

    transport = BoundedTransport(GuardedBackend(Clock(end), allow_private))
    return httpx.Client(
        transport=transport, trust_env=False, follow_redirects=False, headers={"Accept-Encoding": "identity"}
    )


def is_home(host: str) -> bool:
    """Tell whether a setting names a private host: an address, a name without a dot, or of a home network."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(HOME_ENDINGS)
    return True
