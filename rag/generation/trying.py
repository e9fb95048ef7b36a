"""A trial: a server goes in, how it answers a few words comes out."""

from __future__ import annotations

import time
from dataclasses import dataclass

from rag.generation.server import About, ModelServer, ModelServerError, shown_name
from rag.generation.streaming import stream_chat

_FEW = ({"role": "user", "content": "Count from one to ten in words."},)
_FEW_TOKENS = 24


@dataclass(frozen=True, slots=True)
class Reached:
    """How a server was found: the model that is asked, the others, how much that reads, and how fast it writes."""

    model: str
    others: tuple[str, ...]
    context: int
    first_seconds: float
    tokens_a_second: float


def try_server(server: ModelServer) -> Reached:
    """Ask a server for a few words. Raises `ModelServerError` if it can't be asked, or doesn't answer."""
    about = About(server)
    models, model = tuple(about.models()), about.model()
    if models and model not in models:
        there = ", ".join(models[:5])
        raise ModelServerError(
            f"the server at {server.base} has no model {model!r}: name one of {there} with --llm-model"
        )
    began = time.monotonic()
    pieces = stream_chat(server, model, _FEW, most_tokens=_FEW_TOKENS)
    times = [time.monotonic() for piece in pieces if piece.text or piece.thinking]
    if not times:
        raise ModelServerError(f"the model {model!r} at {server.base} says nothing: see the server's log")
    rate = (len(times) - 1) / max(1e-6, times[-1] - times[0])
    others = tuple(shown_name(name) for name in models if name != model)
    return Reached(shown_name(model), others, about.context(), times[0] - began, rate)
