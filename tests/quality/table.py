"""Measure Pincite on the question sets in ../shared, with the reader and without it, and print the tables.

    python tests/quality/table.py [--shared ../shared] [--sets qed_nq_dev ...] [--questions 300]

Asked are questions that nothing was trained or fitted on: of squad2_dev_half those about three articles that were kept
apart, of qed_nq_dev and clapnq_dev the half that was, of the others any. Where there are more than are asked, it is the
same sample on every machine. The tables are also written to results/, under the commit's name.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from index.sync.sync import sync_paths
from rag.answer.extractive import ExtractiveAnswerer
from rag.assistant import Assistant, open_assistant
from rag.evaluation.dataset import Query
from rag.evaluation.evaluate import Result, calibration_error, evaluate, measure, open_dataset, relevant_hits
from rag.reader.model import open_reader
from rag.reader.training.examples import part_of
from rag.reader.training.gather import keywords, misspell
from ui.cli.commands import SAMPLES

RESULTS = Path("results")
LANGUAGES = Path(__file__).with_name("languages.jsonl")
Table = dict[str, object]


@dataclass(frozen=True)
class DataSet:
    """A question set: its folder in shared/ and the corpus files."""

    folder: str
    corpora: Sequence[str] = ("corpus.jsonl",)
    outside: bool = True  # whether its questions are also asked of its other documents


SETS = {
    "acceptance": DataSet("acceptance", outside=False),
    "squad2_dev_half": DataSet("eval/squad2_dev_half", ("corpus.jsonl", "corpus_distractors.jsonl")),
    "new_wiki": DataSet("eval/new_wiki"),
    "qed_nq_dev": DataSet("eval/qed_nq_dev"),
    "amazon_reviews": DataSet("eval/amazon_reviews"),
    "clapnq_dev": DataSet("eval/clapnq_dev"),
    "coqa": DataSet("eval/coqa", outside=False),
    "pubmedqa_l": DataSet("eval/pubmedqa_l", outside=False),
    "cranfield": DataSet("eval/cranfield", outside=False),
}
ODD = ("squad2_dev_half", "qed_nq_dev")  # asked in other words too
CUT = ("squad2_dev_half", "new_wiki")  # read with fewer candidates too
POLITE = "Hi, could you please tell me {}? Thanks!"


def held_out(name: str, folder: Path, queries: Sequence[Query]) -> list[Query]:
    """Return the queries that nothing was trained on; of conversations, the first turns."""
    raw = {row["query_id"]: row for row in map(json.loads, (folder / "queries.jsonl").open(encoding="utf-8"))}
    near = {key: (row.get("doc_ids") or row.get("near_doc_ids") or [""])[0] for key, row in raw.items()}
    if name == "squad2_dev_half":
        return [query for query in queries if part_of(name, near[query.query_id]) == "test"]
    if name in ("qed_nq_dev", "clapnq_dev"):
        return [query for query in queries if part_of(name, query.query_id) == "test"]
    return [query for query in queries if not query.history]


def sample(queries: Sequence[Query], count: int) -> list[Query]:
    """Return at most `count` of the queries, always the same ones."""
    return random.Random(11).sample(queries, count) if len(queries) > count else list(queries)


def ranking(assistant: Assistant, results: Sequence[Result]) -> Table:
    """Return hit@1, hit@5 and MRR at 10 of the fusion and of the reader's order, on the same questions."""
    found: Table = {"questions": len(results)}
    for name in ("fusion", "reader"):
        firsts = []
        for result in results:
            hits = assistant.library.search(result.query.question, top_k=10) if name == "fusion" else result.answer.hits
            relevant = relevant_hits(result.query, hits)
            firsts.append(relevant.index(True) + 1 if any(relevant) else 99)
        ranks = np.asarray(firsts)
        found[name] = {
            "hit@1": _round((ranks == 1).mean()),
            "hit@5": _round((ranks <= 5).mean()),
            "mrr": _round(np.where(ranks <= 10, 1 / ranks, 0).mean()),
        }
    return found


