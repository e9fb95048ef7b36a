"""Ask for cells of tables in real filings and reports, and print how often the first citation is the row, and the short
answer the cell.

    python tests/quality/cells.py [--shared ../shared] [--half seen|kept|fresh] [--show]

The questions were written from the pages as Poppler lays them out: filings, papers, government publications, a
spreadsheet and a CSV file. In the 112 of `cells.jsonl` faults are looked for ("seen"); the 40 of `cells_kept.jsonl` are
kept apart, 20 of them were looked at on 30 November 2026; nobody has looked at the 50 of `cells_fresh.jsonl`, which
somebody wrote on 1 December 2026 who had not seen the program. A citation is the row if it holds one
of the row's names and the cell; a short answer is the cell if it holds its figures and no others.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from everyday import interval

from index import sync_paths
from rag.assistant import Assistant, open_assistant
from rag.records import Answer

QUESTIONS = {
    half: Path(__file__).with_name(f"{name}.jsonl")
    for half, name in (("seen", "cells"), ("kept", "cells_kept"), ("fresh", "cells_fresh"))
}
FOLDERS = (
    "documents/docugami+KG-RAG-datasets",
    "documents/patronus-ai+financebench",
    "documents/deepset-ai+haystack-evaluation/datasets/ARAGOG",
    "documents/Future-House+paper-qa",
    "documents/Unstructured-IO+unstructured/example-docs/2023-half-year-analyses-by-segment.xlsx",
)
TABLES = "documents-tables"


@dataclass(frozen=True)
class Cell:
    """A question, the file that answers it, names of the rows that do, and the cell there."""

    file: str
    question: str
    rows: list[str]
    cell: str

    def is_row(self, quote: str) -> bool:
        """Tell whether a quotation holds a row's name and the cell."""
        held = _plain(quote)
        return any(_plain(row) in held for row in self.rows) and _holds(self.cell, held)

    def is_cell(self, short: str) -> bool:
        """Tell whether a short answer is the cell, with no figures but its own."""
        figures = re.findall(r"\d[\d.,]*\d|\d", self.cell)
        if not figures:
            return _plain(self.cell) in _plain(short)
        return re.findall(r"\d[\d.,]*\d|\d", _plain(short)) == figures


def ask(assistant: Assistant, cell: Cell) -> tuple[Answer, bool, bool]:
    """Ask, and return the answer, whether its first citation is the row, and whether its short answer is the cell."""
    answer = assistant.ask(cell.question)
    first = answer.citations[0] if answer.citations else None
    row = first is not None and cell.is_row(first.quote)
    return answer, row, row and answer.short_answer is not None and cell.is_cell(answer.short_answer.text)


def told(cell: Cell, answer: Answer, row: bool) -> str:
    """Return a question and what came of it, to be looked at."""
    first = answer.citations[0] if answer.citations else None
    short = answer.short_answer.text if answer.short_answer else None
    where = f"{Path(first.path).name}: {first.quote[:400]}" if first else "refused"
    support = f"{answer.sentences[0].support:.2f}" if answer.sentences else "-"
    wanted = f"{cell.file}, {' or '.join(cell.rows)}: {cell.cell}"
    return f"- {cell.question}\n    {wanted}; row {row}, short {short!r}, support {support}\n    {where}"


def files(shared: Path) -> Iterator[Path]:
    """Yield the folders and files to be asked."""
    for name in FOLDERS:
        yield shared / name
    yield from sorted((shared / TABLES).glob("*.pdf"))  # what lies beside them holds the cells


def _plain(text: str) -> str:
    return " ".join(text.replace("‑", " ").replace("-", " ").split()).casefold()


def _holds(cell: str, held: str) -> bool:
    return re.search(rf"(?<![\d.,]){re.escape(_plain(cell))}(?![.,]?\d)", held) is not None


def main() -> None:
    """Index the files once, ask, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--home", type=Path, default=Path("results/eval/cells"))
    parser.add_argument("--half", choices=tuple(QUESTIONS), help="ask these only")
    parser.add_argument("--show", action="store_true", help="show what was not right")
    arguments = parser.parse_args()
    halves = {
        half: [Cell(**json.loads(line)) for line in file.open(encoding="utf-8")] for half, file in QUESTIONS.items()
    }
    assistant = open_assistant(arguments.home)
    sync_paths(assistant.library, list(files(arguments.shared)))
    for half, asked in halves.items():
        if arguments.half in (None, half):
            found = [(cell, *ask(assistant, cell)) for cell in asked]
            print(f"\n{half}")
            for cell, answer, row, right in found:
                if arguments.show and not right:
                    print(told(cell, answer, row))
            print(f"  first citation is the row   {interval(sum(row for _, _, row, _ in found), len(found))}")
            print(f"  short answer is the cell    {interval(sum(right for *_, right in found), len(found))}")
            print(f"  refused                     {interval(sum(not a.grounded for _, a, _, _ in found), len(found))}")
    assistant.close()


if __name__ == "__main__":
    main()
