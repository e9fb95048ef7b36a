"""The forms in which programs get what people see: records go in, plain JSON values come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from index import Document, Entry, Hit, Library, SyncReport
from rag import Answer, Checked, Sentence, Written

Json = dict[str, object]


def answer_json(library: Library, answer: Answer) -> Json:
    """Return an answer as `pincite ask --json` prints it."""
    return {
        "question": answer.question,
        "standalone_question": answer.standalone_question,
        "answer": answer.text,
        "grounded": answer.grounded,
        "confidence": round(answer.confidence, 4),
        "short_answer": asdict(answer.short_answer) if answer.short_answer else None,
        "differing": [asdict(words) for words in answer.differing],
        "sentences": [_sentence_json(sentence) for sentence in answer.sentences],
        "written": written_json(answer.written) if answer.written else None,
        "citations": [asdict(citation) for citation in answer.citations],
        "hits": hits_json(library, answer.hits),
        "kind": answer.kind,
        "timings_ms": dict(answer.timings_ms),
    }


def checked_json(checked: Checked) -> Json:
    """Return a text after the grounding check as `pincite check --json` prints it."""
    return {
        "sentences": [asdict(sentence) for sentence in checked.sentences],
        "citations": [asdict(citation) for citation in checked.citations],
        "supported": checked.supported,
        "total": checked.total,
    }


def _sentence_json(sentence: Sentence) -> Json:
    given = {"text": sentence.text, "citations": list(sentence.citations), "support": sentence.support}
    return {**given, "origin": sentence.origin}


def written_json(written: Written) -> Json:
    """Return what a language model wrote as `pincite ask --json` prints it."""
    return {
        "sentences": [
            {
                "text": one.text,
                "citations": list(one.citations),
                "support": one.support,
                "verdict": one.verdict,
                "origin": "generated",
                "why": one.why,
            }
            for one in written.sentences
        ],
        "kind": written.kind,
        "groups": [group._asdict() for group in written.groups],
        "steps": list(written.steps),
        "model": written.model,
        "note": written.note,
        "state": written.state,
        "supported": written.supported,
        "total": written.total,
    }


def hits_json(library: Library, hits: Sequence[Hit]) -> list[Json]:
    """Return hits as `pincite search --json` prints them."""
    found: list[Json] = []
    for hit in hits:
        document = library.find_document(hit.passage.doc_id)
        if document is None:  # deleted since it was found
            continue
        found.append(
            {
                "rank": hit.rank,
                "doc_id": document.doc_id,
                "path": document.path,
                "start": hit.passage.start,
                "end": hit.passage.end,
                "score": round(hit.score, 4),
                "text": document.text[hit.passage.start : hit.passage.end],
            }
        )
    return found


def entries_json(entries: Sequence[Entry]) -> Json:
    """Return what is indexed as `pincite list --json` prints it."""
    return {"documents": [_without(asdict(entry), "added") for entry in entries]}


def shown_json(entries: Sequence[Entry], documents: Mapping[str, Document]) -> Json:
    """Return documents as `pincite show --json` prints them; of a file that was rejected there is none."""
    shown: list[Json] = []
    for entry in entries:
        document = documents.get(entry.doc_id)
        left_out = [asdict(one) for one in document.left_out] if document else []
        shown.append({**_without(asdict(entry), "added"), "left_out": left_out})
    return {"documents": shown}


def report_json(report: SyncReport) -> Json:
    """Return what a sync did as `pincite index --json` prints it; what was read in part is in the list."""
    return _without(asdict(report), "partial", "kept_out")


def status_json(library: Library, *, reader: str, warning: str) -> Json:
    """Return counts, sizes, models and health as `pincite status --json` prints them.

    `warning` is what is wrong with the reader, "" if nothing is; `unconfined` is what this system does not let the
    processes give up that read files.
    """
    counts = library.counts()
    library.refresh_words()
    sequences = library.sequences()
    complete = counts.embedded == counts.passages and len(set(sequences.values())) == 1
    return {
        "home": str(library.home),
        "documents": counts.documents,
        "passages": counts.passages,
        "embedded": counts.embedded,
        "rejected": counts.rejected,
        "characters": counts.characters,
        "bytes": library.sizes(),
        "folders": library.roots(),
        "models": {"embedding": library.model_id, "reader": reader},
        "sequence": sequences,
        "healthy": complete and not warning,
        "warning": warning,
        "unconfined": library.unconfined(),
    }


def _without(values: Json, *names: str) -> Json:
    return {name: value for name, value in values.items() if name not in names}