def refusals(answerable: Sequence[Result], others: Sequence[Result]) -> Table:
    """Return how well the confidence tells the two apart, and how many of each are refused."""
    confidences = [result.answer.confidence for result in (*answerable, *others)]
    labels = [True] * len(answerable) + [False] * len(others)
    return {
        "questions": len(others),
        "auroc": _round(roc_auc_score(labels, confidences)),
        "refused": _round(np.mean([not result.answer.grounded for result in others])),
    }


def elsewhere(folder: Path, queries: Sequence[Query]) -> list[Result]:
    """Ask questions of all documents but their own; not of the distractors, which may hold an answer by chance."""
    assistant, _ = open_dataset(RESULTS / "eval", [folder / "corpus.jsonl"], folder / "queries.jsonl")
    everything = [entry.doc_id for entry in assistant.library.entries()]
    found = []
    for query in queries:
        started = time.perf_counter()
        scope = [doc_id for doc_id in everything if doc_id not in query.doc_ids]
        answer = assistant.ask(query.question, documents=scope)
        found.append(Result(replace(query, answerable=False, evidence=()), answer, time.perf_counter() - started))
    assistant.close()
    return found


def reliability(results: Sequence[Result]) -> Table:
    """Return the expected calibration error of confidence and support, and the reliability diagram as a table."""
    confidence = [(r.answer.confidence, r.query.answerable) for r in results]
    support = [
        (r.answer.sentences[0].support, bool(r.query.evidence) and first_lands(r))
        for r in results
        if r.answer.sentences and (r.query.evidence or not r.query.answerable)
    ]
    found: Table = {"questions": len(results)}
    for name, pairs in (("confidence", confidence), ("support", support)):
        error, bins = calibration_error(*zip(*pairs, strict=True))
        found[name] = {"ece": _round(error), "bins": [[_round(p), _round(share), n] for p, share, n in bins]}
    return found


def first_lands(result: Result) -> bool:
    """Tell whether the first citation is on the evidence."""
    first = result.answer.citations[0]
    return any(e.doc_id == first.doc_id and e.start < first.end and e.end > first.start for e in result.query.evidence)


def in_other_words(folder: Path, name: str) -> Iterator[tuple[str, Callable[[Query], str | None]]]:
    """Yield the ways in which people also ask, and how each changes a question (None: it has no such form)."""
    rng = random.Random(5)
    yield "as it is", lambda query: query.question
    yield "lower case, no mark", lambda query: query.question.lower().rstrip("? ")
    yield "keywords", lambda query: keywords(query.question)
    yield "misspelt", lambda query: misspell(query.question, rng)
    yield "polite", lambda query: POLITE.format(query.question.rstrip("? "))
    if name == "squad2_dev_half":
        rows = map(json.loads, (folder / "queries_disfluent.jsonl").open(encoding="utf-8"))
        spoken = {row["clean_query_id"]: row["question"] for row in rows}
        yield "self-corrected (Disfl-QA)", lambda query: spoken.get(query.query_id)


def odd_questions(assistant: Assistant, folder: Path, name: str, queries: Sequence[Query]) -> Table:
    """Return the measures of the same questions in other words."""
    found: Table = {}
    for way, change in in_other_words(folder, name):
        changed = [replace(query, question=text) for query in queries if (text := change(query))]
        found[way] = _short(measure(list(evaluate(assistant, changed))))
    return found


def fewer_candidates(assistant: Assistant, queries: Sequence[Query]) -> Table:
    """Return the measures of the same questions when 20, 10 or 5 passages are read."""
    found: Table = {}
    reader = open_reader()
    for number in (20, 10, 5):
        fewer = Assistant(assistant.library, answerer=ExtractiveAnswerer(reader, passages_read=number))
        found[str(number)] = _short(measure(list(evaluate(fewer, queries))))
    return found


