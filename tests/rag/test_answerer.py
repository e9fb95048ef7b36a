"""Another answerer has its place: one class in one file, handed to the assistant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.library import Library
from index.records import Document, Hit
from index.sync.sync import add_documents
from rag.answer.protocol import Answerer, Asked
from rag.assistant import Assistant
from rag.records import Answer, Citation, Sentence, Turn, Update


@dataclass
class Toy:
    """Says of the best hit, in words of its own, that it is the best."""

    ready: bool = True
    warning: str = ""

    def load(self) -> None: ...

    def answer(self, asked: Asked) -> Iterator[Update]:
        (document, hit), turns = (
            (asked.snapshot.document(asked.hits[0].passage.doc_id), asked.hits[0]),
            len(asked.history),
        )
        yield Update("answering", "Writing", None)
        start, end = hit.passage.start, hit.passage.end
        quote = document.text[start:end]
        citation = Citation(1, document.doc_id, document.path, document.title, None, start, end, quote, 1.0)
        sentence = Sentence(f"After {turns} turns {document.title} is best.", (1,), 1.0, origin="generated")
        done = Answer(
            asked.question, asked.understood.text, sentence.text, (sentence,), None, (citation,), tuple(asked.hits),
            True, 1.0, (), asked.clock.read(),
        )  # fmt: skip
        yield Update("done", "", done)

    def rank(self, asked: Asked) -> Sequence[Hit]:
        return asked.hits[::-1]


def test_another_answerer_takes_the_place_of_ours(library: Library) -> None:
    texts = {"heron": "The heron of the mill is called Bartholomew.", "reed": "Reed grows by the water."}
    add_documents(library, [Document(k, k, k, "text/plain", v, {}, (), k, 0.0) for k, v in texts.items()])
    toy: Answerer = Toy()
    assistant = Assistant(library, answerer=toy)
    updates = list(assistant.stream("What is the heron called?", [Turn("Who is there?")]))
    assert [update.stage for update in updates if update.stage != "loading"] == ["searching", "answering", "done"]
    answer = updates[-1].answer
    assert answer
    assert answer.text == "After 1 turns heron is best."
    assert [sentence.origin for sentence in answer.sentences] == ["generated"]
    assert [hit.passage.doc_id for hit in assistant.search("heron")][-1] == "heron"
