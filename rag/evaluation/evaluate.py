"""Evaluation: a data set goes in, one result a query and a table of measures come out."""

from __future__ import annotations

import hashlib
import re
import string
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
from sklearn.metrics import roc_auc_score

from index import DEFAULT_MODEL, FORMAT, Document, Encoder, Hit, SettingsError, SyncProgress, add_documents
from rag.assistant import Assistant, open_assistant
from rag.choices import DEFAULT_READER, Refusal
from rag.evaluation.dataset import Evidence, Query, read_corpus, read_queries
from rag.records import Answer, Citation

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation + "“”‘’–—")


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one query, and the seconds it took."""

    query: Query
    answer: Answer
    seconds: float


def open_dataset(
    home: Path,
    corpora: Sequence[Path],
    queries: Path,
    *,
    model: str = DEFAULT_MODEL,
    reader: str = DEFAULT_READER,
    refusal: Refusal = "balanced",
    progress: Callable[[SyncProgress], None] | None = None,
) -> tuple[Assistant, list[Query]]:
    """Index a data set's documents and return the assistant that answers from them, with the queries.

    The index is kept in a folder of `home` named after the digests of the documents and of the model's weights, so that
    a second run starts at once.
    """
    asked = read_queries(queries)
    digest = hashlib.sha256(f"{FORMAT}\0{model}\0{Encoder(model).digest}\0".encode())
    documents: dict[str, Document] = {}
    for corpus in corpora:
        for document in read_corpus(corpus):
            digest.update(f"{document.doc_id}\0{document.title}\0{document.sha256}\0".encode("utf-8", "surrogatepass"))
            if documents.setdefault(document.doc_id, document).sha256 != document.sha256:
                raise SettingsError(f"{corpus}: two documents are called {document.doc_id!r}: give each its own doc_id")
    if not documents:
        raise SettingsError(f"{corpora[0]}: there are no documents in it")
    assistant = open_assistant(home / digest.hexdigest()[:16], model=model, reader=reader, refusal=refusal)
    add_documents(assistant.library, documents.values(), progress=progress)
    return assistant, asked


def evaluate(assistant: Assistant, queries: Sequence[Query]) -> Iterator[Result]:
    """Ask every query and yield what came of it, in order."""
    assistant.load()  # so that the first question is timed like the others
    for query in queries:
        started = time.perf_counter()
        answer = assistant.ask(query.question, query.history)
        yield Result(query, answer, time.perf_counter() - started)


def result_line(result: Result) -> dict[str, object]:
    """Return a result as the contract writes it, a line a query."""
    answer = result.answer
    short = answer.short_answer
    return {
        "query_id": result.query.query_id,
        "answer": answer.text,
        "grounded": answer.grounded,
        "confidence": round(answer.confidence, 4),
        "short_answer": asdict(short) if short else None,
        "citations": [
            {"doc_id": c.doc_id, "start": c.start, "end": c.end, "quote": c.quote, "score": c.score}
            for c in answer.citations
        ],
        "hits": [
            {"doc_id": h.passage.doc_id, "start": h.passage.start, "end": h.passage.end, "score": round(h.score, 4)}
            for h in answer.hits
        ],
        "standalone_question": answer.standalone_question,
        "seconds": round(result.seconds, 4),
    }


def measure(results: Sequence[Result]) -> dict[str, float | int]:
    """Return the measures of a data set; one that the set says nothing about is left out."""
    measures: dict[str, float | int] = {"queries": len(results)}
    measures |= _ranking([r for r in results if r.query.answerable and (r.query.evidence or r.query.doc_ids)])
    measures |= _citing([r for r in results if r.query.answerable and r.query.evidence])
    measures |= _answering([r for r in results if r.query.answerable and r.query.answers])
    measures |= _refusing(results)
    seconds = [result.seconds for result in results]
    if seconds:
        measures["p50_seconds"] = round(float(np.percentile(seconds, 50)), 4)
        measures["p95_seconds"] = round(float(np.percentile(seconds, 95)), 4)
    return measures


def calibration_error(
    probabilities: Sequence[float], happened: Sequence[bool], *, bins: int = 10
) -> tuple[float, list[tuple[float, float, int]]]:
    """Return the expected calibration error and, for each bin that holds any, (mean probability, share, count).

    Bins of equal width; the error is the mean of |share - probability| over all, as in Guo et al. 2017, "On calibration
    of modern neural networks", equation 3.
    """
    values, outcomes = np.asarray(probabilities, dtype=np.float64), np.asarray(happened, dtype=np.float64)
    places = np.minimum((values * bins).astype(int), bins - 1)
    found = []
    for place in range(bins):
        inside = places == place
        if inside.any():
            found.append((float(values[inside].mean()), float(outcomes[inside].mean()), int(inside.sum())))
    error = sum(abs(share - probability) * number for probability, share, number in found) / max(1, len(values))
    return error, found


def relevant_hits(query: Query, hits: Iterable[Hit]) -> list[bool]:
    """Tell of each hit whether it holds evidence, or, for a query without any, is of a right document."""
    if query.evidence:
        return [
            any(_overlaps(e, h.passage.doc_id, h.passage.start, h.passage.end) for e in query.evidence) for h in hits
        ]
    return [hit.passage.doc_id in query.doc_ids for hit in hits]


def _ranking(results: Sequence[Result]) -> dict[str, float | int]:
    """Evidence hit@k and MRR over passages, nDCG@10 over documents where the set grades them (by trec_eval)."""
    if not results:
        return {}
    qrels: list[Any] = []
    run: list[Any] = []
    for result in results:
        query_id = result.query.query_id
        qrels.append(ir_measures.Qrel(query_id, "none", 1))  # a query without a relevant hit counts too
        for hit, relevant in zip(result.answer.hits, relevant_hits(result.query, result.answer.hits), strict=True):
            name = str(hit.rank)
            run.append(ir_measures.ScoredDoc(query_id, name, -float(hit.rank)))
            if relevant:
                qrels.append(ir_measures.Qrel(query_id, name, 1))
    names = {"evidence_hit@1": "Success@1", "evidence_hit@5": "Success@5", "evidence_hit@10": "Success@10", "mrr": "RR"}
    found = _aggregate(names, qrels, run)
    graded = [result for result in results if result.query.grades]
    if graded:
        found |= _graded(graded)
    return {"ranked_queries": len(results), **found}


def _graded(results: Sequence[Result]) -> dict[str, float]:
    qrels = [
        ir_measures.Qrel(r.query.query_id, doc_id, max(grade, 0))
        for r in results
        for doc_id, grade in r.query.grades.items()
    ]
    run = []
    for result in results:
        documents = dict.fromkeys(hit.passage.doc_id for hit in result.answer.hits)
        run += [ir_measures.ScoredDoc(result.query.query_id, doc_id, -rank) for rank, doc_id in enumerate(documents)]
    return _aggregate({"ndcg@10": "nDCG@10"}, qrels, run)


def _aggregate(names: Mapping[str, str], qrels: list[Any], run: list[Any]) -> dict[str, float]:
    measures = {ours: ir_measures.parse_measure(theirs) for ours, theirs in names.items()}
    found = ir_measures.calc_aggregate(list(measures.values()), qrels, run)
    return {ours: round(float(found[measure]), 4) for ours, measure in measures.items()}


def _citing(results: Sequence[Result]) -> dict[str, float | int]:
    """How often the first citation lands on the evidence; a wrong refusal counts as a miss."""
    if not results:
        return {}
    landed = [bool(r.answer.citations) and _lands(r.query, r.answer.citations[0]) for r in results]
    cited = [any(_lands(r.query, citation) for citation in r.answer.citations) for r in results]
    return {
        "evidence_queries": len(results),
        "first_citation_hit": round(float(np.mean(landed)), 4),
        "any_citation_hit": round(float(np.mean(cited)), 4),
    }


def _answering(results: Sequence[Result]) -> dict[str, float | int]:
    """Token recall and F1 of what is shown against the best of the right answers (Rajpurkar et al. 2016)."""
    if not results:
        return {}
    scores = [max(token_scores(_shown(r.answer), answer) for answer in r.query.answers) for r in results]
    overlaps = [max(token_scores(_shown(r.answer), a)[::-1] for a in r.query.answers) for r in results]
    return {
        "answer_recall": round(float(np.mean([recall for recall, _ in scores])), 4),
        "answer_f1": round(float(np.mean([f1 for f1, _ in overlaps])), 4),
    }


def _refusing(results: Sequence[Result]) -> dict[str, float | int]:
    refused = [not r.answer.grounded for r in results]
    unanswerable = [not r.query.answerable for r in results]
    both = sum(r and u for r, u in zip(refused, unanswerable, strict=True))
    found: dict[str, float | int] = {"refused": sum(refused), "unanswerable": sum(unanswerable)}
    if any(refused) and any(unanswerable):
        found["refusal_precision"] = round(both / sum(refused), 4)
    if any(unanswerable):
        found["refusal_recall"] = round(both / sum(unanswerable), 4)
    if not all(unanswerable):
        wrong = sum(refused) - both
        found["wrong_refusals"] = round(wrong / (len(results) - sum(unanswerable)), 4)
    if any(unanswerable) and not all(unanswerable):
        confidences = [r.answer.confidence for r in results]
        found["confidence_auroc"] = round(float(roc_auc_score([not u for u in unanswerable], confidences)), 4)
    return found


def _shown(answer: Answer) -> str:
    return answer.short_answer.text if answer.short_answer else answer.text


def token_scores(found: str, right: str) -> tuple[float, float]:
    """Return (recall, F1) of the tokens of `found` against those of `right`."""
    ours, theirs = _tokens(found), _tokens(right)
    if not ours or not theirs:
        return (float(ours == theirs),) * 2
    shared = sum((Counter(ours) & Counter(theirs)).values())
    recall, precision = shared / len(theirs), shared / len(ours)
    return recall, 2 * precision * recall / (precision + recall) if shared else 0.0


def _tokens(text: str) -> list[str]:
    return _ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def _lands(query: Query, citation: Citation) -> bool:
    return any(_overlaps(e, citation.doc_id, citation.start, citation.end) for e in query.evidence)


def _overlaps(evidence: Evidence, doc_id: str, start: int, end: int) -> bool:
    return evidence.doc_id == doc_id and evidence.start < end and evidence.end > start
