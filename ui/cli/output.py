"""What the command line shows: answers, reports, progress, warnings; and JSON for programs."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn, TextIO

from index import Document, Entry, Library, Rejected, SyncProgress, SyncReport
from rag import Answer, Checked, Update
from ui import contract
from ui.cli.stopping import Stopping
from ui.closest import CLOSEST, is_close
from ui.left_out import summary, told
from ui.places import name_pages
from ui.text import VERDICT_MARKS, answer_text, one_line, quotations, written_text

if TYPE_CHECKING:
    from tqdm import tqdm

    from rag import Assistant
    from ui.health import Finding


def warn(warning: str) -> None:
    """Print a warning, if there is one, in one line."""
    if warning:
        print(f"pincite: warning: {one_line(warning)}", file=sys.stderr, flush=True)


def warn_once_ready(assistant: Assistant) -> None:
    """Say what there is to know about the models as soon as they are loaded."""
    while assistant.state.stage == "loading":
        time.sleep(0.2)
    warn(assistant.warning)


@contextlib.contextmanager
def progress_bars(stopping: Stopping) -> Iterator[Callable[[SyncProgress], None]]:
    """Show a bar a stage on a terminal, nothing in a pipe; a bar is closed when the next stage begins."""
    from tqdm import tqdm

    bars: dict[str, tqdm[NoReturn]] = {}

    def show(progress: SyncProgress) -> None:
        stopping.check()
        if progress.stage not in bars:
            for bar in bars.values():
                bar.close()
            unit = {"reading": " files", "embedding": " passages"}[progress.stage]
            bars[progress.stage] = tqdm(
                total=progress.total, initial=progress.done, desc=progress.stage, unit=unit, disable=None
            )
        bar = bars[progress.stage]
        bar.total = progress.total
        at = f"p. {progress.page:,} of {progress.pages:,} of " if progress.pages > 1 else ""
        bar.set_postfix_str(at + one_line(os.path.basename(progress.path)), refresh=False)
        bar.update(progress.done - bar.n)

    try:
        yield show
    finally:
        for bar in bars.values():
            bar.close()


def print_report(report: SyncReport, *, as_json: bool, out: TextIO | None = None) -> None:
    """Say what a sync did, and what could not be read."""
    for rejected in report.rejected:
        print_rejected(rejected)
    for partial in report.partial:
        print_rejected(replace(partial, reason=f"read in part: {partial.reason}"))
    if report.kept_out:
        cure = "name one (`pincite index FILE`) to take it back"
        print(f"pincite: {report.kept_out} removed before, and passed over: {cure}", file=sys.stderr)
    if as_json:
        print_json(contract.report_json(report))
        return
    in_part = f", {len(report.partial)} in part" if report.partial else ""
    print(
        f"{report.indexed} indexed, {report.unchanged} unchanged, {report.removed} removed{in_part}, "
        f"{len(report.rejected)} rejected; {report.passages} new passages in {report.seconds:.1f} s",
        file=out,
        flush=True,
    )


def print_rejected(rejected: Rejected) -> None:
    """Say why a file was rejected, in one line."""
    print(f"pincite: {one_line(rejected.path)}: {one_line(rejected.reason)}", file=sys.stderr)


def print_shown(entries: Sequence[Entry], documents: Mapping[str, Document]) -> None:
    """Print what is known of documents: a line each, and indented what is missing and what was left out."""
    for entry in entries:
        print(f"{entry.doc_id or '-':16}  {one_line(entry.path)}  {one_line(entry.title)}")
        document = documents.get(entry.doc_id)
        if entry.reason:
            print(f"    {'read in part' if document else 'rejected'}: {one_line(entry.reason)}")
        if document and (said := summary(document)):
            print(f"    left out: {said}")
            for one in told(document):
                print("        " + " ".join(filter(None, (one.words and f"“{one_line(one.words)}”", one.where))))


def print_answer(library: Library, answer: Answer) -> None:
    """Print an answer with its citations, or what is closest to a refused question."""
    if answer.standalone_question != answer.question:
        print(f"Understood as: {one_line(answer.standalone_question)}\n")
    if answer.kind == "reply":
        print(one_line(answer.text))
        return
    if answer.grounded:
        bold = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
        print(answer_text(answer, name_pages(library, answer), bold=bold))
        return
    _print_closest(library, answer)


def _print_closest(library: Library, answer: Answer) -> None:
    close: list[tuple[str, str]] = []
    for hit in answer.hits:
        document = library.find_document(hit.passage.doc_id)  # None if it was deleted since it was found
        text = document.text[hit.passage.start : hit.passage.end] if document else ""
        if document and is_close(answer.standalone_question, f"{document.title}\n{text}", hit.score):
            close.append((document.path, one_line(text)))
    if not close:
        print("Your documents don't seem to answer this. Ask in other words, or add documents that cover it.")
        return
    print("Your documents don't seem to answer this. Closest I found:\n")
    for path, text in close[:CLOSEST]:
        print(f"- {one_line(path)}\n    {text[:300]}{'…' if len(text) > 300 else ''}")


def print_checked(checked: Checked, *, as_json: bool) -> None:
    """Print the sentences of a text with what the sources say to them, and the words that say it."""
    if as_json:
        print_json(contract.checked_json(checked))
        return
    for sentence in checked.sentences:
        marks = "".join(f"[{number}]" for number in sentence.citations)
        why = f": {sentence.why}" if sentence.why else ""
        print(f"{VERDICT_MARKS[sentence.verdict]} {one_line(sentence.text)} {marks}".rstrip())
        if sentence.verdict != "supported":
            print(f"    {sentence.verdict}{one_line(why)}")
    if checked.citations:
        print()
    for citation in checked.citations:
        print(f"[{citation.number}] {one_line(citation.title or citation.path)}\n    “{one_line(citation.quote)}”")
    print(f"\n{checked.supported} of {checked.total} sentences supported")


def print_as_it_comes(library: Library, updates: Iterable[Update]) -> None:
    """Print an answer as soon as it is whole, and below it what a language model then writes, once that is."""
    quoted: int | None = None  # citations that are printed
    for update in updates:
        answer = update.answer
        if answer is None or update.stage not in ("writing", "done"):
            continue
        if quoted is None:
            print_answer(library, answer)
            sys.stdout.flush()
            quoted = len(answer.citations)
        if update.stage == "done" and answer.written:
            more = quotations(answer.citations[quoted:], name_pages(library, answer))
            print("\n".join(["", "In the model's own words, checked:", written_text(answer.written), *more]))


def print_findings(found: Sequence[Finding]) -> None:
    """Print what was found, a line each; what is wrong with its cure."""
    for one in found:
        cure = f": {one.cure}" if one.cure else ""
        print(f"{one.state.upper() if one.state == 'fault' else one.state:7}{one.name:17}{one_line(one.says + cure)}")


def print_json(value: object) -> None:
    """Print the one JSON value of a command."""
    print(json.dumps(value), flush=True)  # in ASCII, so that it is the same whatever standard output's encoding
