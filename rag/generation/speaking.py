"""Speaking with a model: a question and passages go in, and what it says goes into what is written."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from rag.generation.cleaning import Cleaner
from rag.generation.prompt import Passage, Prompt, read_prompt, write_prompt
from rag.generation.server import About, ModelServer, shown_name
from rag.generation.streaming import Piece, stream_chat, while_waiting
from rag.generation.use import ModelUse
from rag.generation.writing import Writing

MOST_TOKENS = 1024  # of an answer, and of the context a quarter at most
_MOST_SHORT = 600  # characters of a short reply; what is longer is none
ASKING = "Asking the language model"


class Speaker:
    """Tells a model what to write, and has it written down; what the server says of itself is asked once."""

    def __init__(self, server: ModelServer, use: ModelUse) -> None:
        self.server, self.use = server, use
        self._known: About | None = None

    @property
    def about(self) -> About:
        """What the server says of itself: a thread that may wait should ask."""
        if self._known is None or self._known.is_old:
            self._known = About(self.server)
        return self._known

    def room(self) -> tuple[int, int]:
        """Return how many tokens a prompt may have, and how many its answer. Raises `ModelServerError`."""
        context = self.about.context()
        tokens = min(MOST_TOKENS, context // 4)
        return context - tokens - context // 16, tokens  # less what a chat's template adds

    def tell(
        self, writing: Writing, question: str, passages: Sequence[Passage], *, said: str = ASKING
    ) -> Generator[str, None, None]:
        """Have a question answered from passages; yield what is going on, at least every `TICK` seconds.

        Raises `PinciteError` for whatever goes wrong.
        """
        yield said
        template = read_prompt(self.use.prompt)
        model, prompt, tokens = yield from while_waiting(lambda: self._prepare(template, question, passages), said)
        writing.change(model=shown_name(model), note=prompt.note)
        now = said
        for piece in stream_chat(self.server, model, prompt.messages, most_tokens=tokens):
            writing.take(piece)
            told = _said_of(piece, shown_name(model))
            if said == ASKING:
                now = told or now
            elif piece.text or piece.waiting:
                now = told if piece.waiting else said
            yield now
            if writing.is_over:
                return

    def reply(
        self, template: str, question: str, passages: Sequence[Passage], said: str, *, most_tokens: int
    ) -> Generator[str, None, str]:
        """Return the first line of a short reply, in plain words; "" if it comes to no end. Raises `PinciteError`."""
        yield said
        model, prompt, _ = yield from while_waiting(lambda: self._prepare(template, question, passages), said)
        cleaner, found, anew, length = Cleaner(), list[str](), 0, 0
        for piece in stream_chat(self.server, model, prompt.messages, most_tokens=most_tokens):
            more = cleaner.feed(piece.text)
            found, anew = ([*found, *more] if cleaner.anew == anew else more), cleaner.anew
            length += len(piece.text)
            if piece.end == "endless" or length > _MOST_SHORT:
                return ""
            yield said
        return next(iter([*found, *cleaner.finish()]), "")

    def _prepare(self, template: str, question: str, passages: Sequence[Passage]) -> tuple[str, Prompt, int]:
        """Return the model, the messages to it, and how many tokens its answer may have."""
        most, tokens = self.room()
        prompt = write_prompt(template, question, passages, count=self.about.count, most_tokens=most)
        return self.about.model(), prompt, tokens


def _said_of(piece: Piece, model: str) -> str:
    """Say to a person what the model is at; "" if nothing is new."""
    if piece.waiting:
        return f"The language model's server is busy: waiting {piece.waiting:g} s"
    if piece.thinking:
        return f"{model} is thinking"
    return f"{model} is writing" if piece.text else ""
