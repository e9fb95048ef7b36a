"""What is answered from the catalog and the texts alone: replies, places, summaries; every quotation is one."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from index import Document, Library, add_documents
from index.records import Heading, Page
from rag import Answer, Assistant, Turn
from rag.answer.places import find_places
from rag.answer.protocol import Clock
from rag.answer.quoting import quotes_of, quoting_answer

RULES = """Rules of the boat club

1 Boats
1.1 Boats are lent to members only. Members show their card.
1.2 A boat is back by eight in the evening.
1.10 Rowing boats need no licence.

2 Fees
2.1 The fee is 40 crowns a year. It is due in March.

Article 12
The harbour master may close the basin.

§ 13 Dogs stay ashore.

Step 1: Untie the boat.
Step 2: Push it off.
"""
GUIDE = "The guide begins here.\nHerons stand in the reed.\n\nThe second page is about otters. Otters eat fish."
HERONS = (
    "Herons are tall birds that stand in shallow water. A heron eats fish and frogs at the edge of the water. "
    "In spring the herons build their nests in tall trees by the water. Is that so? "
    "The museum shop sells postcards on three days of the week. "
    "Most herons of the lake come back to the same nest. A heron lives for about fifteen years by the lake."
)


def document(
    name: str, title: str, text: str, *, pages: Mapping[int, Page] | None = None, headings: tuple[Heading, ...] = ()
) -> Document:
    return Document(name, f"/docs/{name}", title, "text/plain", text, pages or {}, headings, name, 0.0)


@pytest.fixture
def assistant(library: Library) -> Assistant:
    middle = GUIDE.index("The second")
    pages = {1: Page(0, middle - 2), 2: Page(middle, len(GUIDE))}
    start = RULES.index("2 Fees")
    headings = (Heading(1, RULES.index("1 Boats"), RULES.index("1 Boats") + 7), Heading(1, start, start + 6))
    add_documents(
        library,
        [
            document("rules.txt", "Boat rules", RULES, headings=headings),
            document("guide.pdf", "Guide", GUIDE, pages=pages),
            document("heron-report.txt", "Heron report", HERONS),
        ],
    )
    return Assistant(library, reader="none", refusal="strict")


def check(assistant: Assistant, answer: Answer) -> str:
    """Return the text of an answer that keeps the promises of every answer."""
    assert answer.kind == "answer"
    assert answer.grounded
    for citation in answer.citations:
        found = assistant.library.document(citation.doc_id)
        assert found.text[citation.start : citation.end] == citation.quote
        assert citation.page == found.page_of(citation.start)
        assert any(
            hit.passage.doc_id == citation.doc_id
            and hit.passage.start <= citation.start
            and citation.end <= hit.passage.end
            for hit in answer.hits
        )
    assert [sentence.citations for sentence in answer.sentences] == [(c.number,) for c in answer.citations]
    assert all(" ".join(c.quote.split()) == s.text for c, s in zip(answer.citations, answer.sentences, strict=True))
    return answer.text


@pytest.mark.parametrize(
    ("question", "begins", "lacks"),
    [
        ("What does section 1.2 say?", "1.2 A boat is back", "Rowing"),
        ("Clause 1.1", "1.1 Boats are lent to members only. Members show their card.", "evening"),
        ("What does section 1 of the boat rules say?", "1.1 Boats are lent", "fee"),
        ("What does section 2 say?", "2.1 The fee is 40 crowns a year. It is due in March.", "basin"),
        ("What does section 1.1 say about the card?", "Members show their card.", "lent"),
        ("What does Article 12 say?", "The harbour master may close the basin.", "Dogs"),
        ("§ 13", "§ 13 Dogs stay ashore.", "basin"),
        ("What should I do in step 2?", "Step 2: Push it off.", "Untie"),
        ("What is on page 2?", "The second page is about otters.", "Herons"),
        ("page 1 of guide.pdf", "The guide begins here.", "otters"),
        (
            "page 2 of the herons in the reed",
            "The second page is about otters.",
            "Herons",
        ),  # it is described, not named
    ],
)
def test_a_place_is_quoted_as_it_stands(assistant: Assistant, question: str, begins: str, lacks: str) -> None:
    text = check(assistant, assistant.ask(question))
    assert text.startswith(begins)
    assert lacks not in text


@pytest.mark.parametrize("question", ["What does section 9 say?", "page 7", "What does section 2 of the lease say?"])
def test_a_place_that_no_document_has_is_refused(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).kind == "refusal"


def test_what_a_place_says_of_something_is_told_from_one_that_speaks_of_it(
    assistant: Assistant, library: Library
) -> None:
    add_documents(library, [document("seals.txt", "Seals", "Article 1. Seals are fed at noon.\n")])
    for about, says in (
        ("seals", "Seals are fed at noon."),
        ("members", "1.1 Boats are lent to members only."),
    ):
        assert assistant.ask(f"What does section 1 say about {about}?").sentences[0].text == says


def test_the_section_on_something_is_found(assistant: Assistant) -> None:
    answer = assistant.ask("Which section covers the fee?")
    assert check(assistant, answer).startswith("2.1 The fee")


def test_a_summary_is_the_key_sentences_in_their_order(assistant: Assistant) -> None:
    answer = assistant.ask("Summarize heron-report.txt in three sentences")
    text = check(assistant, answer)
    assert len(answer.sentences) == 3
    assert [c.start for c in answer.citations] == sorted(c.start for c in answer.citations)
    assert text.startswith("Herons are tall birds")
    assert "postcards" not in text
    assert "?" not in text


def test_a_summary_of_everything_has_a_sentence_of_each_document(assistant: Assistant) -> None:
    answer = assistant.ask("summarize everything")
    check(assistant, answer)
    assert {citation.doc_id for citation in answer.citations} == {"rules.txt", "guide.pdf", "heron-report.txt"}


def test_a_document_that_is_a_list_is_told_whole(assistant: Assistant) -> None:
    items = ["- a kettle", "- two mugs", "- a gas stove", "- matches", "- tea", "- sugar", "- a cloth"]
    text = "\n".join(["The crate holds:", *items])
    add_documents(assistant.library, [document("kitchen-crate.txt", "Kitchen crate", text)])
    answer = assistant.ask("What is in the kitchen crate?")
    check(assistant, answer)
    assert [citation.quote for citation in answer.citations] == ["The crate holds:", *items]
    assert len(assistant.ask("summarize the kitchen crate in three sentences").citations) == 3


def test_what_no_document_is_called_is_no_summary(assistant: Assistant) -> None:
    answer = assistant.ask("What is the film about?")
    assert answer.confidence < 1  # it was looked for


def test_a_scope_holds_for_places_and_summaries_too(assistant: Assistant) -> None:
    answer = assistant.ask("summarize everything", documents=["guide.pdf"])
    assert {citation.doc_id for citation in answer.citations} == {"guide.pdf"}
    assert not assistant.ask("What does section 1.2 say?", documents=["guide.pdf"]).grounded
    assert "1 document: guide.pdf" in assistant.ask("which documents are there?", documents=["guide.pdf"]).text


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("hello", "3 documents: guide.pdf, heron-report.txt and rules.txt"),
        ("thanks!", "welcome"),
        ("bye", "Goodbye"),
        ("What can you do?", "summarize guide.pdf"),
        ("how many documents are there?", "3 documents"),
        ("Which documents do you have?", "3 documents: guide.pdf, heron-report.txt and rules.txt."),
        ("what documents are there about otters?", "1 document about “otters”: guide.pdf."),
        ("what documents are there about frozen yoghurt?", "No document holds all the words"),
        ("are you sure?", "haven't answered anything yet"),
    ],
)
def test_a_reply_speaks_of_the_assistant_or_the_library(assistant: Assistant, line: str, says: str) -> None:
    answer = assistant.ask(line)
    assert answer.kind == "reply"
    assert not answer.grounded
    assert not answer.citations
    assert says in answer.text


def test_a_document_is_quoted_as_it_is_at_one_moment(assistant: Assistant) -> None:
    library, snapshot = assistant.library, assistant.library.refresh()
    rules, guide = snapshot.document("rules.txt"), snapshot.document("guide.pdf")
    before = list(quotes_of(snapshot, guide, 0, len(guide.text)))
    library.remove(["rules.txt", "guide.pdf", "heron-report.txt"])
    add_documents(
        library,
        [
            document("rules.txt", "Boat rules", f"Nobody may swim. {RULES}"),
            document("guide.pdf", "Guide", f"Herons are rare. {GUIDE}"),
            document("heron-report.txt", "Heron report", f"Herons are grey. {HERONS}"),
        ],
    )
    assert list(quotes_of(snapshot, guide, 0, len(guide.text))) == before  # text and passages were read before
    assert list(quotes_of(snapshot, rules, 0, len(rules.text))) == []  # its passages as they were are gone
    assert snapshot.find_document("heron-report.txt") is None
    assert snapshot.passages("heron-report.txt") == []
    assert quoting_answer("", "", before, snapshot, Clock()) is None  # and no answer quotes what is no longer there
    assert [quote.text for quote in quotes_of(library.look(), library.document("guide.pdf"), 0, 17)] == [
        "Herons are rare."
    ]


def test_an_empty_library_says_so(library: Library) -> None:
    assert "no documents yet" in Assistant(library, reader="none").ask("hi").text


def test_are_you_sure_asks_the_last_question_anew(assistant: Assistant) -> None:
    history = [Turn("What does section 1.2 say?", "A boat is back by eight."), Turn("thanks")]
    answer = assistant.ask("Are you sure?", history)
    assert answer.standalone_question == "What does section 1.2 say?"
    assert check(assistant, answer).startswith("1.2 A boat")


def test_a_named_document_is_asked_first_and_then_all(library: Library) -> None:
    texts = {"march-minutes.txt": "The chair was Olga Lind.", "april-minutes.txt": "The chair was Ravi Menon."}
    add_documents(library, [document(name, "", text) for name, text in texts.items()])
    assistant = Assistant(library, reader="none", refusal="eager")
    for month, chair in (("March", "Olga Lind"), ("April", "Ravi Menon")):
        answer = assistant.ask(f"Who was the chair in the {month} minutes?")
        assert answer.citations[0].doc_id == f"{month.lower()}-minutes.txt"
        assert chair in answer.text
        assert answer.standalone_question == f"Who was the chair in the {month} minutes?"


DIARY = (
    "The pier was opened on 3 May 1911. In 1904 the harbour company was founded in Ostby. The pier is made of oak. "
    "It burnt down in March 1932. On 1932-11-20 the new pier was begun. There are 1250 planks in it."
)


def test_a_timeline_has_the_sentences_with_a_date_the_earliest_first(assistant: Assistant) -> None:
    add_documents(assistant.library, [document("diary.txt", "Pier diary", DIARY)])
    wanted = [
        "In 1904 the harbour company was founded in Ostby.",
        "The pier was opened on 3 May 1911.",
        "It burnt down in March 1932.",
        "On 1932-11-20 the new pier was begun.",
    ]
    for question in ("Timeline of diary.txt", "give me a chronology of the Pier diary"):
        answer = assistant.ask(question)
        assert [sentence.text for sentence in answer.sentences] == wanted
        for citation in answer.citations:
            assert citation.quote == DIARY[citation.start : citation.end]


def test_in_a_timeline_a_date_that_stands_alone_is_that_of_the_sentence_after_it(assistant: Assistant) -> None:
    log = "May 12, 1911. The pier was opened by the mayor.\n\nJan. 9, 1904. The company was founded in Ostby."
    add_documents(assistant.library, [document("log.txt", "Harbour log", log)])
    answer = assistant.ask("Timeline of log.txt")
    assert [sentence.text for sentence in answer.sentences] == [
        "Jan. 9, 1904. The company was founded in Ostby.",
        "May 12, 1911. The pier was opened by the mayor.",
    ]
    for citation in answer.citations:
        assert citation.quote == log[citation.start : citation.end]


def test_a_timeline_of_a_subject_is_of_what_is_found_for_it(assistant: Assistant) -> None:
    other = "The tram was bought in 1950. The tram was sold in 1961. The depot closed in 1970."
    add_documents(assistant.library, [document("diary.txt", "Notes", DIARY), document("second.txt", "Notes", other)])
    answer = assistant.ask("Timeline of the tram")
    assert [sentence.text for sentence in answer.sentences] == [
        "The tram was bought in 1950.",
        "The tram was sold in 1961.",
    ]


def test_what_has_no_dates_is_no_timeline(assistant: Assistant) -> None:
    answer = assistant.ask("Timeline of heron-report.txt")
    assert answer.kind != "answer" or len(answer.sentences) < 2 or "heron" in answer.text.lower()
    assert all(sentence.text in HERONS or sentence.text in RULES for sentence in answer.sentences)


DECREE = """Decree

Article (3)
Duties:
7. Keep the lamps.
8. Keep the boats.

Article (7)
The board meets in May.

Article (8)
The chair is elected for four years.
"""


@pytest.mark.parametrize(("label", "said"), [("8", "The chair is elected"), ("7", "The board meets"), ("9", "")])
def test_an_article_with_its_number_in_brackets_is_no_item_of_a_list(label: str, said: str) -> None:
    text = DECREE.replace("8. Keep the boats.", "8. Keep the boats.\n9. Keep the oars.")
    places = find_places([document("decree.txt", "Decree", text)], "article", label)
    assert [
        said in text[place.start : place.end] and "Keep" not in text[place.start : place.end] for place in places
    ] == ([True] if said else [])
