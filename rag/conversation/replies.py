"""Replies: what the assistant says of itself and of the library, in its own words and without citations."""

from __future__ import annotations

from collections.abc import Sequence

from index import Snapshot, content_words, split_words
from rag.answer.protocol import Clock
from rag.conversation.utterance import Utterance
from rag.naming import Name, list_names
from rag.records import Answer

_SHOWN = 12
_CAN = (
    "I answer questions from your documents, in their own words, and show for every sentence where it stands. "
    'Ask me a question, for a place ("what does section 4.2 say?", "page 3"), or for a summary ("summarize {example}").'
)


def reply_text(utterance: Utterance, names: Sequence[Name]) -> str:
    """Return what is said to a greeting, thanks, or a question about the assistant or the library."""
    if utterance.said == "greeting":
        return f"Hello. {_holdings(names)} Ask me what you want to know."
    if utterance.said == "thanks":
        return "You're welcome."
    if utterance.said == "farewell":
        return "Goodbye."
    if utterance.said == "sure":
        return (
            "I haven't answered anything yet. Every sentence of an answer is quoted, with the place that it comes from."
        )
    if utterance.said == "assistant":
        example = names[0].file if names else "report.pdf"
        return f"{_CAN.format(example=example)} {_holdings(names)}"
    if utterance.said == "count":
        return _holdings(names)
    return f"{_number(names)}: {list_names(names, most=_SHOWN)}." if names else _holdings(names)


def documents_about(about: str, snapshot: Snapshot, names: Sequence[Name], scope: Sequence[str]) -> str:
    """Say which documents hold the words of `about`, or else which come closest."""
    asked = frozenset(content_words(about))
    by_id = {name.doc_id: name for name in names}
    holding: dict[str, Name] = {}
    close: dict[str, Name] = {}
    for hit in snapshot.search(about, top_k=50, documents=scope) if by_id else ():
        document = snapshot.find_document(hit.passage.doc_id)
        name = by_id.get(hit.passage.doc_id)
        if document is None or name is None:
            continue
        text = document.text[hit.passage.start : hit.passage.end]
        close.setdefault(name.doc_id, name)
        if asked <= set(split_words(f"{document.title} {name.file} {hit.passage.heading} {text}")):
            holding.setdefault(name.doc_id, name)
    if holding:
        return f"{_number(list(holding.values()))} about “{about}”: {list_names(holding.values(), most=_SHOWN)}."
    if not close:
        return f"No document about “{about}”."
    return f"No document holds all the words of “{about}”. Closest: {list_names(close.values(), most=3)}."


def reply(question: str, text: str, clock: Clock) -> Answer:
    """Return a reply as an answer: neither grounded nor a refusal."""
    return Answer(
        question=question,
        standalone_question=question,
        text=text,
        sentences=(),
        short_answer=None,
        citations=(),
        hits=(),
        grounded=False,
        confidence=0.0,
        differing=(),
        timings_ms=clock.read(),
        is_reply=True,
    )


def _holdings(names: Sequence[Name]) -> str:
    if not names:
        return "There are no documents yet: add some files or folders first."
    return f"I have {_number(names).lower()}: {list_names(names, most=5)}."


def _number(names: Sequence[Name]) -> str:
    return f"{len(names):,} document{'s' if len(names) != 1 else ''}"
