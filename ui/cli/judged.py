"""`pincite feedback`: what people said of answers goes in, a question set that `pincite eval` reads comes out.

`corpus.jsonl` has the library's documents, `queries.jsonl` the questions whose answer or refusal was called right, with
the words that were cited; `wrong.jsonl` those that were called wrong, with what was answered and the comment, for
someone to write down what is right.
"""

from __future__ import annotations

import argparse
import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from index import Conversations, Judgement, Library, PinciteError, SettingsError
from rag import Answer
from ui.cli.output import print_json, warn
from ui.settings import Settings
from ui.text import one_line
from ui.web.state.exchange import Exchange, history
from ui.web.state.kept import MOST, Keeper

NAMES = ("corpus.jsonl", "queries.jsonl", "wrong.jsonl")


def export_judged(settings: Settings, library: Library, options: argparse.Namespace) -> None:
    """Write the question set into a folder."""
    there = [options.out / name for name in NAMES if (options.out / name).exists()]
    if there and not options.force:
        raise SettingsError(f"{there[0]}: is there already: --force overwrites it, or name another folder with --out")
    with contextlib.closing(Conversations(settings.home)) as kept:
        said = list(_judged(kept))
    right, wrong, left_out = [], [], 0
    for query_id, asked, earlier, judgement in said:
        row = _query(query_id, asked, earlier)
        if judgement.verdict == "wrong":
            wrong.append(row | {"answers": [], "evidence": [], "given": _given(asked), "comment": judgement.comment})
        elif asked.scope.label or not _holds(library, asked.answer):
            left_out += 1
        else:
            right.append(row)
    corpus = ({"doc_id": id_, "title": title, "text": text} for id_, title, text in _documents(library))
    for name, rows in zip(NAMES, (corpus, right, wrong), strict=True):
        _write(options.out / name, rows)
    if left_out:
        warn(f"{left_out} left out: asked of a part of the library, or a document that was cited has changed or gone")
    if options.json:
        print_json({"folder": str(options.out), "right": len(right), "wrong": len(wrong), "left_out": left_out})
    else:
        print(f"wrote {one_line(options.out)}: {len(right)} right, {len(wrong)} wrong")


def _judged(kept: Conversations) -> Iterator[tuple[str, Exchange, tuple[Exchange, ...], Judgement]]:
    """Yield each exchange that was judged, with its id and those before it."""
    keeper = Keeper(kept)
    for one in kept.newest(MOST):
        said = kept.judgements(one.conversation_id)
        exchanges = keeper.read(one.conversation_id) if said else ()
        for number, judgement in sorted(said.items()):
            if number < len(exchanges) and exchanges[number].answer:
                asked = exchanges[number]
                yield f"{one.conversation_id}-{number}", asked, exchanges[:number], judgement


def _query(query_id: str, asked: Exchange, earlier: tuple[Exchange, ...]) -> dict[str, Any]:
    """Return the line of a question, as if its answer were right."""
    answer = asked.answer
    citations = answer.citations if answer else ()
    short = answer.short_answer if answer else None
    return {
        "query_id": query_id,
        "question": asked.question,
        "answers": [short.text] if short else [],
        "doc_ids": list(dict.fromkeys(one.doc_id for one in citations)),
        "evidence": [{"doc_id": one.doc_id, "start": one.start, "end": one.end} for one in citations],
        "answerable": bool(citations),
        "history": [{"question": turn.question, "answer": turn.answer} for turn in history(earlier)],
    }


def _given(asked: Exchange) -> dict[str, Any]:
    answer = asked.answer
    return {
        "kind": answer.kind if answer else "",
        "text": answer.text if answer else "",
        "quotes": [one.quote for one in (answer.citations if answer else ())],
    }


def _holds(library: Library, answer: Answer | None) -> bool:
    """Tell whether the library still has every word that an answer cites, where it was."""
    try:
        return all(
            library.document(one.doc_id).text[one.start : one.end] == one.quote
            for one in (answer.citations if answer else ())
        )
    except PinciteError:
        return False


def _documents(library: Library) -> Iterator[tuple[str, str, str]]:
    for doc_id in dict.fromkeys(entry.doc_id for entry in library.entries() if entry.doc_id):
        document = library.document(doc_id)
        yield doc_id, document.title, document.text


def _write(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", errors="replace") as file:
            for row in rows:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}: name a folder that can be written with --out") from error
