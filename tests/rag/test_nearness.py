"""What the embedding model learns from: questions, and the passages of their document that answer them."""

from __future__ import annotations

import json
from pathlib import Path

from index.models import Encoder
from rag.reader.training import nearness

TEXT = "# Boat hire\n\n" + "A rowing boat costs ten pounds an hour. " * 40 + "\n\nDogs must stay ashore."


def test_a_question_has_the_passages_that_its_evidence_is_in(tmp_path: Path) -> None:
    corpus, queries = tmp_path / "corpus.jsonl", tmp_path / "queries.jsonl"
    corpus.write_text(json.dumps({"doc_id": "a", "title": "Harbour", "text": TEXT}), encoding="utf-8")
    place = {"doc_id": "a", "start": TEXT.index("Dogs"), "end": len(TEXT)}
    before = [{"question": "What does a boat cost?"}]
    asked = [
        {"query_id": "1", "question": "may pets come along", "answerable": True, "evidence": [place]},
        {"query_id": "2", "question": "who owns it", "answerable": False},
        {"query_id": "3", "question": "and cats?", "answerable": True, "evidence": [place], "history": before},
        {"query_id": "4", "question": "in the boat?", "answerable": True, "evidence": [place], "history": before},
    ]
    queries.write_text("".join(json.dumps(one) + "\n" for one in asked), encoding="utf-8")
    (found,) = nearness.of_documents(corpus, queries, Encoder(), {"4": "may pets be in the boat"})
    assert [question for question, _ in found.questions] == ["may pets come along", "may pets be in the boat"]
    assert len(found.passages) > 1
    for _, right in found.questions:
        (number,) = right
        assert found.passages[number].startswith("Harbour")
        assert "Dogs must stay ashore." in found.passages[number]
