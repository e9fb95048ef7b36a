"""Text that was made to take long: every step from a document's text to its passages takes time in proportion to it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from growth import check_growth
from hypothesis import given, settings
from hypothesis import strategies as st

from index.models import Encoder
from index.records import Document, Heading, Page
from index.text.passages import LONGEST_HEADING, MAX_CHARACTERS, MAX_TOKENS, Draft, split_document
from index.text.sentences import paragraph_starts, split_sentences
from index.text.words import split_words

TOKEN_STARTS = Encoder().token_starts  # the tokenizer is the real one; the model is not loaded
MARKS = ".!?…؟۔।॥։።。！？｡"
CLOSERS = "\"'”’»›)]}」』】）》〉"
OPENERS = "\"'“‘«‹„([{¿¡「『【（《〈`*_"
OTHERS = ",;:|-#/\\<>@&%$~^+=\t\r\f\v\u00a0\u2028\u2029\u3000\u200b\u0301a1A日ก😀"
# Units that are repeated: each runs along one of the rules for the ends of sentences, lines, rows and paragraphs.
UNITS = [
    *dict.fromkeys(MARKS + CLOSERS + OPENERS + OTHERS + " \n"),
    *(". ", ".'", "a. ", "No. ", "J. ", "1. ", ".(", ". (", ". “", "。」", ".\n", "'.", "z.B. ", "...x"),
    *("\n\n", "\n ", " \n", "\n\f", "\u2029\n", "a\n", "- a\n", "1. a\n", "|\n", "a" * 70 + "\n", "word " * 14 + "\n"),
    *(
        "[{(",
        "('.",
        "a-",
        "a | b\n",
        "a: b; c: d; ",
        "a: b; ",
        "a; ",
        ": ",
        "; ",
        " | ",
        "word ",
        "(" * 50 + ")",
        "x" * 121,
    ),
]
WRAPPED = 3 * ("word " * 14 + "\n")


def document(text: str, headings: tuple[Heading, ...] = (), pages: dict[int, Page] | None = None) -> Document:
    return Document("d", "d.txt", "", "text/plain", text, pages or {}, headings, "", 0.0)


def check_tiling(text: str, spans: list[tuple[int, int]]) -> None:
    end = 0
    for start, stop in spans:
        assert end <= start < stop
        assert not text[end:start].strip()
        end = stop
    assert not text[end:].strip()


def test_a_text_of_83_bytes_that_once_took_months_is_two_sentences() -> None:
    text = "He said no." + "'" * 64 + "y more."
    assert split_sentences(text) == [(0, len(text))]
    assert len(split_document(document(text), TOKEN_STARTS)) == 1


@pytest.mark.parametrize("first", ["He said no.", WRAPPED], ids=["plain", "wrapped"])
@pytest.mark.parametrize("units", [UNITS[i::8] for i in range(8)], ids=range(8))
def test_sentences_take_time_in_proportion_to_the_text(units: list[str], first: str) -> None:
    for unit in units:
        size = 5000 // len(unit)
        text = first + unit * size + "y more."
        check_tiling(text, split_sentences(text))
        check_growth(lambda count, unit=unit: split_sentences(first + unit * count + "y more."), size, ascii(unit))


runs = st.tuples(st.sampled_from(UNITS), st.integers(1, 400)).map(lambda run: run[0] * run[1])
hostile = st.lists(runs | st.text(st.characters(codec="utf-8"), max_size=30), max_size=6).map("".join)


@settings(max_examples=60)
@given(hostile)
def test_sentences_of_generated_runs_tile_the_text_in_linear_time(text: str) -> None:
    check_tiling(text, split_sentences(text))
    assert set(paragraph_starts(text)) <= {start for start, _ in split_sentences(text)}
    check_growth(lambda count: split_sentences(text * count), 1 + 2000 // (1 + len(text)))


@settings(max_examples=30)
@given(hostile)
def test_passages_of_generated_runs_tile_the_text_within_the_limits(text: str) -> None:
    drafts = split_document(document(text), TOKEN_STARTS)
    check_tiling(text, [(draft.start, draft.end) for draft in drafts])
    passages = [text[draft.start : draft.end] for draft in drafts]
    assert all(len(passage) <= MAX_CHARACTERS for passage in passages)
    assert all(len(starts) <= MAX_TOKENS for starts in TOKEN_STARTS(passages))


def test_thousands_of_each_mark_become_passages_in_time_in_proportion() -> None:
    def split(count: int) -> None:
        for mark in dict.fromkeys(MARKS + CLOSERS + OPENERS + OTHERS):
            text = f"One {mark * count} two."
            check_tiling(text, [(draft.start, draft.end) for draft in split_document(document(text), TOKEN_STARTS)])

    check_growth(split, 2000)


@pytest.mark.parametrize("unit", ["a", "word ", "日本", "a,", "ไม่มี"], ids=ascii)
def test_a_megabyte_without_an_end_of_a_sentence_is_tokenised_about_once(unit: str) -> None:
    tokenised = 0

    def counting(texts: list[str]) -> list[list[int]]:
        nonlocal tokenised
        tokenised += sum(map(len, texts))
        assert sum(map(len, texts)) < 100_000  # so that memory is bounded
        return [[*range(0, len(text), 5)] for text in texts]

    text = unit * (1_000_000 // len(unit))
    reported: list[tuple[int, int]] = []
    split_document(document(text), counting, report=lambda *done: reported.append(done))
    assert tokenised <= (1.2 if " " in unit or "," in unit else 2.3) * len(text)
    assert reported == sorted(reported)
    assert len(reported) > 25
    assert reported[-1] == (len(text.rstrip()), len(text))


def test_a_long_text_without_a_full_stop_takes_time_in_proportion() -> None:
    check_growth(lambda count: split_document(document("word " * count), TOKEN_STARTS), 10_000)


def with_headings(count: int) -> list[Draft]:
    """Split a text of many headings, each on a page of its own, under each a passage."""
    part = "Heading\n\n" + "word " * 20 + ".\n\n"
    headings = tuple(
        Heading(1 + i % 6, i * len(part), i * len(part) + 7 if i else count * len(part)) for i in range(count)
    )
    pages = {i + 1: Page(i * len(part), (i + 1) * len(part)) for i in range(count)}
    return split_document(
        document(part * count, headings, pages), lambda texts: [[*range(0, len(text), 5)] for text in texts]
    )


def test_many_headings_and_pages_are_gone_through_once() -> None:
    check_growth(with_headings, 500)
    drafts = with_headings(50)
    assert [draft.page for draft in drafts] == [*range(1, 51)]
    assert all(draft.heading.endswith("Heading") for draft in drafts[1:])
    assert max(len(draft.heading) for draft in drafts) <= LONGEST_HEADING


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "日",
        "a日",
        "é",
        "'",
        "ﷺ",
        "ing",
        "A ",
        "A.",
        "1,",
        "1 000 ",
        "9 may ",
        "Dec. ",
        "a-",
        "+",
        "²",
        "½",
        "1/",
        "ab1",
    ],
    ids=ascii,
)
def test_words_are_split_in_time_in_proportion(unit: str) -> None:
    check_growth(lambda count: split_words(unit * count), 20_000)


def test_a_tokenizer_is_made_of_its_json_without_the_libraries_of_models() -> None:
    program = (
        "import sys\n"
        "from index.text.tokens import Tokenizing\n"
        "starts = Tokenizing(sys.stdin.read())\n"
        "assert starts(['one  two', '', 'Äpfel\\ud83d x']) == [[0, 5], [], [0, 2, 4, 5, 7]]\n"
        "assert not {'torch', 'openvino', 'transformers', 'sentence_transformers'} & set(sys.modules)\n"
    )
    asked = subprocess.run(
        [sys.executable, "-c", program], input=Encoder().tokenizer_json, encoding="utf-8", capture_output=True
    )
    assert asked.stderr == ""
    assert asked.returncode == 0
