from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.models import Encoder
from index.records import Document, Heading
from index.text.passages import LONGEST_HEADING, MAX_TOKENS, split_document

ENCODER = Encoder()  # its tokenizer is the real one; the model is not loaded


def document(text: str, headings: tuple[Heading, ...] = ()) -> Document:
    return Document("d", "d.txt", "", "text/plain", text, {}, headings, "", 0.0)


def check_tiling(text: str, max_tokens: int = MAX_TOKENS) -> list[str]:
    end = 0
    found = []
    for draft in split_document(document(text), ENCODER.token_starts, max_tokens=max_tokens):
        assert not text[end : draft.start].strip()
        assert draft.start < draft.end
        found.append(text[draft.start : draft.end])
        end = draft.end
    assert not text[end:].strip()
    assert all(tokens <= max_tokens for tokens in map(len, ENCODER.token_starts(found)))
    return found


@settings(max_examples=60)
@given(st.text(alphabet=st.sampled_from("ab .,\n?日本語ÄΩ😀\u0e01"), max_size=600), st.integers(4, 40))
def test_passages_tile_the_document_and_keep_to_the_limit(text: str, max_tokens: int) -> None:
    check_tiling(text, max_tokens)


@pytest.mark.parametrize(
    "text",
    [
        "word " * 3000,
        "日本語のとても長い文章" * 300,
        "a" * 20_000,
        "ไม่มีช่องว่าง" * 300,
        "0.1," * 2000,
        "One short sentence.",
        "",
    ],
    ids=["no full stops", "no spaces", "one word", "thai", "numbers", "short", "empty"],
)
def test_text_without_sentences_is_split_all_the_same(text: str) -> None:
    check_tiling(text)


def test_passages_end_with_sentences() -> None:
    text = " ".join(f"This is sentence number {number} of a text that goes on for a while." for number in range(200))
    assert all(passage.endswith(".") and passage.startswith("This") for passage in check_tiling(text))


def test_a_passage_starts_at_a_heading_and_knows_the_headings_above_it() -> None:
    text = "Cars\n\nCars have wheels.\n\nBrakes\n\nBrakes stop the car.\n\nShips\n\nShips float."
    spans = [(1, "Cars"), (2, "Brakes"), (1, "Ships")]
    headings = tuple(
        Heading(level, text.index(name + "\n"), text.index(name + "\n") + len(name)) for level, name in spans
    )
    drafts = split_document(document(text, headings), ENCODER.token_starts)
    assert [draft.heading for draft in drafts] == ["Cars", "Cars › Brakes", "Ships"]
    assert [text[draft.start : draft.end].split("\n")[0] for draft in drafts] == ["Cars", "Brakes", "Ships"]


def test_a_passage_of_rows_knows_the_caption_of_its_table_unless_it_holds_it() -> None:
    rows = [f"Country: Land {n}; Domestic cases: {n}; Imported cases: {n * 3}; Unknown cases: 0" for n in range(60)]
    text = "Cases\n\nTable 1: Confirmed cases of 2007\n" + "\n".join(rows) + "\n\nAll of them were reported."
    drafts = split_document(document(text, (Heading(1, 0, 5),)), ENCODER.token_starts)
    assert len(drafts) > 3
    assert drafts[0].heading == "Cases"
    assert {draft.heading for draft in drafts[1:]} == {"Cases › Table 1: Confirmed cases of 2007"}


def test_the_headings_above_a_passage_are_shown_within_limits() -> None:
    names = [f"{letter} " * 400 for letter in "abcdef"]
    text = "\n\n".join(name + "\n\nWords." for name in names)
    headings = tuple(
        Heading(level, text.index(name), text.index(name) + len(name)) for level, name in enumerate(names, start=1)
    )
    paths = [draft.heading for draft in split_document(document(text, headings), ENCODER.token_starts)]
    assert paths[0] == "a " * 119 + "a…"
    assert paths[-1] == "e " * 119 + "e… › " + "f " * 119 + "f…"
    assert max(map(len, paths)) <= LONGEST_HEADING


def test_a_row_that_is_too_long_is_cut_between_its_cells_and_each_part_knows_which_row_it_is_of() -> None:
    rows = [
        f"Record: {number}; Place: https://odda.example/records/{number}; "
        + "; ".join(f"Note {at}: seen at sea, at night" for at in range(40))
        for number in (17, 18)
    ]
    found = document("\n".join(rows))
    parts = split_document(found, ENCODER.token_starts)
    assert len(parts) > 3
    assert all(found.text[part.start :].startswith(("Record: ", "Note ")) for part in parts)
    for row, number in zip(rows, (17, 18), strict=True):
        start = found.text.index(row)
        inside = [part for part in parts if start < part.start < start + len(row)]
        assert inside
        assert all(part.heading.startswith(f"Record: {number}; Place: https://odda.example") for part in inside)


def test_where_a_row_has_no_end_it_is_not_looked_for_far_back() -> None:
    parts = split_document(document("Record: 17; Place: Odda; " + "Note: at sea; " * 2000), ENCODER.token_starts)
    assert {part.heading for part in parts if 0 < part.start < 4000} != {""}
    assert {part.heading for part in parts if part.start > 6000} == {""}
