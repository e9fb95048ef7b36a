"""What is being said: each kind in many words, and questions that look like one and are none."""

from __future__ import annotations

import pytest
from growth import check_growth

from rag.conversation.utterance import Utterance, read_utterance

ALONE = {
    "greeting": ["hi", "Hello!", "hey there", "Good morning", "hello, how are you?", "Guten Tag", "how are you today?"],
    "thanks": [
        "thanks",
        "Thank you very much!",
        "ok thanks",
        "great, thank you so much",
        "got it",
        "thanks for your help",
        "thanks, that helps",
    ],
    "farewell": ["bye", "Goodbye!", "see you tomorrow", "good night"],
    "sure": ["are you sure?", "Are you really sure about that?", "really?", "how do you know that?", "is that true?"],
    "assistant": [
        "tell me a joke",
        "what is 2 + 2?",
        "What can you do?",
        "who are you?",
        "what can I ask you?",
        "help",
        "How does this work?",
        "are you a language model?",
        "what kind of questions can you answer?",
    ],
    "count": ["How many documents do you have?", "how many files are there?", "How many documents are in the library?"],
    "library": [
        "Which documents do you have?",
        "what files are there",
        "list all documents",
        "show me the files",
        "What is in the library?",
    ],
}


@pytest.mark.parametrize(("said", "line"), [(said, line) for said, lines in ALONE.items() for line in lines])
def test_a_line_of_each_kind_is_known(said: str, line: str) -> None:
    assert read_utterance(line) == Utterance(said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("what documents are there about bees?", Utterance("library", about="bees")),
        ("Which files mention the deposit?", Utterance("library", about="the deposit")),
        ("Do you have any documents on night trains?", Utterance("library", about="night trains")),
        ("What does section 4.2 say?", Utterance("place", noun="section", label="4.2")),
        ("What does § 7 say?", Utterance("place", noun="section", label="7")),
        ("article 12", Utterance("place", noun="article", label="12")),
        ("what does article (12) say", Utterance("place", noun="article", label="12")),
        ("Clause 4.1?", Utterance("place", noun="clause", label="4.1")),
        ("page 4", Utterance("place", noun="page", label="4")),
        ("What's on slide 3 of pitch.pptx?", Utterance("place", noun="slide", label="3", document="pitch.pptx")),
        ("what should I do in step 3?", Utterance("place", noun="step", label="3")),
        (
            "What does section 2 of the lease say about pets?",
            Utterance("place", noun="section", label="2", document="the lease", about="pets"),
        ),
        ("Which section covers liability?", Utterance("section", noun="section", about="liability")),
        ("What page deals with cleaning?", Utterance("section", noun="page", about="cleaning")),
        ("Where is descaling described?", Utterance("section", noun="section", about="descaling")),
        ("Summarise the rental agreement", Utterance("summary", about="the rental agreement")),
        ("summarize notes.md in three sentences", Utterance("summary", about="notes.md", sentences=3)),
        ("Can you summarize notes.md briefly?", Utterance("summary", about="notes.md", sentences=2)),
        ("What is notes.md about?", Utterance("summary", about="notes.md")),
        ("what's in report.pdf?", Utterance("summary", about="report.pdf")),
        ("give me a summary of the report in 4 sentences", Utterance("summary", about="the report", sentences=4)),
        ("Summarize everything", Utterance("summary")),
        ("Timeline of the harbour", Utterance("timeline", about="the harbour")),
        ("Please give me a timeline of report.pdf", Utterance("timeline", about="report.pdf")),
        ("Make a chronology", Utterance("timeline")),
        ("list the events in the diary in order of time", Utterance("timeline", about="the diary")),
        ("What is the timeline for the delivery?", Utterance("question")),
        ("list the events of the week", Utterance("question")),
        ("give me an overview of my documents", Utterance("summary")),
    ],
)
def test_places_summaries_and_documents_are_read_with_what_they_are_about(line: str, meant: Utterance) -> None:
    assert read_utterance(line) == meant


@pytest.mark.parametrize(
    "line",
    [
        "hello kitty is what?",
        "hello, how much is the rent?",
        "Who said hello to the heron?",
        "good morning is when?",
        "who is the landlord",
        "what can you do with the oven?",
        "what can I do about mould?",
        "thanks for the pump, how long is its warranty?",
        "what does it not cover?",
        "What does the letter of thanks say to whom?",
        "Who are you supposed to call in an emergency?",
        "help desk phone number",
        "how does the filter work?",
        "Are you sure to get the deposit back?",
        "Is that tree protected?",
        "really cold nights: what does the boiler do?",
        "how do you know when the water is hot?",
        "which documents are needed for the visa?",
        "What documents do I need to bring?",
        "how many documents does the notary keep?",
        "How many pages may the essay have?",
        "list the ingredients",
        "Who is on the board?",
        "What is the goodbye party's date?",
        "part of what is the museum?",
        "page boy's wages",
        "item I ordered last week",
        "Who wrote article 12?",
        "How long is section 3 of the trail?",
        "When was page 4 changed and by whom, and what did it say before that?",
        "Which section of the wall collapsed?",
        "Where is the key?",
        "Where are the shoes sold?",
        "see you at which station?",
        "Why?",
        "",
        "?",
    ],
)
def test_a_doubtful_line_is_a_question_of_the_documents(line: str) -> None:
    assert read_utterance(line) == Utterance("question")


@pytest.mark.parametrize(
    "unit", ["hello ", "what is ", "section 4 of ", "a ", ",", "please ", "thanks ", "in 3 sentences ", "4."]
)
def test_a_long_line_is_read_at_once(unit: str) -> None:
    check_growth(lambda length: read_utterance((unit * length)[:length]), 75, unit)  # up to the longest that is read
    assert read_utterance(unit * 2000) == Utterance("question")
