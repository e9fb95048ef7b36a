"""Searching again: for a question that needs several steps a model says what to look for next, as often as is set.

What it says is searched for like any question, in the same part of the library, and each search is told.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from itertools import zip_longest
from pathlib import Path

from index import Hit, content_words
from rag.choices import MOST_SEARCHES
from rag.generation.prompt import passages_of, read_prompt
from rag.generation.speaking import Speaker
from rag.generation.writing import Writing

ENOUGH = "ENOUGH"
_PROMPT = Path(__file__).with_name("search.md")
_TOP_K = 8
_LONGEST = 200  # characters of what is searched for
_TOKENS = 48


def search_again(speaker: Speaker, writing: Writing, hits: Sequence[Hit]) -> Generator[str, None, list[Hit]]:
    """Return the hits with those of further searches among them; yield what is going on.

    Raises `PinciteError` for whatever goes wrong.
    """
    asked, found = writing.asked, list(hits)
    made = [asked.understood.asked]
    for _ in range(1, min(speaker.use.searches, MOST_SEARCHES)):
        told = " / ".join(made)
        passages = passages_of(asked.snapshot, found)
        said = "Asking the language model what to search for next"
        reply = yield from speaker.reply(read_prompt(_PROMPT), told, passages, said, most_tokens=_TOKENS)
        query = reply[:_LONGEST].strip("\"'“”`*-: ")
        if not _is_new(query, made):
            break
        made.append(query)
        yield f"Searching for “{query}”"
        more = asked.snapshot.search(query, top_k=_TOP_K, documents=asked.documents, folders=asked.folders)
        known = {hit.passage.passage_id for hit in found}
        new = [hit for hit in more if hit.passage.passage_id not in known]
        writing.change(step=f"searched for “{query}”: {len(new)} further passage{'' if len(new) == 1 else 's'}")
        found = [hit for row in zip_longest(found, new) for hit in row if hit is not None]
    return found


def _is_new(query: str, made: Sequence[str]) -> bool:
    """Tell whether something is to be searched for that was not."""
    words = set(content_words(query))
    return bool(words) and ENOUGH not in query and all(words != set(content_words(one)) for one in made)
