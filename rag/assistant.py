"""The assistant: a question and the conversation go in, an answer with citations comes out, or a refusal.

The way of a question can be read top to bottom in `Assistant.stream`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from index import (
    DEFAULT_MODEL,
    Hit,
    Library,
    PinciteError,
    SettingsError,
    Snapshot,
    clean_text,
    content_words,
    is_english,
    open_library,
)
from rag.answer.direct import Direct
from rag.answer.extractive import TOP_K, ExtractiveAnswerer
from rag.answer.finding import CANDIDATES, find
from rag.answer.protocol import Answerer, Asked, Clock
from rag.answer.regression import support_level
from rag.answer.spoken import find_spoken_of, is_told_again
from rag.choices import DEFAULT_READER, LONGEST_QUESTION, Refusal
from rag.conversation.followup import read_in_context, stand_alone, without_pointing
from rag.conversation.leaning import points_back
from rag.conversation.replies import reply, reply_text
from rag.conversation.spelling import load_dictionary, put_right
from rag.conversation.utterance import CHATTER, Utterance, read_utterance
from rag.generation.answerer import GeneratedAnswerer
from rag.generation.rewriting import rewrite
from rag.generation.server import ModelServer
from rag.generation.speaking import Speaker
from rag.generation.use import AS_USUAL, ModelUse
from rag.grounding.check import Checker
from rag.grounding.evidence import Everything
from rag.naming import Name, Names, to_look_in, without_names
from rag.question import read_question
from rag.reader.model import open_reader
from rag.records import Answer, Checked, Turn, Update
from rag.tagger.tagger import Tags, shipped_tagger

logger = logging.getLogger(__name__)

_MAY_LEAN = 0.2  # probability that a question leans on what was said, from which a model may write it anew
_FAR_BETTER = 0.2  # support, by which a follow-up asked by itself goes before its weak answer behind what was said
_AGAIN_SECONDS = 30.0  # after which a model that could not be loaded is tried again: the hub may be there by then


@dataclass(frozen=True, slots=True)
class Loading:
    """Where the loading of the models is; `why` it failed is one sentence with the cure, "" unless it did."""

    stage: Literal["loading", "ready", "failed"]
    why: str = ""


class Assistant:
    """Answers questions from the documents of one library.

    By an `answerer` if one is given, or else in the documents' own words: `reader` names what reads the passages,
    `refusal` says how much support an answer needs. With a `server`, a language model's own words join them, as `use`
    says, each sentence checked by `checker`.
    """

    def __init__(
        self,
        library: Library,
        *,
        reader: str = DEFAULT_READER,
        refusal: Refusal = "balanced",
        server: ModelServer | None = None,
        use: ModelUse = AS_USUAL,
        checker: Checker | None = None,
        answerer: Answerer | None = None,
    ) -> None:
        self.library = library
        self.checker = checker or Checker()
        self._reader_name, self._reader = reader, open_reader(reader)
        self._speaker = Speaker(server, use) if server else None
        self._given = answerer
        self.answerer = self._make_answerer(reader, refusal)
        self.tagger = shipped_tagger()
        self.names = Names()
        self._loading = threading.Lock()
        self._failure = ""
        self._failed_at = 0.0
        self._warming: threading.Thread | None = None

    @property
    def state(self) -> Loading:
        """Whether the models are in memory; a question asked while they are loading waits for them."""
        why = self._failure
        if self.library.ready and self.answerer.ready:
            return Loading("ready")
        return Loading("failed", why) if why else Loading("loading")

    @property
    def ready(self) -> bool:
        """True once the models are in memory."""
        return self.state.stage == "ready"

    @property
    def warning(self) -> str:
        """What a person should know before asking, in one line that ends with the cure: the reader is damaged, say."""
        return self.state.why or self.answerer.warning or self.tagger.warning

    def set_up(
        self,
        *,
        reader: str,
        refusal: Refusal,
        server: ModelServer | None = None,
        use: ModelUse = AS_USUAL,
        checker: Checker | None = None,
    ) -> None:
        """Answer from the next question on by this reader, with this support, and by this language model.

        Without a `checker` the one that is there stays, and so does an answerer that was given.
        """
        self.checker = checker or self.checker
        self._speaker = Speaker(server, use) if server else None
        self.answerer = self._make_answerer(reader, refusal)

    def warm_up(self) -> None:
        """Load the models in the background; what goes wrong becomes the `state`."""
        if self._warming is None and self.state.stage == "loading":
            self._warming = threading.Thread(target=self._warm_up, name="pincite-warm-up", daemon=True)
            self._warming.start()

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        documents: Sequence[str] = (),
        folders: Sequence[str] = (),
    ) -> Answer:
        """Answer `question`, which may lean on `history` (oldest turn first).

        `documents` (ids) and `folders` (paths) restrict where the answer is looked for. Raises `SettingsError` for an
        empty or overlong question.
        """
        for update in self.stream(question, history, documents=documents, folders=folders):
            if update.stage == "done" and update.answer:
                return update.answer
        raise AssertionError("a stream ends with an answer")

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        documents: Sequence[str] = (),
        folders: Sequence[str] = (),
    ) -> Iterator[Update]:
        """Answer as `ask` does, telling each step; the last update has stage "done" and the whole answer."""
        typed = clean_text(question)
        _check_question(typed)
        clock = Clock()
        said = read_utterance(typed)
        turns = [turn for turn in history if read_utterance(turn.question).said not in CHATTER]
        again = said.said == "sure" and bool(turns)
        if said.said in CHATTER and not said.about and not again:
            names = self.names.within(self.library.look(), documents, folders)
            yield Update("done", "", reply(typed, reply_text(said, names), clock))
            return
        if not self.ready:
            yield Update("loading", "Loading the models", None)
            self.load()
        yield Update("searching", f"Searching {self.library.searchable():,} passages", None)
        snapshot = self.library.refresh()
        question = put_right(typed, snapshot.document_frequency)
        is_unheard_of = not again and _is_unheard_of(question, snapshot)
        turns = [] if is_unheard_of else turns
        tags = None if again else self.tagger.tag(question, turns)
        rewritten = "" if again else (yield from self._rewrite(question, turns, tags))
        standalone = turns[-1].question if again else rewritten or stand_alone(question, turns, tags)
        direct = Direct(snapshot, self.names, documents, folders)
        utterance = read_utterance(standalone)
        answer = direct.answer(utterance, typed, standalone, clock)
        if answer:
            understood = read_question(standalone, snapshot.rarity)
            yield from self._direct(Asked(typed, understood, (), snapshot, turns, clock), answer, utterance, direct)
            return
        before = turns[-1] if turns and not again and not rewritten else None
        understood = read_in_context(question, standalone, before, snapshot.rarity, tags)
        if before:
            place = find_spoken_of(snapshot, question, before, tags, documents=documents, folders=folders)
            understood = replace(understood, spoken_of=place)
        understood = replace(understood, is_unheard_of=is_unheard_of)
        asked = Asked(typed, understood, (), snapshot, turns, clock, documents, folders)
        alone = without_pointing(question, turns, tags)
        yield from self._answer_within(asked, question, alone, to_look_in(standalone, direct.named_in(standalone)))

    def search(
        self, query: str, *, top_k: int = TOP_K, documents: Sequence[str] = (), folders: Sequence[str] = ()
    ) -> list[Hit]:
        """Return the passages that answer `query` best, in the order of the answerer."""
        if not query.strip():
            return []
        snapshot = self.library.refresh()
        hits = snapshot.search(query, top_k=max(top_k, CANDIDATES), documents=documents, folders=folders)
        asked = Asked(query, read_question(query, snapshot.rarity), hits, snapshot)
        return list(self.answerer.rank(asked)[:top_k])

    def check(self, text: str, *, documents: Sequence[str] = (), folders: Sequence[str] = ()) -> Checked:
        """Return the sentences of `text`, written by whomever, each with what the library says to it.

        `documents` (ids) and `folders` (paths) restrict where that is looked for.
        """
        self.library.load()
        return self.checker.check(text, Everything(self.library.refresh(), documents, folders))

    def load(self) -> None:
        """Load the models now; a reader that can't be loaded becomes the `warning`.

        Raises `PinciteError` if the embedding model can't be loaded, without another try if the last one was just now.
        """
        with self._loading:
            if self._failure and time.monotonic() - self._failed_at < _AGAIN_SECONDS:
                raise PinciteError(self._failure)
            try:
                self._load()
            except PinciteError as error:
                self._failure, self._failed_at = str(error), time.monotonic()
                raise
            self._failure = ""

    def close(self) -> None:
        """Close the library."""
        self.library.close()

    def _make_answerer(self, reader: str, refusal: Refusal) -> Answerer:
        """Return what answers; a reader that is in memory stays there."""
        if self._given is not None:
            return self._given
        if reader != self._reader_name or self._reader.warning:
            self._reader_name, self._reader = reader, open_reader(reader)
        extractive = ExtractiveAnswerer(self._reader, refusal)
        speaker = self._speaker
        if speaker and speaker.use.writes:
            return GeneratedAnswerer(extractive, speaker, self.checker)
        return extractive

    def _rewrite(self, question: str, turns: Sequence[Turn], tags: Tags | None) -> Generator[Update, None, str]:
        """Return the question as a model makes it stand alone, "" where none is to, or it can't be believed."""
        leans = bool(turns) and (tags is None or tags.leans >= _MAY_LEAN)
        if self._speaker is None or not self._speaker.use.rewrites or not leans:
            return ""
        telling = rewrite(self._speaker, question, turns)
        try:
            while True:
                yield Update("searching", next(telling), None)
        except StopIteration as end:
            return str(end.value)
        except PinciteError as error:
            logger.warning("the language model makes no question stand alone: %s", error)
            return ""

    def _direct(self, asked: Asked, answer: Answer, utterance: Utterance, direct: Direct) -> Iterator[Update]:
        """Yield an answer that is there already, and what the answerer makes of it if it is a summary or a timeline."""
        yield Update("answering", "Answering", answer)
        if answer.grounded and utterance.said in ("summary", "timeline"):
            overview = direct.summarized(utterance) if utterance.said == "summary" else None
            yield from self.answerer.retell(asked, answer, overview)
        else:
            yield Update("done", "", answer)

    def _answer_within(self, asked: Asked, question: str, alone: str, named: Sequence[Name]) -> Iterator[Update]:
        """Answer from the documents that are `named`, or else from all.

        `question` is what was typed, `alone` the same with what points back replaced.
        """
        understood, rarity = asked.understood, asked.snapshot.rarity
        if named:
            ids = [name.doc_id for name in named]
            unnamed = read_question(without_names(understood.text, named), rarity)
            within = replace(asked, understood=unnamed, documents=ids, folders=(), named=ids)
            if (yield from _unless_refused(self._answer(within), understood.text)):
                return
        yield from self._answer_following(asked, question, alone) if understood.in_context else self._answer(asked)

    def _answer_following(self, asked: Asked, question: str, alone: str) -> Iterator[Update]:
        """Answer what seems to be a follow-up, as it was typed behind what was said before.

        If that is weak, it is also asked with what points back replaced, by itself; that counts if it is far better
        supported and more than what was just told. What has no answer, and names something itself, is asked as typed.
        """
        rarity = asked.snapshot.rarity
        updates = self._answer(asked)
        first, support = yield from _until_answered(updates)
        if alone != question and support_level(support) == "weak":
            others = self._answer(replace(asked, understood=read_question(alone, rarity)))
            other, support_alone = yield from _until_answered(others)
            told_again = is_told_again(asked.understood.spoken_of, other.answer)
            if support_alone > support + _FAR_BETTER and not told_again:
                first, support, updates = other, support_alone, others
        if support or points_back(question) or not content_words(question):
            yield first
        else:
            updates = self._answer(replace(asked, understood=read_question(question, rarity)))
        yield from updates

    def _answer(self, asked: Asked) -> Iterator[Update]:
        hits = find(asked)
        asked.clock.lap("search")
        yield from self.answerer.answer(replace(asked, hits=hits))

    def _load(self) -> None:
        try:
            self.library.load()
            self.answerer.load()
        except PinciteError:
            raise
        except Exception as error:
            logger.debug("the models can't be loaded", exc_info=True)
            reason = " ".join(str(error).split())[:200] or type(error).__name__
            raise PinciteError(
                f"the models can't be loaded ({reason}): run it again with --debug to see where, or reinstall Pincite"
            ) from error

    def _warm_up(self) -> None:
        try:
            self.load()
            self.library.refresh()
            self.tagger.load()  # a first question has no need of it
            load_dictionary()
        except PinciteError:
            return  # it is in the state; what the index lacks is said to whoever asks
        except Exception:
            logger.exception("the index can't be read")


