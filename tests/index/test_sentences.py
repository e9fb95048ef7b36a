from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.sentences import split_sentences


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("Dr. Smith met J. R. R. Tolkien.", ["Dr. Smith met J. R. R. Tolkien."]),
        ("On Jan. 23, he came. He left.", ["On Jan. 23, he came.", "He left."]),
        ("He lives in the U.S. The rest do not.", ["He lives in the U.S.", "The rest do not."]),
        ("The U.S. Government agreed.", ["The U.S. Government agreed."]),
        ("It costs 3.5 million. So what?", ["It costs 3.5 million.", "So what?"]),
        ("“Stop.” She said no.", ["“Stop.”", "She said no."]),
        ("In 1912. The ship sank.", ["In 1912.", "The ship sank."]),
        ("Am 3. Oktober war es z. B. soweit. Danach nicht.", ["Am 3. Oktober war es z. B. soweit.", "Danach nicht."]),
        ("See Fig. 2 and pp. 11. Then stop.", ["See Fig. 2 and pp. 11.", "Then stop."]),
        ("Röntgen , of Germany . John Bardeen", ["Röntgen , of Germany .", "John Bardeen"]),
        ("私は学生です。今日は晴れ！はい", ["私は学生です。", "今日は晴れ！", "はい"]),
        ("क्या यह सच है। हाँ।", ["क्या यह सच है।", "हाँ।"]),
        ("Roe v. Wade was decided. It stood.", ["Roe v. Wade was decided.", "It stood."]),
        ("Wait . . . what? Go . . . Now.", ["Wait . . . what?", "Go . . .", "Now."]),
        (
            "Terms. (a) The buyer pays. (b) The seller waits.",
            ["Terms.", "(a) The buyer pays.", "(b) The seller waits."],
        ),
        ("Zahlbar gem. § 5 am 3. Werktag. Sonst nicht.", ["Zahlbar gem. § 5 am 3. Werktag.", "Sonst nicht."]),
        ("Er wohnt in der Hauptstr. 12. Sie auch.", ["Er wohnt in der Hauptstr. 12.", "Sie auch."]),
        ("I am 3. Peter is 4.", ["I am 3.", "Peter is 4."]),
        ("What a gem. 5 stars!", ["What a gem.", "5 stars!"]),
        ("« Où ? » dit-elle. « À la gare. » Il sortit.", ["« Où ? » dit-elle.", "« À la gare. »", "Il sortit."]),
        ("Er ging. »Wohin?«", ["Er ging.", "»Wohin?«"]),
        ("La Sra. López vino. Bkz. md. 12. Dhr. Jansen.", ["La Sra. López vino.", "Bkz. md. 12.", "Dhr. Jansen."]),
        ("ii. Definitions apply. II. Mehmed ruled.", ["ii. Definitions apply.", "II. Mehmed ruled."]),
        ("# 2. Methods", ["# 2. Methods"]),
        ("a. The lid opens. Then it shuts.", ["a. The lid opens.", "Then it shuts."]),
        ("Sales grew. iPhone sales fell. But not all.", ["Sales grew.", "iPhone sales fell.", "But not all."]),
        ("She was in group B. Anna was in none.", ["She was in group B.", "Anna was in none."]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


NOTES = (
    *(
        "[4]",
        "[4][15]",
        "[4, 7]",
        "[4–9]",
        "[12]:33",
        "[12]: 33–35",
        "[a]",
        "[^1]",
        "[^note]",
        "[source?]",
        "[[3]]",
    ),
    *(
        "¹",
        "¹²",
        "¹,²",
        "³⁻⁵",
        "(4)",
        "(a)",
        "(4, 5)",
        "*",
        "**",
        "†",
        "‡",
        "§",
        "*†",
        "[3]*",
        "[4](#cite-4)",
        "<sup>4</sup>",
    ),
    *(" [4]", " [4] [5]", " [ 4 ]", "4", "4,5", "12–14"),
)


@pytest.mark.parametrize("mark", [".", "?", ".”", ".)"])
def test_a_sentence_ends_behind_its_references_to_notes(mark: str) -> None:
    for note in NOTES:
        text = f"The quarry shut in autumn{mark}{note} A lake filled it{mark}{note} “Nobody” fished there{mark}{note}"
        assert sentences(text) == [
            f"The quarry shut in autumn{mark}{note}",
            f"A lake filled it{mark}{note}",
            f"“Nobody” fished there{mark}{note}",
        ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "It was shut in 1887.[4] A lake came in 1890.² It rose.",
            ["It was shut in 1887.[4]", "A lake came in 1890.²", "It rose."],
        ),
        ("As Lund et al.[4] The lake[5] grew.", ["As Lund et al.[4]", "The lake[5] grew."]),
        (
            "She joined the U.S.[4] Navy. Vitamin B.³ Fish has it.",
            ["She joined the U.S.[4]", "Navy.", "Vitamin B.³", "Fish has it."],
        ),
        ("It was shut.[4]A lake came.[5]and grew.", ["It was shut.[4]", "A lake came.[5]and grew."]),
        ("池があった。[4]魚がいた。¹終わり", ["池があった。[4]", "魚がいた。¹", "終わり"]),
        ("12.(4) The council may act. 3.(1) It must.", ["12.(4) The council may act.", "3.(1) It must."]),
        ("It weighs 2.4 The next is No.4 The end", ["It weighs 2.4 The next is No.4 The end"]),
        ("See a.[link](http://a.b) Then go.", ["See a.[link](http://a.b) Then go."]),
        ("[1] Lund, Lakes. [2] Moe, Fish.", ["[1] Lund, Lakes.", "[2] Moe, Fish."]),
    ],
)
def test_what_looks_like_a_reference_to_a_note_is_told_from_one(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_line_end_is_a_boundary_where_lines_are_not_wrapped() -> None:
    text = "A heading\nThis is a paragraph that stands on one line, however long it may be.\n- an item\n- another"
    assert sentences(text) == text.split("\n")


def test_a_line_end_is_a_space_where_a_text_is_wrapped_by_hand() -> None:
    text = (
        "The keeper of the light wrote to the trustees in March that the oil was\n"
        "nearly spent, and that no boat had come since the storm. He asked for two\n"
        "barrels. They sent one, with a letter that told him to be more sparing of\n"
        "it in future.\n\nYours truly,\nthe clerk"
    )
    found = sentences(text)
    assert found[0].endswith("since the storm.")
    assert found[1] == "He asked for two\nbarrels."
    assert found[-2:] == ["Yours truly,", "the clerk"]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400) | st.text(alphabet=" \n.!?aB1”。", max_size=200))
