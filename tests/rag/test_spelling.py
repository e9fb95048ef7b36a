"""What is misspelt is put right by the library's words; what is not stays as it was typed."""

from __future__ import annotations

from collections import Counter

import pytest

from index import split_words
from rag.conversation.spelling import put_right, unlikeliness

LIBRARY = Counter(
    split_words(
        "The warranty on the pump is 5 years. The boiler of Baykar is descaled with vinegar, paid by the landlady."
        " There is a boat at the bridge; Mrs Battersby rows. The tank holds limescale. Should anyone wait, see xxiii."
        " His wife rows, too."
    )
)


def right(question: str) -> str:
    return put_right(question, lambda word: LIBRARY[word])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("whats the waranty on teh pump", "whats the warranty on the pump"),
        ("Waht is the warrranty?", "What is the warranty?"),
        ("who pays the landlayd", "who pays the landlady"),
        ("descaled with vinegr", "descaled with vinegar"),
        ("theere is limesale", "there is limescale"),
        ("how long is the waranty of baykr", "how long is the warranty of baykar"),
        ("when does Battersbby row?", "when does Battersby row?"),
        ("sumarise the docments of Baykar", "summarise the documents of Baykar"),
    ],
)
def test_a_slip_is_put_right_by_the_words_of_the_library(typed: str, meant: str) -> None:
    assert right(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "how deep is the moat",  # a word of English that is near to a boat, and not in the library
        "does the Baykal pump water?",  # a name of six letters, and another letter
        "summarise the colour of the centre, whose organisation analyses what it catalogues and labelled",
        "what does chapter xxii say",
        "dont the pumps wait, whos there, what isnt paid",
        "what do E101, pumpx2, USB and PUMPP mean",
        "the file pumpp.txt, @pumpp and info@pumpp.de",
        "yrs of tne usb",  # too short to say what was meant
        "wat is er met de pumpp aan de hand van de boiller",  # not English
        "is there wifi on the boat",  # of the library's words it is near to "wife"
        "WHERE IS THE PUMPP",
        "where is the quilombo",  # near to nothing
        "",
    ],
)
def test_what_may_be_meant_so_is_left_alone(typed: str) -> None:
    assert right(typed) == typed


def test_no_question_takes_long_however_many_words_nobody_knows() -> None:
    asked = Counter[str]()

    def frequency(word: str) -> int:
        asked[word] += 1
        return 0

    words = " ".join(f"q{a}z{b}x{c}k" for a in "bcdfgh" for b in "bcdfgh" for c in "bcdfg")
    assert put_right(words, frequency) == words
    assert asked.total() < 8 * 1500  # each of eight words has some 500 others near it


def test_swapped_and_doubled_letters_are_the_likeliest_slips() -> None:
    slips = [unlikeliness("teh", "the"), unlikeliness("pumpp", "pump"), unlikeliness("pmp", "pump")]
    slips += [unlikeliness("pimp", "pump"), unlikeliness("pusp", "pump"), unlikeliness("hump", "pump")]
    assert slips == sorted(slips)
