"""Lists: asked for as a whole they come whole; a single item that is asked for comes alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.records import Document, Heading, Hit, Passage
from index.text.words import split_words
from rag.answer.citations import cite
from rag.answer.compose import MOST_ITEMS, compose
from rag.answer.extract import Candidate
from rag.answer.lists import with_list, with_siblings
from rag.answer.rows import with_rows
from rag.answer.tables import whole_table
from rag.question import read_question

TEXT = """Spring camp

Please bring on the first day:
- a sleeping bag
- a torch
- a spoon

Facts
- Fee: 40 euros
- Place: the mill
- Leader: Ida Holm

Closing words."""


def best(line: str, text: str = TEXT) -> Candidate:
    document = Document("d", "d", "Camp", "text/plain", text, {}, (), "d", 0.0)
    start = text.index(line)
    passage = Passage(1, "d", 0, len(text), "", None)
    return Candidate(document, Hit(passage, 1.0, 1), start, start + len(line), frozenset(split_words(line)), 0.5, None)


def ask(question: str, line: str, text: str = TEXT) -> list[str]:
    return [one.text for one in with_list(read_question(question, lambda word: 1.0), best(line, text))]


@pytest.mark.parametrize("line", ["- a torch", "- a spoon"])
def test_what_the_line_above_asks_for_is_the_whole_list(line: str) -> None:
    assert ask("what should I bring on the first day?", line) == ["- a sleeping bag", "- a torch", "- a spoon"]


def test_the_line_that_leads_to_a_list_brings_it_along() -> None:
    found = ask("what should I bring?", "Please bring on the first day:")
    assert found == ["Please bring on the first day:", "- a sleeping bag", "- a torch", "- a spoon"]


COVER = """Warranty

The warranty does not cover:

damage by lime in a machine that was not descaled when the light called for it;

parts that wear out in use, namely the group seal and the filter; and

machines that were used in a business.

A second owner takes over what is left; the receipt is needed.
"""


@pytest.mark.parametrize("line", ["parts that wear out in use", "machines that were", "damage by lime"])
def test_what_semicolons_part_under_a_colon_is_a_list(line: str) -> None:
    whole = next(one for one in COVER.splitlines() if one.startswith(line))
    assert [one[:8] for one in ask("what does the warranty not cover?", whole, COVER)] == [
        "damage b", "parts th", "machines",
    ]  # fmt: skip


def test_a_sentence_behind_such_a_list_is_none_of_it() -> None:
    assert ask("what does the warranty not cover?", COVER.splitlines()[-1], COVER) == []


STEPS = "Printing\n\n1. Add the printer.\n2. Print as usual.\n3. Hold your badge to it.\n"


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("how do i print", 3),
        ("how to print as usual", 0),  # the step says it all
        ("what must be printed", 0),  # which asks for no steps
    ],
)
def test_how_something_is_done_is_told_by_all_steps(question: str, items: int) -> None:
    candidate = best("2. Print as usual.", STEPS)
    under = replace(candidate, hit=replace(candidate.hit, passage=replace(candidate.hit.passage, heading="Printing")))
    assert len(with_list(read_question(question, lambda word: 1.0), under)) == items


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("what is the fee?", "- Fee: 40 euros"),
        ("who is the leader", "- Leader: Ida Holm"),
        ("what closes?", "Closing words."),
    ],
)
def test_an_item_that_is_asked_for_by_its_name_comes_alone(question: str, line: str) -> None:
    assert ask(question, line) == []


@pytest.mark.parametrize(("items", "left"), [(3, 0), (MOST_ITEMS, 0), (MOST_ITEMS + 1, 2), (59, 36)])
def test_of_a_long_list_it_is_said_how_many_more_there_are_and_each_is_cited(items: int, left: int) -> None:
    text = "Parts to order:\n" + "\n".join(f"{n}. part {n}" for n in range(1, items + 1))
    selected = compose(read_question("which parts to order?", lambda word: 1.0), [best("Parts to order:", text)])
    sentences, citations = cite(selected)
    assert [citation.quote for citation in citations] == text.split("\n")
    assert sentences[-1].text == (f"and {left} more" if left else f"{items}. part {items}")
    assert sentences[-1].origin == ("generated" if left else "verbatim")
    assert sum(len(sentence.citations) for sentence in sentences) == len(citations)


@pytest.mark.parametrize("line", ["- Hang up the oars.", "Dry them first.", "- Lock the shed."])
def test_an_item_of_several_sentences_comes_whole(line: str) -> None:
    text = "What to do after rowing\n- Hang up the oars. Dry them first.\n- Lock the shed."
    assert ask("what should I do after rowing?", line, text) == text.splitlines()[1:]


NUMBERED = """1. Duties of the treasurer
1.1 keeps the books
1.2 pays the bills
2. Duties of the secretary
2.1 writes the minutes
2.2 answers letters,
    within a week
"""
NESTED = """What to carry in the boat
* oars
* lunch
  - bread
  - fruit
* map
"""
PLAIN = """Before you leave the flat:

