"""An answer as plain text, and where the answering words stand in what is shown."""

from __future__ import annotations

from dataclasses import replace

from exchanges import an_answered
from hypothesis import given
from hypothesis import strategies as st

from rag.records import Answer, Citation, Sentence, ShortAnswer
from ui.text import BOLD, NORMAL, answer_text, answering, copy_text, differing, headline, one_line, quoted_words

OLDER = "The bridge was opened in 2019."
NEWER = "The bridge, begun in 2019,\n  was opened\nin 2020."
FLAT = "The bridge, begun in 2019, was opened in 2020."


def quoting(*quotes: str) -> tuple[Citation, ...]:
    """Return a citation of each quotation, at character 100 of a document of its own."""
    return tuple(
        Citation(number, f"d{number}", f"/d{number}.txt", f"D{number}", None, 100, 100 + len(quote), quote, 0.9)
        for number, quote in enumerate(quotes, start=1)
    )


def words(text: str, citation: Citation, *, after: int = 0) -> ShortAnswer:
    """Return the words of a citation's quotation as an answer."""
    at = citation.start + citation.quote.index(text, after)
    return ShortAnswer(text, citation.number, at, at + len(text))


def answer_of(
    sentences: tuple[Sentence, ...],
    citations: tuple[Citation, ...],
    short_answer: ShortAnswer | None = None,
    differ: tuple[ShortAnswer, ...] = (),
) -> Answer:
    return Answer(
        question="When was it opened?",
        standalone_question="When was it opened?",
        text=" ".join(sentence.text for sentence in sentences),
        sentences=sentences,
        short_answer=short_answer,
        citations=citations,
        hits=(),
        grounded=True,
        confidence=0.8,
        differing=differ,
        timings_ms={"total": 1.0},
    )


def contradicting() -> Answer:
    """Two sources say 2019, one of them with a second number; a third says 2020."""
    citations = quoting(OLDER, OLDER, NEWER)
    sentences = (Sentence(OLDER, (1, 2), 0.9), Sentence(FLAT, (3,), 0.8))
    first, second, third = words("2019", citations[0]), words("2019", citations[1]), words("2020", citations[2])
    return answer_of(sentences, citations, first, (first, second, third))


def test_a_terminal_gets_sentences_with_all_their_numbers_then_the_quotations() -> None:
    assert answer_text(contradicting(), bold=False).splitlines() == [
        f"{OLDER} [1][2] {FLAT} [3]",
        "The sources differ: “2019” [1][2], “2020” [3].",
        "",
        "[1] D1 (/d1.txt)",
        f"    “{OLDER}”",
        "[2] D2 (/d2.txt)",
        f"    “{OLDER}”",
        "[3] D3 (/d3.txt)",
        f"    “{FLAT}”",
    ]


def test_a_terminal_shows_the_answering_words_of_each_source_in_bold() -> None:
    first = answer_text(contradicting(), bold=True).splitlines()[0]
    assert first == (
        f"The bridge was opened in {BOLD}2019{NORMAL}. [1][2] "
        f"The bridge, begun in 2019, was opened in {BOLD}2020{NORMAL}. [3]"
    )


def test_sources_that_agree_have_no_line_about_it() -> None:
    citations = quoting(OLDER)
    answer = answer_of((Sentence(OLDER, (1,), 0.9),), citations, words("2019", citations[0]))
    assert "differ" not in answer_text(answer, bold=False)
    assert "differ" not in copy_text(answer)
    assert differing(answer) == []


def test_a_copy_says_where_the_sources_differ_and_keeps_the_lines_of_the_quotations() -> None:
    assert copy_text(contradicting()) == (
        f"{OLDER} [1][2] {FLAT} [3]\nThe sources differ: “2019” [1][2], “2020” [3].\n\n"
        f"[1] D1: {OLDER}\n[2] D2: {OLDER}\n[3] D3: {NEWER}"
    )


def test_control_characters_of_a_document_do_not_reach_the_terminal() -> None:
    evil = "It is \x1b[31mred\x07 and\u202e blue."
    citations = quoting(evil)
    answer = answer_of((Sentence(evil, (1,), 0.9),), citations, None, (words("\x1b[31mred", citations[0]),))
    shown = answer_text(answer, bold=True).replace(BOLD, "").replace(NORMAL, "")
    assert all(character.isprintable() or character == "\n" for character in shown)
    assert "red" in shown


