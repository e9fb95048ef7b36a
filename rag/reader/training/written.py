"""The questions and documents that were written for this project, as a question set.

They lie in `../shared/train/written`, and in `data` beside this file. They are synthetic: every person, firm and event
in them is invented. Whole documents are kept apart to fit and to test (`part_of`); a question that nothing answers
belongs to the document that it nearly fits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index import SettingsError
from rag.reader.training.examples import Part, part_of

NAME = "written"
ENGLISH = ("business", "knowledge", "life", "public", "tech")  # in `shared`
DATA = Path(__file__).with_name("data")
_HERE = frozenset(path.parent.name for path in DATA.glob("*/raw.jsonl"))
OTHER_LANGUAGES = ("languages", *sorted(name for name in _HERE if name.startswith("tongues")))
OWN = tuple(sorted(_HERE - set(OTHER_LANGUAGES)))


def written_corpora(shared: Path, kinds: tuple[str, ...] = ENGLISH) -> list[Path]:
    """Return the files of the documents."""
    return [folder_of(shared, kind) / "corpus.jsonl" for kind in kinds]


def written_queries(shared: Path, out: Path, *, part: Part | None = None, kinds: tuple[str, ...] = ENGLISH) -> Path:
    """Write the questions, or those of one part, in the form of `rag.evaluation.dataset`, and return their file.

    Evidence is the sentence, clause or row that answers. A follow-up keeps its `history` and `rewrite`.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8") as file:
        for kind in kinds:
            folder = folder_of(shared, kind)
            texts = {row["doc_id"]: row["text"] for row in rows(folder / "corpus.jsonl")}
            for row in rows(folder / "raw.jsonl"):
                if part in (None, part_of_row(row)):
                    file.write(json.dumps(_query(row, texts), ensure_ascii=False) + "\n")
    return out


def corpus_of_part(shared: Path, out: Path, part: Part, *, kinds: tuple[str, ...] = OWN) -> Path:
    """Write the documents of one part and return their file: a library as small as a household's or a firm's."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8") as file:
        for corpus in written_corpora(shared, kinds):
            for row in rows(corpus):
                if part_of(NAME, row["doc_id"]) == part:
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return out


def folder_of(shared: Path, kind: str) -> Path:
    """Return the folder of a kind."""
    return DATA / kind if kind in _HERE else shared / "train" / NAME / kind


def part_of_row(row: dict[str, Any]) -> Part:
    """Tell what a question is for: by its document, or the one it nearly fits."""
    return part_of(NAME, row.get("doc_id") or row.get("near_doc") or row["query_id"])


def _query(row: dict[str, Any], texts: dict[str, str]) -> dict[str, Any]:
    places = [row, *row.get("also", [])] if row["answerable"] else []
    evidence = []
    for place in places:
        at = texts[place["doc_id"]].find(place["quote"])
        if at < 0:
            raise SettingsError(f"{row['query_id']}: its quote is not in {place['doc_id']}: run check.py on its folder")
        evidence.append({"doc_id": place["doc_id"], "start": at, "end": at + len(place["quote"])})
    query = {
        "query_id": row["query_id"],
        "question": row["question"],
        "answers": sorted({place["answer"] for place in places}),
        "doc_ids": sorted({place["doc_id"] for place in places}),
        "near_doc_ids": [row.get("doc_id") or row.get("near_doc")],
        "evidence": evidence,
        "answerable": row["answerable"],
        "kind": row["kind"],
    }
    return query | {key: row[key] for key in ("history", "rewrite") if row.get(key)}


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file of JSON lines."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
