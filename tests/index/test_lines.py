from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.sentences import split_sentences

PROSE = (
    "The ferry was built at Horten in 1931 and sailed for forty years between the islands. Her first captain, a man"
    " called Anders Vik, kept a parrot on the bridge; it outlived him. When the bridge was opened she was sold to a"
    " museum in Bergen, which had no money to paint her. She sank at her berth one night in March.",
    "Nobody was on board. The wreck was raised by divers of the navy, who found the cage of the parrot below, and"
    " towed to a yard up the fjord. There she lies to this day, with a birch growing out of her funnel.",
    "Am Abend gingen die Kinder zum Hafen und sahen den Fischern beim Flicken der Netze zu. Die Großmutter hatte ihnen"
    " Brot und Käse mitgegeben, und der Hund bekam die Rinde. Erst als der Leuchtturm sein Feuer zeigte, ging es heim.",
)


def sentences(text: str) -> list[str]:
    return [" ".join(text[start:end].split()) for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "The cellar key is on the hook behind the door\nThe loft key was given to Mrs Aaltonen next door\n"
        "The key of the car hangs beside the calendar",
        "Talked to the bank about the loan for the roof\nThey want to see the last three pay slips first\n"
        "We are to hear from them by Friday next week",
        "order more coal before the price goes up again\nbring the blue chair to the man in Mill Lane\n"
        "sharpen the scythe",
        "Nora is the sister of the man who mends our clocks\nThe clock in the hall is eight minutes slow",
        "wifi: bluetit and the year we moved in, no spaces\nalarm: the last four of the number plate backwards\n"
        "bins: brown ones in even weeks, the grey in odd ones",
        "Kaja Nilsen, chairwoman since the spring of 2019\nOle Brun, treasurer until a new one can be found\n"
        "Siv Dahl, secretary and keeper of the minute book",
        "12 March: rang the surveyor, who was not in today\n14 March: the surveyor came and measured the garden\n"
        "19 March: his letter came, and it is bad news for us",
        'def double(number):\n    """Return twice the number that is given."""\n    return 2 * number',
        "Heron nests: seven this year, all in the old beech\nOwls seen: two, on the barn and in the churchyard",
    ],
)
def test_notes_of_one_fact_a_line_stay_lines(text: str) -> None:
    assert sentences(text) == [line.strip() for line in text.split("\n")]
    assert sentences(f"Some notes\n\n{text}\n\nAnd more of them") == [
        "Some notes",
        *sentences(text),
        "And more of them",
    ]


def test_notes_stay_lines_beside_a_paragraph_that_is_wrapped() -> None:
    notes = ["the boat is on the slip behind the shed", "oars are in the loft", "anchor lent to Tor until the summer"]
    text = f"{textwrap.fill(PROSE[0], 68)}\n\n" + "\n".join(notes)
    assert sentences(text) == [*sentences(PROSE[0]), *notes]


@pytest.mark.parametrize("width", [44, 60, 72, 79, 100])
@pytest.mark.parametrize("paragraphs", [PROSE[:1], PROSE[1:2], PROSE[2:], PROSE])
def test_wrapped_prose_has_the_sentences_that_it_had_before(paragraphs: tuple[str, ...], width: int) -> None:
    wrapped = "\n\n".join(textwrap.fill(one, width) for one in paragraphs)
    assert sentences(wrapped) == [one for paragraph in paragraphs for one in sentences(paragraph)]


def test_prose_that_a_person_wrapped_is_joined_although_its_lines_are_uneven() -> None:
    text = (
        "We left the hut at six and had the\nglacier behind us by noon. The snow\nwas soft, and more than once one of\n"
        "us went in to the hips. From the col\nwe saw the sea."
    )
    assert sentences(text) == sentences(" ".join(text.split()))


def test_an_item_may_go_on_below_its_own_first_word() -> None:
    text = (
        f"{textwrap.fill(PROSE[0], 60)}\n\n- a coil of rope that is at least as long as the deck is\n  wide\n- a bell"
    )
    assert sentences(text)[-2:] == ["- a coil of rope that is at least as long as the deck is wide", "- a bell"]


@given(st.data())
def test_a_part_of_a_wrapped_text_is_split_as_the_whole_is(data: st.DataObject) -> None:
    text = "\n\n".join(textwrap.fill(one, 66) for one in PROSE) + "\n\nkeys: on the hook\nbins: on Tuesday"
    spans = split_sentences(text)
    first = data.draw(st.integers(0, len(spans) - 1))
    last = data.draw(st.integers(first, len(spans) - 1))
    assert split_sentences(text, spans[first][0], spans[last][1]) == spans[first : last + 1]
