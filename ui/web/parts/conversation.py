"""The conversation as HTML: from exchanges (questions, answers, refusals, faults) to `Html`, and nothing else.

Every word of a document, a question or a file name passes through `tag` or `join`, which escape it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag import Answer, Citation, Sentence, support_level
from ui.blocks import Block, blocks, bullet, cells
from ui.text import DIFFER, answering, copy_text, differing, headline, one_line, quoted_words
from ui.web.parts.judging import judging
from ui.web.parts.markup import Html, join, tag
from ui.web.state.exchange import Exchange, Found, Scope

SUPPORT = {"well": "Well supported", "partly": "Partly supported", "weak": "Weak: check the source"}
CLOSEST = 3
BROKEN = "The connection to Pincite was lost: see that it is running, then ask again."
EXTRACT_CHARACTERS = 320
LAST_WORD = 24  # characters: what is longer may be broken
TOGETHER = 3  # numbers that stay on the line of the last word


def place(title: str, page: str) -> str:
    """Name a place in a document: its title, and the name of the page if there is one."""
    return f"{title}, {page}" if page else title


def opener(doc_id: str, *, start: int, end: int, turn: int | None = None) -> dict[str, str | int | None]:
    """Return the attributes that make an element open the source at a span."""
    return {"data_open": doc_id, "data_start": start, "data_end": end, "data_turn": turn}


def exchange(asked: Exchange, turn: int, *, beat: int = 0, resumed: bool = False) -> Html:
    """Render one question and what has come of it; `turn` is its place in the conversation, from 0.

    `beat` is another number whenever nothing has changed but that it is still being answered. `resumed` says that it is
    answered already, and to be followed by the page.
    """
    return tag(
        "article",
        tag("h2", asked.question, class_="question"),
        _scope(asked),
        _understood(asked),
        _outcome(asked, turn),
        judging(asked, turn),
        class_="turn",
        id=f"turn-{turn}",
        data_state=asked.state,
        data_beat=beat or None,
        data_follow=resumed,
    )


def conversation(exchanges: Sequence[Exchange]) -> Html:
    """Render the exchanges of a conversation, oldest first."""
    return join(*(exchange(asked, turn) for turn, asked in enumerate(exchanges)))


def welcome(examples: Sequence[str]) -> Html:
    """Render what stands there before the first question: what this is, and questions to try."""
    buttons = [tag("li", tag("button", example, type="button", data_ask=example)) for example in examples]
    return tag(
        "section",
        tag("h1", "Ask your documents"),
        tag("p", "Every sentence of an answer is pinned to the exact words in your documents that say so."),
        tag("ul", *buttons, class_="examples", aria_label="Questions to try") if buttons else None,
        class_="welcome",
    )


def broken() -> Html:
    """Render what page.js makes of a turn that the server does not get to the end of, for want of a connection."""
    return tag("template", _fault(Exchange("", Scope(), "failed", fault=BROKEN)), id="broken")


def notice(warning: str) -> Html:
    """Render what a person should know before asking, nothing if there is nothing."""
    return tag("p", warning[:1].upper() + warning[1:], role="status") if warning else join()


def _scope(asked: Exchange) -> Html | None:
    return tag("p", "Asked of ", tag("b", asked.scope.label), class_="aside") if asked.scope.label else None


def _understood(asked: Exchange) -> Html | None:
    understood = asked.answer.standalone_question if asked.answer else ""
    if not understood or understood == asked.question:
        return None
    edit = tag(
        "button", "Edit", type="button", class_="quiet", data_fill=understood, title="Put it in the question box"
    )
    return tag("p", "Understood as: ", tag("span", understood, class_="understood"), " ", edit, class_="aside")


def _outcome(asked: Exchange, turn: int) -> Html:
    answer = asked.answer
    marks = _marks(asked, turn)
    sentences = _sentences(answer, marks)
    if asked.state == "failed":
        return join(sentences, _fault(asked))
    if asked.state == "asking":
        return join(sentences, tag("p", asked.stage or "Searching", class_="stage"))
    if asked.state == "stopped":
        return join(sentences, tag("p", tag("span", "Stopped.", class_="words"), _anew(asked, turn), class_="verdict"))
    if answer is not None and answer.kind == "reply":
        return tag("p", answer.text, class_="answer")
    if answer is None or not answer.grounded:
        return _refusal(asked, turn)
    return join(sentences, _differing(answer, marks), _verdict(asked, answer, turn), _cards(asked, answer, turn))


def _sentences(answer: Answer | None, marks: Mapping[int, Html]) -> Html | None:
    if answer is None or not answer.sentences:
        return None
    parts = [_block(block, answer, marks) for block in blocks(answer.sentences)]
    return tag("div", _headline(answer, marks), *parts, class_="answer")


def _headline(answer: Answer, marks: Mapping[int, Html]) -> Html | None:
    """Render the short answer, where there is one, with the number of its source."""
    short = headline(answer)
    if short is None:
        return None
    return tag("p", _marked(tag("b", one_line(short.text)), [short.citation], marks), class_="headline")


def _block(block: Block, answer: Answer, marks: Mapping[int, Html]) -> Html:
    """Render running text, a list or a table of the answer."""
    if block.kind == "table":
        head = tag("tr", *(tag("th", column, scope="col") for column in block.columns))
        rows = [_row(sentence, answer, marks) for sentence in block.sentences]
        return tag("div", tag("table", tag("thead", head), tag("tbody", *rows)), class_="rows", tabindex=0)
    if block.kind == "list":
        return tag("ul", *(_item(sentence, answer, marks) for sentence in block.sentences))
    spans = [_sentence(sentence, answer, marks) for sentence in block.sentences]
    return tag("p", *(part for span in spans for part in (span, " ")))


def _item(sentence: Sentence, answer: Answer, marks: Mapping[int, Html]) -> Html:
    """Render an item of a list; a number or letter that it begins with is told, a bullet is drawn."""
    mark = bullet(sentence.text)
    return tag("li", _sentence(sentence, answer, marks, start=len(mark)), class_=None if mark else "numbered")


def _row(sentence: Sentence, answer: Answer, marks: Mapping[int, Html]) -> Html:
    """Render a row of a table, the answering words in it in bold, its numbers in the last cell."""
    low, high = answering(sentence, answer)
    values = [_bold(sentence.text[c.start : c.end], low - c.start, high - c.start) for c in cells(sentence.text)]
    if not values:  # "and 12 more"
        values = [join(sentence.text)]
    *before, last = values
    return tag("tr", *(tag("td", value) for value in before), tag("td", _marked(last, sentence.citations, marks)))


def _sentence(sentence: Sentence, answer: Answer, marks: Mapping[int, Html], *, start: int = 0) -> Html:
    """Render a sentence from `start` on, the answering words in bold, its last word together with its numbers."""
    low, high = answering(sentence, answer)
    text = sentence.text
    cut = max(text.rstrip().rfind(" ") + 1, len(text) - LAST_WORD, start)
    tail = _bold(text[cut:], low - cut, high - cut)
    head = _bold(text[start:cut], low - start, high - start)
    return tag("span", head, _marked(tail, sentence.citations, marks), class_="sentence")


def _differing(answer: Answer, marks: Mapping[int, Html]) -> Html | None:
    """Say what each source says where they contradict each other."""
    said: list[Html] = []
    for words, numbers in differing(answer):
        short = len(words) <= LAST_WORD
        before, tail = ("", join("“", tag("b", words), "”")) if short else (join("“", tag("b", words)), join("”"))
        said.append(join(", " if said else DIFFER, before, _marked(tail, numbers, marks)))
    return tag("p", *said, ".", class_="differing") if said else None


def _bold(text: str, low: int, high: int) -> Html:
    """Render text with the part of `text[low:high]` that there is in bold."""
    low, high = max(low, 0), min(high, len(text))
    return join(text[:low], tag("b", text[low:high]), text[high:]) if low < high else join(text)


def _marked(tail: Html, numbers: Sequence[int], marks: Mapping[int, Html]) -> Html:
    """Render the end of a text together with the numbers it rests on; one that is not there (yet) is left out."""
    found = [marks[number] for number in numbers if number in marks]
    return join(tag("span", tail, *found[:TOGETHER], class_="tail"), *found[TOGETHER:])


def _marks(asked: Exchange, turn: int) -> dict[int, Html]:
    """Render the number of each citation, which opens its source."""
    citations = asked.answer.citations if asked.answer else ()
    return {citation.number: _mark(citation, asked.places.get(citation.number, ""), turn) for citation in citations}


def _mark(citation: Citation, page: str, turn: int) -> Html:
    where = opener(citation.doc_id, start=citation.start, end=citation.end, turn=turn)
    label = f"Source {citation.number}: {place(citation.title, page)}"
    return tag(
        "sup",
        tag("button", str(citation.number), type="button", class_="cite", aria_label=label, title=label, **where),
    )


def _verdict(asked: Exchange, answer: Answer, turn: int) -> Html:
    count = len(answer.citations)
    seconds = max(answer.timings_ms.get("total", 0.0) / 1000, 0.1)
    support = SUPPORT[support_level(answer.sentences[0].support)]
    words = f"{support} · {count} source{'s' if count != 1 else ''} · {seconds:.1f} s"
    copy = tag("button", "Copy", type="button", class_="quiet", data_copy=copy_text(answer, asked.places))
    line = tag("p", tag("span", words, class_="words"), copy, _anew(asked, turn), _why_button(turn), class_="verdict")
    return join(line, _why(asked, answer, turn))


def _anew(asked: Exchange, turn: int) -> Html:
    """Render what asks a question again, which page.css shows at the last turn only, or lets it be edited first."""
    again = tag("button", "Ask again", type="button", class_="quiet", data_ask=asked.question, data_instead=turn)
    edit = tag(
        "button",
        "Edit",
        type="button",
        class_="quiet",
        aria_label="Edit question",
        data_fill=asked.question,
        data_instead=turn,
    )
    return join(again, edit)


def _why_button(turn: int) -> Html:
    return tag(
        "button",
        "Why this answer",
        type="button",
        class_="quiet toggle",
        data_toggle=f"why-{turn}",
        aria_expanded="false",
        aria_controls=f"why-{turn}",
    )


def _why(asked: Exchange, answer: Answer, turn: int) -> Html:
    timings = " · ".join(f"{name.replace('_', ' ')} {value:,.0f} ms" for name, value in answer.timings_ms.items())
    rows = [
        tag("dt", "Confidence"),
        tag("dd", f"{answer.confidence:.2f} of 1: how likely it is that the documents hold an answer"),
        *((tag("dt", "Understood as"), tag("dd", answer.standalone_question)) if _understood(asked) else ()),
        tag("dt", "Time"),
        tag("dd", timings or "not measured"),
        tag("dt", "Passages found"),
        tag("dd", _found_list(asked.found, turn) if asked.found else "none"),
    ]
    return tag("div", tag("dl", *rows), class_="why", id=f"why-{turn}", hidden=True)


def _found_list(found: Sequence[Found], turn: int) -> Html:
    items = [
        tag(
            "li",
            tag(
                "button",
                tag("span", f"{passage.score:.2f}", class_="score"),
                tag("span", place(passage.title, passage.page), class_="title"),
                type="button",
                **opener(passage.doc_id, start=passage.start, end=passage.end, turn=turn),
            ),
        )
        for passage in found
    ]
    return tag("ol", *items, class_="found")


def _cards(asked: Exchange, answer: Answer, turn: int) -> Html:
    cards = []
    for citation in answer.citations:
        quote = _bold(citation.quote, *quoted_words(citation, answer))
        where = opener(citation.doc_id, start=citation.start, end=citation.end, turn=turn)
        page = asked.places.get(citation.number, "")
        cards.append(_card(str(citation.number), citation.title, page, quote, where))
    return tag("ol", *cards, class_="cards", aria_label="Sources")


def _card(number: str, title: str, page: str, quote: Html, where: dict[str, str | int | None]) -> Html:
    head = tag(
        "span",
        tag("span", number, class_="number") if number else None,
        tag("span", title, class_="title"),
        tag("span", page, class_="page", title=page) if page else None,
        class_="head",
    )
    return tag("li", tag("button", head, tag("span", quote, class_="quote"), type="button", class_="card", **where))


def _refusal(asked: Exchange, turn: int) -> Html:
    closest = []
    for passage in asked.found[:CLOSEST]:
        where = opener(passage.doc_id, start=passage.start, end=passage.end, turn=turn)
        closest.append(_card("", passage.title, passage.page, join(_extract(passage.text)), where))
    advice = "Ask in other words, or add documents that cover it."
    if asked.scope.label:
        advice = "Ask in other words, ask all documents, or add documents that cover it."
    return tag(
        "div",
        tag("p", "Your documents don’t seem to answer this.", class_="lead"),
        tag("p", advice, class_="advice"),
        tag("p", _anew(asked, turn), class_="verdict"),
        tag("h3", "Closest I found") if closest else None,
        tag("ul", *closest, class_="cards") if closest else None,
        class_="refusal",
    )


def _extract(text: str) -> str:
    text = text.strip()
    if len(text) <= EXTRACT_CHARACTERS:
        return text
    return text[:EXTRACT_CHARACTERS].rsplit(maxsplit=1)[0] + " …"


def _fault(asked: Exchange) -> Html:
    again = tag("button", "Ask again", type="button", class_="plain", data_ask=asked.question)
    if asked.lost:
        again = tag("button", "Reload the page", type="button", class_="plain", data_reload=True)
    return tag(
        "div",
        tag("p", "This question was not answered.", class_="lead"),
        tag("p", asked.fault, class_="what"),
        again,
        class_="fault",
        role="alert",
    )
