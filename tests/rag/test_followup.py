from __future__ import annotations

import pytest

from rag import Turn
from rag.conversation.followup import read_in_context, stand_alone
from rag.conversation.mentions import find_mentions
from rag.tagger.tagger import Tags

# (the question before, its answer, the follow-up, what it means)
REWRITTEN = [
    # another one of the same kind
    (
        "How much is a room at the Harbour Inn?",
        "95 euros.",
        "What about breakfast?",
        "How much is breakfast at the Harbour Inn?",
    ),
    ("How much is a room at the Harbour Inn?", "", "and the Old Mill?", "How much is a room at the Old Mill?"),
    ("How much is a room at the Harbour Inn?", "", "And at the Old Mill?", "How much is a room at the Old Mill?"),
    ("What is the capital of France?", "Paris.", "What about Italy?", "What is the capital of Italy?"),
    ("Who signed the lease in 2021?", "", "And in 2023?", "Who signed the lease in 2023?"),
    ("When is the pool open on Mondays?", "", "and on sundays?", "When is the pool open on sundays?"),
    ("Who takes the minutes at the board?", "", "And the photographs?", "Who takes the photographs at the board?"),
    ("Where is the Tern 40 made?", "", "the Plover 20?", "Where is the Plover 20 made?"),
    ("Who is the landlord?", "The landlady is Mrs Osei.", "and the rent?", "What is the rent?"),
    ("Who is the landlord?", "The landlady is Mrs Osei.", "and the tenant?", "Who is the tenant?"),
    ("Who is the landlord?", "The landlady is Mrs Osei.", "and the plumber?", "Who is the plumber?"),
    (
        "What are the symptoms of lung cancer?",
        "",
        "What about throat cancer?",
        "What are the symptoms of throat cancer?",
    ),
    ("what is the capital of peru", "", "and of chile?", "what is the capital of chile?"),
    (
        "Which river touches the most countries?",
        "The Danube.",
        "and the Volga?",
        "Which river touches the most countries for the Volga?",
    ),
    # a question word alone
    ("When did Nora Lind leave the board?", "In May.", "Why?", "Why did Nora Lind leave the board?"),
    ("How much is a room at the Harbour Inn?", "", "Since when?", "Since when is a room at the Harbour Inn?"),
    ("Who designed the bridge?", "Ada Holm designed the bridge.", "When?", "When Ada Holm designed the bridge?"),
    ("Was the roof repaired?", "", "when?", "When was the roof repaired?"),
    (
        "What do I use for cleaning the filter?",
        "Tablets.",
        "How many tablets?",
        "How many tablets do I use for cleaning the filter?",
    ),
    ("can i undo the change", "", "what about a whole folder?", "can i undo a whole folder"),
    ("can i undo that", "", "what about a whole folder?", "can i undo that for a whole folder?"),
    ("does Pincite delete my file", "", "and a whole folder?", "does Pincite delete a whole folder"),
    (
        "what does the pump not cover? (warranty, the boiler)",
        "",
        "and the boiler?",
        "what does the boiler not cover?",
    ),
    # what is done
    ("How do I cancel a booking on Ferryline?", "By post.", "can i undo that?", "can i undo that?"),
    # pronouns
    ("Who signs all the leases?", "The leases are signed by Ada Holm.", "how long is it?", "how long is it?"),
    ("When was the Tern 40 launched?", "In 2011.", "How heavy is it?", "How heavy is the Tern 40?"),
    ("Tell me the price of a refill for the Tern 40.", "", "When was it launched?", "When was the Tern 40 launched?"),
    (
        "Who designed the bridge?",
        "Ada Holm designed it in 1903.",
        "Who was her teacher?",
        "Who was Ada Holm's teacher?",
    ),
    ("Who was Ada Holm's teacher?", "Her teacher was Pavel Brod.", "What did he build?", "What did Pavel Brod build?"),
    ("Where was Ada Holm born?", "In Turku.", "Did she study there?", "Did Ada Holm study in Turku?"),
    ("What is throat cancer?", "", "Is it treatable?", "Is throat cancer treatable?"),
    ("What are the habits of tiger sharks?", "", "What do they eat?", "What do tiger sharks eat?"),
    (
        "When did Sunda's chief engineer visit Baltic Yards?",
        "",
        "What did he say?",
        "What did Sunda's chief engineer say?",
    ),
    # "that car", "the second one", "more"
    (
        "How much is a full service on the Tern 40?",
        "",
        "Is there a warranty on that car?",
        "Is there a warranty on the Tern 40?",
    ),
    (
        "Which two boats are for hire?",
        "The Gannet and the Skua.",
        "How long is the second one?",
        "How long is the Skua?",
    ),
    (
        "When was the Tern 40 launched?",
        "",
        "Heavier than the Plover?",
        "Was the Tern 40 launched heavier than the Plover?",
    ),
    (
        "How much is the rent in the Dahl lease?",
        "950 euros.",
        "When is the rent due?",
        "When is the rent in the Dahl lease due?",
    ),
    ("Where was Ada Holm born?", "In Turku.", "What else is known?", "What else is known about Ada Holm?"),
]


