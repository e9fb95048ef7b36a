"""A language model's server: what is known of it, and what it says of itself.

In: an address, a model, a key. Out: the models that it has, how much one may read, how many tokens a text is.
Only the address that a person set is called: redirects are not followed, and no proxy is used.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from index import PinciteError, clean_text

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 3.0
PATIENCE = 60.0  # seconds until the first token, and from one to the next
LEAST_CONTEXT = 4096  # tokens, where neither the server nor a person says how many a model reads
CHARACTERS_A_TOKEN = 3  # few, so that no more is sent than is read: English has four to five, other languages fewer
_NO_KEY = "none"  # the protocol's client wants one, and servers without keys read none
_ABOUT_SECONDS = 5.0  # for what a server says of itself
_REMEMBERED_SECONDS = 300.0
_LONGEST_NAME, _MOST_NAMES = 200, 200
_SHOWN = 200  # characters of what a server says went wrong


class ModelServerError(PinciteError):
    """A language model's server can't be asked, or doesn't answer as it should."""


@dataclass(frozen=True, slots=True)
class ModelServer:
    """Where a language model is served, by the OpenAI chat protocol.

    `address` is the base address, with or without "/v1"; `model` "" is the first that the server has; `key` is never
    shown. `context` is how many tokens the model reads, 0 if only the server may know; `patience` is how many seconds
    it may be silent.
    """

    address: str
    model: str = ""
    key: str = field(default="", repr=False)
    context: int = 0
    patience: float = PATIENCE

    @property
    def base(self) -> str:
        """The address that the protocol's paths follow on."""
        address = self.address.rstrip("/")
        return address if urlsplit(address).path else f"{address}/v1"

    @property
    def root(self) -> str:
        """The address that a server's own paths follow on."""
        return self.base.removesuffix("/v1")


class About:
    """What a server says of itself. Each is asked once, and remembered for some minutes; several threads may ask."""

    def __init__(self, server: ModelServer) -> None:
        self.server = server
        self._since = time.monotonic()
        self._model = ""
        self._context = 0
        self._counts = True
        self._silent = False
        self._client: Any = None

    @property
    def is_old(self) -> bool:
        """True once the server should be asked anew: it may have been started with another model."""
        return self._silent or time.monotonic() - self._since > _REMEMBERED_SECONDS

    def models(self) -> list[str]:
        """Return the names of its models. Raises `ModelServerError` if it can't be asked."""
        found = self._ask("/models")
        listed = found.get("data")
        if not isinstance(listed, list):
            raise nonsense(self.server)
        names = [one.get("id") for one in listed[:_MOST_NAMES] if isinstance(one, Mapping)]
        return [name for name in names if isinstance(name, str) and 0 < len(name) <= _LONGEST_NAME]

    def model(self) -> str:
        """Return the name of the model that is asked. Raises `ModelServerError` if none is set, and none is there."""
        if not self._model:
            self._model = self.server.model or next(iter(self.models()), "")
        if not self._model:
            raise ModelServerError(f"the server at {self.server.base} has no model: load one there")
        return self._model

    def context(self) -> int:
        """Return how many tokens the model reads, question and answer together: the fewest that anyone says."""
        if not self._context:
            told = self._told_context()
            known = [length for length in (told, self.server.context) if length]
            self._context = min(known) if known else LEAST_CONTEXT
        return self._context

    def count(self, text: str) -> int:
        """Return how many tokens a text is, or more where the server doesn't count."""
        if self._counts:
            body = {"content": text, "prompt": text, "model": self.model()}
            found = self._try("POST", f"{self.server.root}/tokenize", body)
            tokens, number = found.get("tokens"), found.get("count")
            if isinstance(tokens, list):
                return len(tokens)
            if isinstance(number, int):
                return number
            self._counts = False
        return len(text) // CHARACTERS_A_TOKEN + 1

    def _told_context(self) -> int:
        """Return what the server says: llama.cpp, vLLM, Ollama and LM Studio each elsewhere; 0 if it doesn't."""
        model, root = self.model(), self.server.root
        slot = self._try("GET", f"{root}/props").get("default_generation_settings")
        if isinstance(slot, Mapping) and (length := _length(slot.get("n_ctx"))):
            return length
        listed = self._try("GET", f"{self.server.base}/models").get("data")
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, Mapping) and one.get("id") == model:
                meta = one.get("meta")
                trained = meta.get("n_ctx_train") if isinstance(meta, Mapping) else 0
                if length := _length(one.get("max_model_len")) or _length(trained):
                    return length
        return self._told_by_ollama(model) or self._told_by_studio(model)

    def _told_by_ollama(self, model: str) -> int:
        """Return what Ollama reads: what its file of the model says, else at most its default, for it cuts silently."""
        shown = self._try("POST", f"{self.server.root}/api/show", {"model": model})
        parameters, info = shown.get("parameters"), shown.get("model_info")
        found = re.search(r"^num_ctx\s+(\d{1,9})", parameters, re.M) if isinstance(parameters, str) else None
        if found:
            return int(found.group(1))
        lengths = info.items() if isinstance(info, Mapping) else ()
        most = next((_length(value) for name, value in lengths if str(name).endswith(".context_length")), 0)
        return min(most, LEAST_CONTEXT)

    def _told_by_studio(self, model: str) -> int:
        listed = self._try("GET", f"{self.server.root}/api/v0/models").get("data")
        for one in listed if isinstance(listed, list) else ():
            if isinstance(one, Mapping) and one.get("id") == model:
                return _length(one.get("loaded_context_length")) or LEAST_CONTEXT
        return 0

    def _ask(self, path: str) -> Mapping[str, Any]:
        openai = load_client()
        try:
            found = self._open().get(path, cast_to=object)
        except openai.OpenAIError as error:
            raise fault(self.server, error, model=self.server.model) from None
        except (ValueError, RecursionError):
            raise nonsense(self.server) from None
        if not isinstance(found, Mapping):
            raise nonsense(self.server)
        return found

    def _try(self, method: str, address: str, body: Mapping[str, object] | None = None) -> Mapping[str, Any]:
        """Return what the server says at a path that not every one has, {} if this one hasn't, or is silent.

        Raises `ModelServerError` if it isn't there.
        """
        if self._silent:
            return {}
        openai, client = load_client(), self._open()
        try:
            get = method == "GET"
            found = client.get(address, cast_to=object) if get else client.post(address, cast_to=object, body=body)
        except openai.APITimeoutError as error:
            if is_connecting(error):
                raise fault(self.server, error, model=self.server.model) from None
            self._silent = True  # it is busy, and may answer the question all the same
            return {}
        except openai.APIConnectionError as error:
            raise fault(self.server, error, model=self.server.model) from None
        except (openai.OpenAIError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, Mapping) else {}

    def _open(self) -> Any:
        """Return the client, which keeps no connection."""
        if self._client is None:
            openai = load_client()
            timeout = openai.Timeout(_ABOUT_SECONDS, connect=CONNECT_SECONDS)
            self._client = openai.OpenAI(
                http_client=openai.DefaultHttpxClient(
                    timeout=timeout, limits=_limits(), follow_redirects=False, trust_env=False
                ),
                timeout=timeout,
                **client_options(self.server),
            )
        return self._client


