"""Plain text: an answer as a terminal shows it and as it is copied from the page. Records go in, text comes out.

Here is also what the page and the terminal must agree on: where the answering words stand, and how sources that
contradict each other are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from rag import Answer, CheckedSentence, Citation, Sentence, ShortAnswer, Written, support_level, yes_or_no
from ui.below import told
from ui.blocks import blocks
from ui.languages import counted, later, phrase, phrases
from ui.places import page_shown

BOLD, NORMAL = "\x1b[1m", "\x1b[22m"
UNNAMED: Mapping[int, str] = MappingProxyType({})
LONGEST_HEADLINE = 60  # characters
VERDICT_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "partly": later("partly in your documents"),
        "unsupported": later("not in your documents"),
        "contradicted": later("your documents say otherwise"),
    }
)
SUPPORT: Mapping[str, str] = MappingProxyType(
    {
        "well": later("Well supported"),
        "partly": later("Partly supported"),
        "weak": later("Weak: check the source"),
    }
)
COUNTED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "document": counted("{n} document", "{n} documents"),
        "passage": counted("{n} passage", "{n} passages"),
        "file": counted("{n} file", "{n} files"),
        "source": counted("{n} source", "{n} sources"),
    }
)
VERDICT_MARKS = MappingProxyType({"supported": "✓", "partly": "~", "unsupported": "?", "contradicted": "✗"})


def one_line(text: object) -> str:
    """Return text on one line without control characters: a terminal must not take a document's word for a command."""
    return _flat(_printable(str(text)))


def answer_text(answer: Answer, places: Mapping[int, str] = UNNAMED, *, bold: bool) -> str:
    """Return an answer for a terminal: its sentences with their numbers, where the sources differ, the quotations.

    `places` names the pages of the citations by their numbers; `bold` says whether the terminal can show the answering
    words in bold.
    """
    text = _in_blocks(answer, lambda sentence: _sentence(sentence, answer, bold=bold))
    differ = differing_text(answer)
    return "\n".join([text, *([differ] if differ else []), "", *quotations(answer.citations, places)])


def quotations(citations: Sequence[Citation], places: Mapping[int, str] = UNNAMED) -> list[str]:
    """Return citations for a terminal: number, title, page and path of each, and its words below."""
    return [
        f"[{citation.number}] {_name(citation, places)} ({one_line(citation.path)})\n    “{one_line(citation.quote)}”"
        for citation in citations
    ]


def copy_text(answer: Answer, places: Mapping[int, str] = UNNAMED) -> str:
    """Return an answer for the clipboard: each sentence with its numbers, and the quotations below.

    `places` names the pages of the citations by their numbers.
    """
    text = _in_blocks(answer, lambda sentence: sentence.text)
    differ = differing_text(answer)
    quotes = [f"[{citation.number}] {_name(citation, places)}: {citation.quote}" for citation in answer.citations]
    written = answer.written if answer.written and answer.written.sentences else None
    theirs = ["", f"{model_words(written)}:", written_text(written)] if written else []
    return "\n".join([text, *([differ] if differ else []), *theirs, "", *quotes])


def model_words(written: Written) -> str:
    """Name what a language model wrote."""
    model = one_line(written.model)
    return phrase("In {model}’s words, checked", model=model) if model else phrase("In the model’s words, checked")


def supported_text(written: Written) -> str:
    """Say how many of a model's sentences hold."""
    form = counted("{supported} of {n} sentence supported", "{supported} of {n} sentences supported")
    return phrases(*form, written.total, supported=written.supported)


def written_text(written: Written) -> str:
    """Return what a language model wrote for a terminal: a sentence a line with its mark, and how many hold.

    Above stands what was searched for beside the question, and above each group its title.

    `✓` is supported, `~` partly, `?` not supported, `✗` contradicted by the documents.
    """
    lines = [f"- {one_line(step)}" for step in written.steps]
    for title, sentences in written.grouped():
        lines += [f"{one_line(title)}:"] if title else []
        lines += [_checked(one, marked=written.marked) for one in sentences]
    model = one_line(written.model)
    if written.total:
        lines.append(f"{supported_text(written)} ({model})")
    if written.note:
        lines.append(one_line(f"{model}: {told(written.note)}" if model else told(written.note)))
    return "\n".join(lines)


def _checked(one: CheckedSentence, *, marked: bool) -> str:
    text = one_line(one.text) + (_marks(one.citations) if one.citations else "")
    if not marked:
        return text
    return f"{VERDICT_MARKS[one.verdict]} {text}" + (f" ({one_line(told(one.why))})" if one.why else "")