def _until_answered(updates: Iterator[Update]) -> Generator[Update, None, tuple[Update, float]]:
    """Yield the updates before an answer; return the first with one, and its support, 0 only of a refusal."""
    for update in updates:
        if update.answer:
            told = update.answer.sentences if update.answer.grounded else ()
            return update, max((sentence.support for sentence in told[:1]), default=0.0)
        yield update
    raise AssertionError("a stream ends with an answer")


def _unless_refused(updates: Iterator[Update], standalone: str) -> Generator[Update, None, bool]:
    """Yield the updates of an answer to `standalone`, and return True; if it is refused, neither the end nor True."""
    for update in updates:
        if update.answer is None:
            yield update
        elif update.answer.grounded:
            yield replace(update, answer=replace(update.answer, standalone_question=standalone))
        else:
            return False
    return True


def open_assistant(
    home: Path,
    *,
    model: str = DEFAULT_MODEL,
    reader: str = DEFAULT_READER,
    refusal: Refusal = "balanced",
    server: ModelServer | None = None,
    use: ModelUse = AS_USUAL,
) -> Assistant:
    """Open the library in `home` and return the assistant that answers from it.

    `reader` is "pincite" (the one inside), "none", a folder or a hub name; `refusal` is how much support an answer
    needs; with a `server` a language model's words join the documents'. Raises `HomeError` if the folder can't be used,
    `IndexMismatchError` if its index is of another model or format.
    """
    library = open_library(Path(home), model=model)
    return Assistant(library, reader=reader, refusal=refusal, server=server, use=use)


def _is_unheard_of(question: str, snapshot: Snapshot) -> bool:
    """Tell whether no document holds any word of a question: "asdf", "tell me a joke". "Is it pricey?" points back."""
    words = content_words(question)
    if not words or points_back(question) or not is_english(question):
        return False
    return not any(map(snapshot.document_frequency, words))


def _check_question(question: str) -> None:
    if not question.strip():
        raise SettingsError("the question is empty: type one")
    if len(question) > LONGEST_QUESTION:
        raise SettingsError(f"the question has {len(question):,} characters: ask in at most {LONGEST_QUESTION:,}")