def test_answering_words_are_found_where_they_stand_and_not_where_they_stand_first() -> None:
    quote = "In 12 of the 30 years,\nand in  12 of the\n30 towns, it was 12."
    flat = " ".join(quote.split())
    (citation,) = quoting(quote)
    for after, before in ((0, "In "), (20, "and in "), (45, "it was ")):
        short = words("12", citation, after=after)
        sentence = Sentence(flat, (1,), 0.9)
        low, high = answering(sentence, answer_of((sentence,), (citation,), short))
        assert flat[low:high] == "12"
        assert flat[:low].endswith(before)


def test_answering_words_over_a_line_end_are_one_span_of_the_sentence() -> None:
    (citation,) = quoting(NEWER)
    sentence = Sentence(FLAT, (1,), 0.9)
    low, high = answering(sentence, answer_of((sentence,), (citation,), words("opened\nin 2020", citation)))
    assert FLAT[low:high] == "opened in 2020"


def test_a_quotation_that_says_the_same_has_the_same_words_unless_it_has_them_twice() -> None:
    citations = quoting(OLDER, f"It rained. {OLDER}", "In 2019 the bridge was opened, not before 2019.", NEWER)
    sentences = (Sentence(OLDER, (1, 2, 3), 0.9), Sentence(FLAT, (4,), 0.9))
    answer = answer_of(sentences, citations, words("2019", citations[0]))
    spans = [quoted_words(citation, answer) for citation in citations]
    assert [citation.quote[low:high] for citation, (low, high) in zip(citations, spans, strict=True)] == [
        "2019",
        "2019",
        "",
        "",
    ]


def test_answering_words_of_another_sentence_are_nowhere_in_this_one() -> None:
    citations = quoting("It was in 2019.", "In 2019 it rained.")
    short = words("2019", citations[0])
    other = Sentence("In 2019 it rained.", (2,), 0.9)
    assert answering(other, answer_of((other,), citations, short)) == (0, 0)
    gone = Sentence("It was long ago.", (1,), 0.9)
    assert answering(gone, answer_of((gone,), citations, short)) == (0, 0)


@given(st.data())
def test_the_words_found_are_the_words_meant(data: st.DataObject) -> None:
    quote = data.draw(st.text(alphabet="ab \n.", min_size=1, max_size=40).filter(str.strip))
    start = data.draw(st.integers(0, len(quote) - 1))
    end = data.draw(st.integers(start + 1, len(quote)))
    (citation,) = quoting(quote)
    short = ShortAnswer(quote[start:end], 1, 100 + start, 100 + end)
    sentence = Sentence(" ".join(quote.split()), (1,), 0.9)
    low, high = answering(sentence, answer_of((sentence,), (citation,), short))
    wanted = "".join(quote[start:end].split())
    assert "".join(sentence.text[low:high].split()) == wanted
    if wanted:  # as many letters before them as in the document
        assert len("".join(sentence.text[:low].split())) == len("".join(quote[:start].split()))


@given(st.text())
def test_a_line_is_one_line_that_can_be_printed(text: str) -> None:
    assert one_line(text).isprintable()


def test_the_short_answer_comes_first_where_one_can_be_sure_of_it() -> None:
    differs = an_answered().answer
    assert differs is not None
    answer = replace(differs, differing=())
    short = headline(answer)
    assert short is not None
    assert short.text == "1907"
    for support in (0.01, 0.8):
        unsure = (replace(answer.sentences[0], support=support), *answer.sentences[1:])
        assert headline(replace(answer, sentences=unsure)) is None
    assert headline(differs) is None
    assert headline(replace(answer, short_answer=ShortAnswer("Built in 1907.", 1, 0, 14))) is None
    assert headline(replace(answer, short_answer=ShortAnswer("word " * 20, 1, 0, 100))) is None
    assert headline(replace(answer, short_answer=None)) is None
    items = [replace(answer.sentences[0], text=text) for text in ("- oars", "- sails")]
    assert headline(replace(answer, sentences=(answer.sentences[0], *items))) is None, "it leads to a list"