@pytest.mark.parametrize(("before", "answer", "question", "meant"), REWRITTEN)
def test_what_points_back_is_replaced_by_what_it_stands_for(
    before: str, answer: str, question: str, meant: str
) -> None:
    assert stand_alone(question, [Turn(before, answer)]) == meant


@pytest.mark.parametrize(
    "question",
    [
        "Who is Adolfo Urso?",
        "How long is the warranty on the pump?",
        "What is the capital of France?",
        "Are there bees in Britain?",
        "How long do slugs live?",
        "Is it true that bees dance?",
        "Do bees sting when they are angry?",
        "Where did Pavel Brod keep his tools?",
        "How long does it take to boil an egg?",
        "Who was elected chair?",
        "What is the film about?",
        "Where is the harbour that the Gannet sails from?",
        "What happened this year?",
        "Which of the boats is the fastest?",
        "How much notice does a tenant have to give, and who must sign it?",
    ],
)
def test_a_question_that_stands_alone_is_left_as_it_is(question: str) -> None:
    history = [
        Turn("When did Leonardo's chief executive go to Baykar's plant?", "On Jan. 23."),
        Turn("Who saw Ada Holm?"),
    ]
    assert stand_alone(question, history) == question


@pytest.mark.parametrize(
    "question",
    ["Bis wann ist die Waschküche geöffnet?", "Quand est-ce que le bateau part ?", "船はいつ 出発 します か"],
)
def test_a_question_in_another_language_is_left_as_it_is(question: str) -> None:
    assert stand_alone(question, [Turn("What should I bring?", "A tent.")]) == question


def test_without_a_history_nothing_is_replaced() -> None:
    assert stand_alone("And why?", []) == "And why?"
    assert stand_alone("Is it heavy?", [Turn("")]) == "Is it heavy?"


def test_a_chain_of_follow_ups_keeps_what_it_is_about() -> None:
    turns = [Turn("How much is a refill for the Tern 40?")]
    for question in ("What about a repair?", "and the Plover 20?"):
        turns.append(Turn(stand_alone(question, turns)))
    assert [turn.question for turn in turns[1:]] == [
        "How much is a repair for the Tern 40?",
        "How much is a repair for the Plover 20?",
    ]


def test_the_question_before_is_never_asked_again() -> None:
    first = "When did Leonardo's chief executive go to Baykar's plant?"
    for question in ("And what did he announce there?", "Who told them?", "What about the pump?", "Why?"):
        assert first.rstrip("?") not in stand_alone(question, [Turn(first)])


def test_only_a_name_is_put_in_the_place_of_who_or_which() -> None:
    river = Turn("Which river touches the most countries?", "The Danube touches ten countries, more than any other.")
    assert "touches ten countries" not in stand_alone("how often?", [river])
    keeper = Turn("Who keeps the lighthouse?", "The lighthouse is kept by Marta Quill, who came in 1987.")
    assert stand_alone("why?", [keeper]) == "Why Marta Quill keeps the lighthouse?"