def shown_name(model: str) -> str:
    """Return a model's name for people: of a path, which llama.cpp has for a name, only the file's."""
    return re.split(r"[/\\\\]", model)[-1].removesuffix(".gguf") if model.endswith(".gguf") else model


@cache
def load_client() -> ModuleType:
    """Return the protocol's client, which takes about a second to load: not before a server is asked."""
    import openai

    return openai


def _limits() -> Any:
    import httpx2

    return httpx2.Limits(max_keepalive_connections=0)


def client_options(server: ModelServer) -> dict[str, Any]:
    """Return what both kinds of the protocol's client are made with; it tries nothing twice by itself."""
    return {"api_key": server.key or _NO_KEY, "base_url": server.base, "max_retries": 0}


def fault(server: ModelServer, error: Exception, *, model: str) -> ModelServerError:
    """Return what went wrong in one line with the cure, without the key."""
    logger.debug("the language model's server failed: %s", type(error.__cause__ or error).__name__)
    openai, at = load_client(), f"the language model's server at {server.base}"
    if isinstance(error, openai.APITimeoutError) and not is_connecting(error):
        return too_slow(server)
    if isinstance(error, openai.APIConnectionError):
        return ModelServerError(f"{at} can't be reached: start it, or name another address with --llm")
    status = getattr(error, "status_code", None)
    if status in (401, 403):
        return ModelServerError(f"{at} refuses the key: put one that it takes into PINCITE_LLM_KEY")
    said = _said(server, error)
    if status == 404 and (model in said or "model" in said.lower()):
        return ModelServerError(f"{at} has no model {model!r}: name one that it has with --llm-model")
    if status == 404:
        return ModelServerError(f"{at} knows no chat ({said}): check the address, which often ends in /v1")
    if status == 429:
        return ModelServerError(f"{at} lets nobody in at the moment (too many questions): ask again later")
    if isinstance(error, openai.APIResponseValidationError):
        return nonsense(server)
    return ModelServerError(f"{at} says: {said}: see its own log")


def nonsense(server: ModelServer) -> ModelServerError:
    """Return that a server speaks another protocol."""
    cure = "check the address, which often ends in /v1"
    return ModelServerError(f"what the server at {server.base} answers is not the OpenAI chat protocol: {cure}")


def too_slow(server: ModelServer) -> ModelServerError:
    """Return that a server was silent for too long."""
    return ModelServerError(
        f"the language model at {server.base} was silent for {server.patience:g} s: see whether it is busy, "
        "or give it longer with --llm-wait"
    )


def gone(server: ModelServer) -> ModelServerError:
    """Return that a server went away in the middle of an answer."""
    return ModelServerError(f"the server at {server.base} went away in the middle of its answer: see its own log")


def is_connecting(error: Exception) -> bool:
    """Tell whether a time-out is of the connection: nobody is there."""
    return "Connect" in type(error.__cause__).__name__


def _said(server: ModelServer, error: Exception) -> str:
    """Return what a server says of a fault: one line of it, without the key, which some repeat."""
    body = getattr(error, "body", None)
    message = body.get("message") if isinstance(body, Mapping) else None
    text = " ".join(clean_text(str(message or error)).split())
    return (text.replace(server.key, "…") if server.key else text)[:_SHOWN]


def _length(value: object) -> int:
    return value if isinstance(value, int) and 0 < value < 10**9 else 0