def test_sentences_hold_every_character_but_white_space(text: str) -> None:
    end = 0
    for start, stop in split_sentences(text):
        assert not text[end:start].strip()
        assert start < stop
        assert text[start:stop] == text[start:stop].strip()
        end = stop
    assert not text[end:].strip()


@given(st.text(alphabet=" \n.!?aB1”。", max_size=200), st.integers(0, 200), st.integers(0, 200))
def test_a_part_of_a_text_is_split_into_offsets_of_the_whole(text: str, one: int, other: int) -> None:
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    found = split_sentences(text, start, end)
    assert all(start <= first < last <= end for first, last in found)
    assert "".join("".join(text[first:last].split()) for first, last in found) == "".join(text[start:end].split())


def test_each_row_of_a_table_is_a_sentence() -> None:
    rows = [f"Boat: {name}; Owner: Edda Lund; Length: {9 + i} m" for i, name in enumerate(("Wren", "Heron", "Stork"))]
    assert sentences("\n".join(rows)) == rows
    rows = [f"{name} | Edda Lund | {9 + i} m | painted blue" for i, name in enumerate(("Wren", "Heron", "Stork"))]
    assert sentences("\n".join(rows)) == rows


def test_a_table_in_a_text_that_is_wrapped_keeps_its_rows() -> None:
    wrapped = (
        "The boats of the harbour are kept in a list that the harbour\nmaster writes himself, in ink, in spring.\n"
    )
    rows = "Boat: Wren; Owner: Edda Lund; Length: 9 m; Colour: dark blue\nBoat: Heron; Owner: Edda Lund; Length: 12 m"
    found = sentences(wrapped * 4 + "\n" + rows)
    assert found[-2:] == rows.split("\n")
    assert len(found) == 6


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("Model: ELMo; # param. (Millions): 180; Inf. time (seconds): 895", 1),
        ("Item: Pump; Remarks: Broken since May. Ida ordered it. It comes in June; Cost: £4", 1),
        ("ELMo; # param. (Millions): 180; Inf. time (seconds): 895", 1),
        ("Opening hours: 9 to 5; Saturdays: 10 to 2. Closed on Sundays.", 2),  # no row: it ends with a sentence
        ("It is late. He said: go; she said: stop", 2),
        ("The hall is cold. Bring a coat; it helps.", 2),
    ],
)
def test_a_row_of_a_table_is_not_parted_within_its_cells(line: str, number: int) -> None:
    assert len(split_sentences(line)) == number


def test_long_rows_are_split_in_no_time() -> None:
    assert split_sentences("a: b. C; " * 20_000 + "d: e")
    assert len(split_sentences(f"{'a' * 100}: {'b. C ' * 200}; d: e")) > 1