def measure_set(name: str, folder: Path, arguments: argparse.Namespace) -> Table:
    """Return every table of one set."""
    corpora = [folder / corpus for corpus in SETS[name].corpora]
    assistant, everything = open_dataset(RESULTS / "eval", corpora, folder / "queries.jsonl")
    queries = held_out(name, folder, everything)
    answerable = sample([q for q in queries if q.answerable and (q.evidence or q.doc_ids)], arguments.questions)
    adversarial = sample([q for q in queries if not q.answerable], arguments.questions // 2)
    table: Table = {}
    results = list(evaluate(assistant, answerable))
    table["ranking"] = ranking(assistant, results)
    table["answers"] = measure(results)
    without = Assistant(assistant.library, reader="none")
    table["answers without the reader"] = measure(list(evaluate(without, answerable)))
    others: list[Result] = []
    if adversarial:
        others += list(evaluate(assistant, adversarial))
        table["adversarial"] = refusals(results, others)
    if SETS[name].outside:
        outside = elsewhere(folder, answerable[: arguments.questions // 2])
        table["elsewhere"] = refusals(results, outside)
        others += outside
    if others:
        table["reliability"] = reliability([*results[: len(others)], *others])
    if name in ODD:
        table["in other words"] = odd_questions(assistant, folder, name, answerable[: arguments.questions // 3])
    if name in CUT:
        table["candidates"] = fewer_candidates(assistant, answerable[: arguments.questions // 2])
    assistant.close()
    return table


def other_languages(home: Path) -> Table:
    """Return how often an answer about the samples (English; the one on night trains German) holds the right words."""
    rows = [json.loads(line) for line in LANGUAGES.open(encoding="utf-8")]
    assistant = open_assistant(home)
    sync_paths(assistant.library, [SAMPLES])
    found: Table = {"questions": len(rows)}
    for language in ("en", "de", "fr", "es"):
        answers = [assistant.ask(row[language]) for row in rows]
        right = [row["words"] in answer.text for row, answer in zip(rows, answers, strict=True)]
        refused = [not answer.grounded for answer in answers]
        found[language] = {"right": _round(np.mean(right)), "refused": _round(np.mean(refused))}
    assistant.close()
    return found


def _short(measures: dict[str, float | int]) -> Table:
    names = (
        "queries",
        "evidence_hit@1",
        "first_citation_hit",
        "answer_f1",
        "wrong_refusals",
        "p50_seconds",
        "p95_seconds",
    )
    return {name: measures[name] for name in names if name in measures}


def _round(value: float) -> float:
    return round(float(value), 4)


def _print(table: Table, indent: str = "  ") -> None:
    for key, value in table.items():
        if isinstance(value, dict) and any(isinstance(inner, dict) for inner in value.values()):
            print(f"{indent}{key}")
            _print(value, indent + "  ")
        elif isinstance(value, dict):
            print(f"{indent}{key:28}" + "  ".join(f"{k} {v}" for k, v in value.items()), flush=True)
        else:
            print(f"{indent}{key:28}{value}")


def commit() -> str:
    """Return the short name of the commit, with a mark if the tree differs from it."""
    name = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    changed = subprocess.run(["git", "status", "--porcelain"], capture_output=True, text=True, check=False)
    return (name.stdout.strip() or "unknown") + ("-changed" if changed.stdout.strip() else "")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--questions", type=int, default=300, help="answerable ones of each set at most (default 300)")
    parser.add_argument("--sets", nargs="+", default=list(SETS), choices=SETS)
    arguments = parser.parse_args()
    if not arguments.shared.is_dir():
        print(f"{arguments.shared}: no shared data sets here: name their folder with --shared", file=sys.stderr)
        return 2
    tables: Table = {}
    RESULTS.mkdir(exist_ok=True)
    out = RESULTS / f"quality-{commit()}.json"
    for name in arguments.sets:
        started = time.monotonic()
        table = measure_set(name, arguments.shared / SETS[name].folder, arguments)
        tables[name] = table
        print(f"\n{name} ({time.monotonic() - started:.0f} s)", flush=True)
        _print(table)
        out.write_text(json.dumps(tables, indent=1) + "\n", encoding="utf-8")
    tables["other languages"] = other_languages(RESULTS / "eval" / "samples")
    print("\nother languages")
    _print(tables["other languages"])  # type: ignore[arg-type]
    out.write_text(json.dumps(tables, indent=1) + "\n", encoding="utf-8")
    print(f"\nwritten to {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
