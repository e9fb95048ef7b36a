"""Question sets: two files of JSON lines go in, documents and queries come out, each line checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index import Document, SettingsError
from rag.records import Turn


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words that answer: `text[start:end]` of a document."""

    doc_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Query:
    """A question of a data set with what is right. `grades` says how relevant documents are, where that is known."""

    query_id: str
    question: str
    answers: tuple[str, ...]
    doc_ids: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    answerable: bool
    history: tuple[Turn, ...]
    grades: Mapping[str, int]


def read_corpus(path: Path) -> Iterator[Document]:
    """Yield the documents of a corpus file. Raises `SettingsError` naming the line that is wrong."""
    for number, row in _rows(path):
        try:
            doc_id, text = str(row["doc_id"]), row["text"]
            title = row.get("title") or ""
        except KeyError as error:
            raise SettingsError(
                f"{path}, line {number}: {error} is missing: a document has doc_id, title, text"
            ) from error
        if not isinstance(text, str) or not isinstance(title, str):
            raise SettingsError(f"{path}, line {number}: title and text must be strings")
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        yield Document(doc_id, doc_id, title, "text/plain", text, {}, (), digest, 0.0)


def read_queries(path: Path) -> list[Query]:
    """Return the queries of a file. Raises `SettingsError` naming the line that is wrong."""
    queries = []
    for number, row in _rows(path):
        try:
            queries.append(_query(row))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SettingsError(
                f"{path}, line {number}: {error}: a query has query_id, question, answerable"
            ) from error
    return queries


def _query(row: Mapping[str, Any]) -> Query:
    doc_ids = tuple(str(doc_id) for doc_id in row.get("doc_ids") or ())
    evidence = tuple(Evidence(str(e["doc_id"]), int(e["start"]), int(e["end"])) for e in row.get("evidence") or ())
    history = tuple(Turn(str(t["question"]), str(t.get("answer") or "")) for t in row.get("history") or ())
    return Query(
        query_id=str(row["query_id"]),
        question=str(row["question"]),
        answers=tuple(str(answer) for answer in row.get("answers") or ()),
        doc_ids=doc_ids,
        evidence=evidence,
        answerable=bool(row.get("answerable", bool(doc_ids))),
        history=history,
        grades={str(doc_id): int(grade) for doc_id, grade in (row.get("grades") or {}).items()},
    )


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    row = _parse(line)
                    if not isinstance(row, dict):
                        raise SettingsError(f"{path}, line {number}: not a JSON object: write one a line")
                    yield number, row
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}: name a readable file of JSON lines") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not in UTF-8 ({error}): save it as UTF-8") from error


def _parse(line: str) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None