@pytest.mark.parametrize(
    "question", ["?", "it", "and", "why " * 300, "and \ud800?", "“" * 80, "the " * 400, "A-" * 900]
)
def test_odd_questions_come_through(question: str) -> None:
    assert stand_alone(question, [Turn("Who?", "!"), Turn("“”’s of of the A B C")])


def test_mentions_are_names_and_noun_phrases() -> None:
    found = find_mentions("When did Leonardo's chief executive go to Baykar's plant?")
    assert [mention.text for mention in found] == ["Leonardo's chief executive", "Baykar's plant"]
    assert [mention.is_person for mention in found] == [True, False]
    assert [m.text for m in find_mentions("How much does a full service cost for the Tern 40?")] == [
        "a full service",
        "the Tern 40",
    ]


BEFORE = Turn("Who signs the lease of the mill?", "Mrs Rook signs it for the Hallas family.")


@pytest.mark.parametrize(
    ("question", "standalone"),
    [("and when does it end?", "When does the lease of the mill end?"), ("who pays?", "who pays?")],
)
def test_a_question_that_leans_on_another_is_read_behind_it_as_it_was_typed(question: str, standalone: str) -> None:
    read = read_in_context(question, standalone, BEFORE, lambda word: 2.0)
    assert read.text == standalone
    assert read.to_read == (f"{BEFORE.question} {question}", f"{BEFORE.question} {BEFORE.answer} {question}")
    assert read.context == dict.fromkeys(["sign", "leas", "mill"], 1.0)


@pytest.mark.parametrize(
    ("question", "before"),
    [("How much is the rent of the bakery?", BEFORE), ("and the rent?", None), ("who pays?", None)],
)
def test_a_question_that_stands_alone_is_read_alone(question: str, before: Turn | None) -> None:
    read = read_in_context(question, question, before, lambda word: 2.0)
    assert read.to_read == (question,)
    assert not read.context


def test_of_a_long_answer_a_question_is_read_behind_the_first_words() -> None:
    read = read_in_context("who pays?", "who pays?", Turn("Who signs", "and " * 1000), lambda word: 2.0)
    assert read.to_read == ("Who signs? who pays?", f"Who signs? {'and ' * 30}who pays?")


def test_of_an_answer_without_spaces_a_question_is_read_behind_the_beginning() -> None:
    read = read_in_context("who pays?", "who pays?", Turn("Who signs", "在" * 10_000), lambda word: 2.0)
    assert read.to_read[-1] == f"Who signs? {'在' * 240} who pays?"


def test_behind_no_answer_a_question_is_read_once() -> None:
    assert read_in_context("who pays?", "who pays?", Turn("Who signs"), lambda word: 2.0).to_read == (
        "Who signs? who pays?",
    )


def test_of_the_question_before_words_count_less() -> None:
    alone, leaning = (
        read_in_context("when does it end?", "when does the lease end?", before, lambda word: 1.0)
        for before in (None, BEFORE)
    )
    assert alone.coverage({"leas"}) == 1 / 2
    assert alone.coverage({"mill"}) == 0
    assert leaning.coverage({"mill"}) == 0.5 / 3
    assert leaning.coverage({"leas", "end", "mill", "sign"}) == 1


@pytest.mark.parametrize(
    ("question", "understood"),
    [
        ("the Osprey GT?", "Where is the Osprey GT built?"),
        ("Osprey GT?", "Where is Osprey GT built?"),
        ("Smaller than the Osprey GT?", "Is the Merlin 3 built smaller than the Osprey GT?"),
        ("pizza in Heron?", "pizza in Heron?"),  # may be about something else
        ("Wie viele Stimmen?", "Wie viele Stimmen?"),
    ],
)
def test_nothing_but_a_name_asks_the_question_before_of_it_whatever_the_tagger_says(
    question: str, understood: str
) -> None:
    history = [Turn("Where is the Merlin 3 built?", "It is built in Gdansk.")]
    assert stand_alone(question, history, Tags(0.01, {"built": 0.01, "merlin": 0.01})) == understood
