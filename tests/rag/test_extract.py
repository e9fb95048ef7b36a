"""Extraction: which passages are read."""

from __future__ import annotations

from collections.abc import Sequence

from index import Document, Library, document_name
from index.records import Heading
from index.sync.sync import add_documents
from rag.answer.again import READ_AGAIN
from rag.answer.extract import PASSAGES_FIRST, PASSAGES_READ, extract, read_passages, statements_of
from rag.answer.features import header_of, sentence_features
from rag.question import read_question
from rag.reader.default import ShippedReader
from rag.reader.protocol import Reading, ToRead

FERRY = "The ferry from Port Callan to Skellan leaves at 9.45 in the morning, every day but Sunday."
OTHERS = [
    f"The {name} of Skellan was built by {builder} of Port Callan, and stands by the harbour, where the ferry lands."
    for name, builder in (
        ("chapel", "Ada Moor"), ("school", "Bo Lund"), ("mill", "Cy Hart"), ("inn", "Di Falk"), ("light", "Ed Berg"),
        ("barn", "Flo Dahl"), ("forge", "Gus Holm"), ("bakery", "Ida Rask"), ("museum", "Jo Vik"),
    )
]  # fmt: skip


class Counting(ShippedReader):
    """Notes what it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.passages: list[str] = []

    def read(self, question: str, passages: Sequence[ToRead]) -> list[Reading]:
        """Note and read."""
        self.passages += [passage for _, passage in passages]
        return super().read(question, passages)


def read_for(library: Library, question: str, texts: Sequence[str]) -> list[str]:
    """Return the passages that are read for a question."""
    documents = [Document(f"d{i}", f"d{i}", "", "text/plain", t, {}, (), f"{i}", 0.0) for i, t in enumerate(texts)]
    add_documents(library, documents)
    snapshot, reader = library.refresh(), Counting()
    asked = read_question(question, snapshot.rarity)
    extract(snapshot, reader, asked, snapshot.search(asked.asked, top_k=20))
    return reader.passages


def test_where_a_passage_surely_answers_few_are_read(library: Library) -> None:
    read = read_for(library, "When does the ferry from Port Callan to Skellan leave?", [FERRY, *OTHERS])
    assert FERRY in read
    assert len(read) == PASSAGES_FIRST


def test_where_none_does_more_are_read(library: Library) -> None:
    read = read_for(library, "Who paints the ferry of Skellan?", [FERRY, *OTHERS])
    once, again = read[: len(OTHERS) + 1], read[len(OTHERS) + 1 :]
    assert sorted(once) == sorted([FERRY, *OTHERS])
    assert PASSAGES_FIRST < len(once) <= PASSAGES_READ
    assert len(again) <= READ_AGAIN


def test_rows_of_tables_that_hold_as_much_as_what_surely_answers_are_read(library: Library) -> None:
    rest = "Master: Olsen; Mate: Berg; Berth: three; Seats: ninety; Cars: none; Season: summer; Deck: open"
    tables = [f"Ferry Port Callan to Skellan; Leaves: {hour}.45; {rest}" for hour in (6, 7, 8)]
    read = read_for(library, "When does the ferry from Port Callan to Skellan leave?", [FERRY, *tables, *OTHERS])
    assert {FERRY, *tables} <= set(read)
    assert len(read) < PASSAGES_READ


def test_a_row_follows_on_what_stands_above_the_rows(library: Library) -> None:
    text = "Prices in summer\nElm; Day: 70; Week: 400\nRowan; Day: 105; Week: 600\nAll is paid at the door."
    document = Document("d", "d", "", "text/plain", text, {}, (), "d", 0.0)
    add_documents(library, [document])
    snapshot = library.refresh()
    before = {s.text: s.before for s in statements_of(snapshot, snapshot.search("Rowan", top_k=1))}
    assert [before[row] for row in text.split("\n")[1:]] == ["Prices in summer"] * 3


def test_above_rows_the_reader_reads_their_caption(library: Library) -> None:
    rows = "\n".join(f"Land {n}; Domestic cases: {n}; Imported cases: {n * 3}; Unknown cases: 0" for n in range(60))
    text = f"Cases were reported.\n\nTable 1: Confirmed cases of 2007\n{rows}"
    add_documents(library, [Document("d", "d", "A long report on causes of illness", "", text, {}, (), "d", 0.0)])
    document = library.document("d")
    hits = library.refresh().search("Which cases were reported of 2007?", top_k=9)
    headers = {header_of(document, hit) for hit in hits if hit.passage.start}
    assert headers == {"A long report on › Confirmed cases of 2007"}
    assert [header_of(document, hit) for hit in hits if not hit.passage.start] == [document_name(document)]


def test_what_may_say_the_contrary_is_read_all_the_same(library: Library) -> None:
    contrary = [FERRY.replace("9.45", f"{hour}.15").replace("ferry", "old ferry") for hour in (5, 6, 7, 8)]
    read = read_for(library, "When does the ferry from Port Callan to Skellan leave?", [FERRY, *contrary, *OTHERS])
    assert {FERRY, *contrary} <= set(read)


def test_a_bold_line_with_a_label_answers_though_a_heading_does_not(library: Library) -> None:
    lines = ["Stem cell dressing", "Principal Investigator: Gao Lei", "Part 2: Treatment", "The gel is changed daily."]
    text = "\n".join(lines)
    places = [(text.index(line), text.index(line) + len(line)) for line in lines[:3]]
    headings = tuple(Heading(level, *place) for level, place in enumerate(places, start=1))
    add_documents(library, [Document("d", "d", "", "application/pdf", text, {}, headings, "d", 0.0)])
    snapshot = library.refresh()
    assert [s.text for s in statements_of(snapshot, snapshot.search("dressing", top_k=9))] == [lines[1], lines[3]]


def test_what_a_document_begins_with_says_what_all_of_it_is_about(library: Library) -> None:
    front = "Accident report 2007\n\nThe Aerostar came down beside the runway at Elyria."
    fuel = "The tanks held forty gallons of fuel when it left the ground, as its owner had noted in the logbook."
    filler = [f"{name} was asked by the board, and had seen nothing of it." for name in ("Ada", "Bo", "Cy", "Di") * 12]
    text = "\n\n".join([front, *filler, fuel])
    rows = "\n".join(f"Place: Elyria; Year: {year}; Flights: {year % 7}" for year in range(2000, 2008))
    documents = [
        Document("report", "report", "Report", "text/plain", text, {}, (), "r", 0.0),
        Document("table", "table", "Table", "text/plain", f"{rows}\n\n{text.removeprefix(front)}", {}, (), "t", 0.0),
    ]
    add_documents(library, documents)
    snapshot, reader = library.refresh(), ShippedReader()
    question = read_question("How much fuel did the Aerostar hold at Elyria in 2007?", snapshot.rarity)
    hits = [hit for hit in snapshot.search("tanks gallons fuel logbook", top_k=20) if hit.passage.start > len(front)]
    statements = [s for s in statements_of(snapshot, hits) if s.text == fuel]
    found = sentence_features(snapshot, question, statements, read_passages(snapshot, reader, question, hits))
    missing = [found.names.index(name) for name in ("identifiers_missing", "names_missing")]
    assert {s.document.doc_id: found.rows[i, missing].tolist() for i, s in enumerate(statements)} == {
        "report": [0, 0],
        "table": [1, 1],
    }