def differing_text(answer: Answer) -> str:
    """Say in one line what the sources say where they contradict each other; "" where they don't."""
    said = [f"“{one_line(words)}”{_marks(numbers)}" for words, numbers in differing(answer)]
    return phrase("The sources differ: {said}.", said=", ".join(said)) if said else ""


def differing(answer: Answer) -> list[tuple[str, list[int]]]:
    """Return what the sources say where they contradict each other, each with the numbers of those that say it."""
    said: dict[str, list[int]] = {}
    for words in answer.differing:
        said.setdefault(_flat(words.text), []).append(words.citation)
    return list(said.items())


def answering_words(answer: Answer, number: int) -> ShortAnswer | None:
    """Return the answering words in the quotation of a citation, None if it holds none."""
    short = [answer.short_answer] if answer.short_answer else []
    return next((words for words in (*short, *answer.differing) if words.citation == number), None)


def headline(answer: Answer) -> ShortAnswer | None:
    """Return the answering words that stand before the sentences: short, well supported, and no whole list or sentence.

    What is partly supported is right too seldom to stand out so: its words are bold in their sentence alone. Where
    sources contradict each other none of them stands there, nor does what leads to a list.
    """
    short = answer.short_answer
    if short is None or answer.differing or support_level(answer.sentences[0].support) != "well":
        return None
    words, shown = _flat(short.text), blocks(answer.sentences)
    whole = len(words) > LONGEST_HEADLINE or words.strip(".") == _flat(answer.sentences[0].text).strip(".")
    return None if whole or any(block.kind != "text" for block in shown) else short


def verdict(answer: Answer) -> tuple[str, int]:
    """Return "Yes" or "No" and the number of its source; "" and 0 where it isn't asked for, or isn't sure."""
    word = yes_or_no(answer)
    said = {"yes": phrase("Yes"), "no": phrase("No")}.get(word, "")
    return (said, answer.sentences[0].citations[0]) if said else ("", 0)


def quoted_words(citation: Citation, answer: Answer) -> tuple[int, int]:
    """Return where the answering words stand in a quotation, an empty span if they do not.

    A quotation that says the same as another one of its sentence has the same words, if it has them only once.
    """
    words = answering_words(answer, citation.number)
    if words is not None:
        return words.start - citation.start, words.end - citation.start
    together = [sentence.citations for sentence in answer.sentences if citation.number in sentence.citations]
    for number in (number for numbers in together for number in numbers):
        same = answering_words(answer, number)
        if same is not None and citation.quote.count(same.text) == 1:
            at = citation.quote.index(same.text)
            return at, at + len(same.text)
    return 0, 0


def answering(sentence: Sentence, answer: Answer) -> tuple[int, int]:
    """Return where the answering words stand in the text of a sentence, an empty span if they do not.

    The text is a quotation on one line, so that what comes before the words may be longer in the document.
    """
    quotes = {citation.number: citation for citation in answer.citations}
    for number in sentence.citations:
        words = answering_words(answer, number)
        if words is None or number not in quotes:
            continue
        before = quotes[number].quote[: max(0, words.start - quotes[number].start)]
        quoted = _flat(quotes[number].quote) == _flat(sentence.text)
        wanted = _flat(words.text)
        at = sentence.text.find(wanted, len(_flat(before)) if quoted else 0)
        if at >= 0:
            return at, at + len(wanted)
    return 0, 0


def _in_blocks(answer: Answer, text: Callable[[Sentence], str]) -> str:
    """Return the sentences with their numbers: items of a list and rows of a table each on a line."""
    parts = [
        ("\n" if block.kind != "text" else " ").join(text(s) + _marks(s.citations) for s in block.sentences)
        for block in blocks(answer.sentences)
    ]
    return "\n".join(parts)


def _sentence(sentence: Sentence, answer: Answer, *, bold: bool) -> str:
    low, high = answering(sentence, answer)
    text = _printable(sentence.text)  # of the same length
    return f"{text[:low]}{BOLD}{text[low:high]}{NORMAL}{text[high:]}" if bold and low < high else text


def _marks(numbers: Iterable[int]) -> str:
    return " " + "".join(f"[{number}]" for number in numbers)


def _name(citation: Citation, places: Mapping[int, str]) -> str:
    page = page_shown(places.get(citation.number, "")) or (
        phrase("p. {page}", page=str(citation.page)) if citation.page else ""
    )
    return one_line(f"{citation.title}, {page}" if page else citation.title)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _printable(text: str) -> str:
    """Replace what is not shown, one character for one: white space by a space, the rest by a question mark's sign."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)


def plural(count: int, noun: str) -> str:
    """Say a number of things, which `COUNTED` names: "1 document", "1,200 documents"."""
    return phrases(*COUNTED[noun], count)