close the windows
empty the fridge
hand in the keys

We wish you a good journey and hope to see you again in the autumn, when the leaves turn.

Stars of the summer sky
Vega
Deneb
Altair

More of them are seen from the tower.
"""


@pytest.mark.parametrize(
    ("line", "items"),
    [
        ("1. Duties of the treasurer", ["1.1 keeps the books", "1.2 pays the bills"]),
        ("2. Duties of the secretary", ["2.1 writes the minutes", "2.2 answers letters,\n    within a week"]),
    ],
)
def test_a_numbered_line_leads_to_the_numbers_below_it_and_to_no_others(line: str, items: list[str]) -> None:
    who = line.rpartition(" ")[2]
    assert ask(f"what are the duties of the {who}?", line, NUMBERED) == [line, *items]
    assert ask(f"what are the duties of the {who}?", items[0], NUMBERED) == items


@pytest.mark.parametrize("line", ["* oars", "* map"])
def test_what_is_deeper_belongs_to_the_list(line: str) -> None:
    found = ask("what should I carry in the boat?", line, NESTED)
    assert found == ["* oars", "* lunch", "- bread", "- fruit", "* map"]


@pytest.mark.parametrize("line", ["close the windows", "hand in the keys"])
def test_lines_under_a_colon_are_a_list_without_marks(line: str) -> None:
    items = ["close the windows", "empty the fridge", "hand in the keys"]
    lead = "Before you leave the flat:"
    assert ask("what do I have to do before I leave the flat?", line, PLAIN) == items
    assert ask("what do I have to do before I leave the flat?", lead, PLAIN) == [lead, *items]


def test_lines_under_a_title_are_a_list_where_one_is_asked_for() -> None:
    assert ask("which stars are in the summer sky?", "Deneb", PLAIN) == ["Vega", "Deneb", "Altair"]
    assert ask("how bright is a star in the summer sky?", "Deneb", PLAIN) == []


CREW = """name: Ida Holm; team: Red; port: Moss; licence: yes
name: Bo Lund; team: Blue; port: Moss; licence: no
name: Cy Dorn; team: Red; port: Odda; licence: no
name: Di Eck; team: Green; port: Odda; licence: yes
"""


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Who is in the red team?", ["Ida Holm", "Cy Dorn"]),
        ("Who works in Red?", ["Ida Holm", "Cy Dorn"]),
        ("List everyone in Moss", ["Ida Holm", "Bo Lund"]),
        ("Which people have a licence?", ["Ida Holm", "Di Eck"]),
        ("Who is in the red team in Moss?", ["Ida Holm"]),
    ],
)
def test_all_rows_come_that_fit_what_is_asked(question: str, names: list[str]) -> None:
    rows = [line for line in CREW.splitlines() if any(name in line for name in names)]
    found = with_rows(read_question(question, lambda word: 1.0), best(rows[-1], CREW))
    assert [one.text for one in found] == rows


TIMES = "Monday\nstop: Quay; bus: 6:10\nstop: Mill; bus: 6:38\nSaturday\nstop: Quay; bus: 8:00\nstop: Mill; bus: 8:26\n"


@pytest.mark.parametrize(("question", "buses"), [("bus to the mill on Saturday", 1), ("bus to the mill", 2)])
def test_rows_below_a_heading_that_is_asked_for_come_without_those_below_others(question: str, buses: int) -> None:
    likeliest = best("stop: Mill; bus: 8:26", TIMES)
    places = [(TIMES.index(day), TIMES.index(day) + len(day)) for day in ("Monday", "Saturday")]
    document = replace(likeliest.document, headings=tuple(Heading(1, *place) for place in places))
    hit = replace(likeliest.hit, passage=replace(likeliest.hit.passage, heading="Saturday"))
    found = with_rows(read_question(question, lambda word: 1.0), replace(likeliest, document=document, hit=hit))
    assert len(found) == buses
    assert found[-1].text == "stop: Mill; bus: 8:26"


SEAS = "River: Yenisei; Mouth: Kara Sea\nRiver: Lena; Mouth: Laptev Sea\nRiver: Ob; Mouth: Kara Sea (Gulf of Ob)\n"


def test_a_row_with_more_of_the_cell_that_is_asked_for_comes_too() -> None:
    rows = SEAS.splitlines()
    found = with_rows(read_question("Which river flows to the Kara Sea?", lambda word: 1.0), best(rows[0], SEAS))
    assert [row.text for row in found] == [rows[0], rows[2]]


def test_of_a_row_of_which_a_part_was_read_that_part_comes() -> None:
    text = "Record: 17; Sea: calm; State: lost\nRecord: 18; Sea: calm; State: lost\n"
    asked = read_question("What was lost of record 17?", lambda word: 1.0)
    assert len(with_rows(asked, best(text.splitlines()[0], text))) == 1
    assert with_rows(asked, best("Sea: calm; State: lost", text)) == []


PARTS = """No.: 1; Part: tank; Use: holds water; Motor: no
No.: 2; Part: pump; Use: -; Motor: yes
No.: 3; Part: wand; Use: -; Motor: no
"""


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("Which parts are there?", 3),
        ("What parts does it have?", 3),
        ("Which parts hold water?", 0),
        ("Which parts have a motor?", 0),
        ("What is the part for?", 0),
        ("Which parts are not there?", 0),
        ("Which parts does the Merlin have?", 0),  # it may be the parts of another
    ],
)
def test_all_rows_of_a_table_come_where_only_what_they_are_is_asked_for(question: str, rows: int) -> None:
    found = whole_table(read_question(question, lambda word: 1.0), best(PARTS.splitlines()[0], PARTS))
    assert len(found) == rows


CALLED = (
    "Table 1: Buses\nstop: Mill; first: 6:38\nstop: Quay; first: 6:50\n\nTable 2: Ferries\nstop: Quay; first: 7:15\n"
)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("first ferry from the quay", ["stop: Quay; first: 7:15"]),
        ("first from the quay", ["stop: Quay; first: 6:50", "stop: Quay; first: 7:15"]),
    ],
)
def test_rows_of_a_table_that_is_called_as_asked_come_without_those_of_others(question: str, found: list[str]) -> None:
    rows = with_rows(read_question(question, lambda word: 1.0), best("stop: Quay; first: 7:15", CALLED))
    assert [row.text for row in rows] == found


@pytest.mark.parametrize(
    "question",
    ["Who is not in the red team?", "Who in the red team is from Berlin?", "When does a team sail?", "Who is redder?"],
)
def test_rows_that_lack_what_is_asked_do_not_come(question: str) -> None:
    assert with_rows(read_question(question, lambda word: 1.0), best(CREW.splitlines()[0], CREW)) == []


ROOMS = "room: Alder; floor: 1; seats: 2\nroom: Birch; floor: 2; seats: 9\nroom: -; floor: 3; seats: 2"


@pytest.mark.parametrize("line", ROOMS.splitlines()[:2])
def test_a_row_fits_by_the_column_that_is_named(line: str) -> None:
    found = with_rows(read_question("Which rooms are on floor 2?", lambda word: 1.0), best(line, ROOMS))
    assert [one.text for one in found] == ["room: Birch; floor: 2; seats: 9"]
    assert with_rows(read_question("Which rooms are on a floor?", lambda word: 1.0), best(line, ROOMS)) == []


BARS = "name | team | port\nIda Holm | Red | Moss\nBo Lund | Blue | Moss\nCy Dorn | Red | Odda\nred | black"


DAYS = """Hut log

Day: 10 June; Sky: cloud; Guests: 12
Day: 12 June; Sky: fog; Guests: 31
Day: 14 June; Sky: sun; Guests: 12
"""


@pytest.mark.parametrize(
    ("question", "line", "rows"),
    [
        ("what was the sky like on 12 june", "Day: 12 June; Sky: fog; Guests: 31", 1),
        ("days with 12 guests", "Day: 10 June; Sky: cloud; Guests: 12", 2),
    ],
)
def test_a_row_with_less_of_the_cell_that_is_asked_for_does_not_come(question: str, line: str, rows: int) -> None:
    found = with_rows(read_question(question, lambda word: 1.0), best(line, DAYS))
    assert len(found) == rows
    assert found[0].text == line


def test_rows_with_bars_between_their_cells_are_rows() -> None:
    asked = read_question("Who is in the red team?", lambda word: 1.0)
    assert with_rows(asked, best("Red team: at eight.", f"Red team: at eight.\n{BARS}")) == []
    found = with_rows(read_question("Who is in Red?", lambda word: 1.0), best("Ida Holm | Red | Moss", BARS))
    assert [one.text for one in found] == ["Ida Holm | Red | Moss", "Cy Dorn | Red | Odda"]


BOATS = [
    "The Tern is painted red.",
    "The Gull is painted red.",
    "The Auk is painted blue.",
    "The Skua is not painted red.",
    "The old Plover is painted red.",
    "Red paint is kept in the shed.",
]


def test_sentences_that_say_the_same_of_other_things_are_a_list() -> None:
    text = " ".join(BOATS)
    first, *others = (best(boat, text) for boat in BOATS)
    found = with_siblings(read_question("Which boats are painted red?", lambda word: 1.0), first, others)
    assert [one.text for one in found] == [BOATS[0], BOATS[1], BOATS[4]]
    assert with_siblings(read_question("Which boats are painted red?", lambda word: 1.0), first, others[5:]) == []


def test_places_of_one_thing_are_no_list_and_places_of_several_are() -> None:
    text = "The Alma sails to Moss. The Brage sails to Horten. The Alma sails to Odda."
    first, second, third = (best(f"{one}.", text) for one in text.removesuffix(".").split(". "))
    asked = read_question("Where do the ferries sail?", lambda word: 1.0)
    assert [one.text for one in with_siblings(asked, first, [second])] == [first.text, second.text]
    assert with_siblings(asked, first, [third]) == []
