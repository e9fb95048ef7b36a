"""A conversation as a file to keep: Markdown, HTML or JSON, with all quotations and where they stand.

In: its name and its exchanges. Out: the text of the file. Words of documents and people are escaped in each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from types import MappingProxyType

from rag import Answer, Citation, Sentence, support_level
from ui.blocks import Block, blocks, bullet, row_values
from ui.text import differing_text, headline, one_line, verdict
from ui.web.parts.answer import place
from ui.web.parts.conversation import SUPPORT
from ui.web.parts.markup import HALF, Html, join, tag
from ui.web.state.exchange import Exchange

REFUSED = "The documents don’t seem to answer this."
STYLE = """
:root { color-scheme: light dark; }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.55 system-ui, sans-serif;
  overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; } h2 { margin-top: 2.5rem; font-size: 1.2rem; } h3 { font-size: 1rem; }
.short { font-size: 1.15rem; font-weight: 600; }
.note, cite { opacity: .75; font-size: .9rem; font-style: normal; }
blockquote { margin: .25rem 0 1rem; padding-left: .75rem; border-left: 3px solid; white-space: pre-wrap; }
table { border-collapse: collapse; } th, td { padding: .25rem .5rem; border: 1px solid; text-align: left; }
@media print { :root { color-scheme: light; } body { max-width: none; margin: 0; font-size: 11pt; }
  h2, h3 { break-after: avoid; } li, blockquote, tr { break-inside: avoid; } }
"""
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&!$])")
_START = re.compile(r"^(\s*(?:\d+(?=[.)])|(?=[-+=])))", re.MULTILINE)
_UNSAFE = re.compile(r"[^\w.-]+")
LONGEST_NAME = 80  # characters of a file's name


def file_name(name: str, kind: str) -> str:
    """Return a name for the file that every system takes: letters, digits and hyphens, no path and no leading dot."""
    safe = _UNSAFE.sub("-", HALF.sub("", name)).strip(".-_")[:LONGEST_NAME].rstrip(".-_")
    return f"pincite-{safe or 'conversation'}.{kind}"


def to_json(name: str, exchanges: Sequence[Exchange]) -> str:
    """Return a conversation as JSON."""
    text = json.dumps({"name": name, "turns": [_turn_json(one) for one in exchanges]}, ensure_ascii=False, indent=2)
    return HALF.sub("\ufffd", text) + "\n"


def to_markdown(name: str, exchanges: Sequence[Exchange]) -> str:
    """Return a conversation as Markdown."""
    parts = [f"# {_plain(name)}"]
    for asked in exchanges:
        parts += [f"## {_plain(asked.question)}", *_outcome_markdown(asked)]
    return HALF.sub("\ufffd", "\n\n".join(parts)) + "\n"


def to_html(name: str, exchanges: Sequence[Exchange]) -> str:
    """Return a conversation as a page that needs nothing else, and can be printed."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content="default-src 'none'; style-src 'unsafe-inline'"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", name),
        tag("style", STYLE),  # it holds nothing that would be escaped
    )
    turns = [tag("section", tag("h2", one.question), *_outcome_html(one)) for one in exchanges]
    return f"<!doctype html>\n{tag('html', head, tag('body', tag('h1', name), *turns))}\n"


FORMS: Mapping[str, tuple[str, Callable[[str, Sequence[Exchange]], str]]] = MappingProxyType(
    {
        "md": ("text/markdown", to_markdown),
        "html": ("text/html", to_html),
        "json": ("application/json", to_json),
    }
)


def _told(asked: Exchange) -> str:
    """Say what came of a question beside the sentences of its answer, "" if they are all."""
    if asked.state == "failed":
        return f"This question was not answered: {asked.fault}"
    if asked.state != "answered":
        return "The answer was stopped." if asked.state == "stopped" else "The answer was not there yet."
    if asked.answer is None or asked.answer.kind == "refusal":
        return REFUSED
    if asked.answer.kind == "reply":
        return asked.answer.text
    return SUPPORT[support_level(asked.answer.sentences[0].support)]


def _short(answer: Answer) -> str:
    """Return yes or no and the short answer, "" if there is neither."""
    short = headline(answer)
    return ": ".join(filter(None, (verdict(answer)[0], short.text if short else "")))


def _where(citation: Citation) -> str:
    """Name the file and the characters of a quotation."""
    return f"{one_line(citation.path)}, characters {citation.start}–{citation.end}"


def _title(citation: Citation, asked: Exchange) -> str:
    return one_line(place(citation.title, asked.places.get(citation.number, "")))


def _marks(sentence: Sentence) -> str:
    return "".join(f"[{number}]" for number in sentence.citations)


# --- Markdown ------------------------------------------------------------------------------------------------------


def _outcome_markdown(asked: Exchange) -> list[str]:
    answer, parts = asked.answer, [f"*Asked of {_plain(asked.scope.label)}*"] if asked.scope.label else []
    if answer and answer.sentences:
        if short := _short(answer):
            parts.append(f"**{_plain(short)}**")
        parts += [_block_markdown(block) for block in blocks(answer.sentences)]
        if differ := differing_text(answer):
            parts.append(_plain(differ))
    parts.append(f"*{_plain(_told(asked))}*")
    for citation in answer.citations if answer else ():
        quote = "\n".join(f"> {_escaped(line)}  " for line in citation.quote.splitlines())
        head = f"**\\[{citation.number}\\] {_plain(_title(citation, asked))}** ({_plain(_where(citation))})"
        parts.append(f"{head}\n\n{quote}")
    return parts


def _block_markdown(block: Block) -> str:
    if block.kind == "table":
        rule = " | ".join("---" for _ in block.columns)
        return "\n".join(
            [_line(_plain(name) for name in block.columns), f"| {rule} |", *(_row(block, s) for s in block.sentences)]
        )
    if block.kind == "list":
        return "\n".join(f"- {_cited(one, one.text[len(bullet(one.text)) :])}" for one in block.sentences)
    return " ".join(_cited(one, one.text) for one in block.sentences)


def _row(block: Block, sentence: Sentence) -> str:
    values = row_values(block, sentence)
    return _line([*map(_plain, values[:-1]), _cited(sentence, values[-1])])


def _line(values: Iterable[str]) -> str:
    return f"| {' | '.join(values)} |"


def _cited(sentence: Sentence, text: str) -> str:
    return f"{_plain(text)} {_escaped(_marks(sentence))}".rstrip()


def _plain(text: str) -> str:
    return _escaped(one_line(text))


def _escaped(text: str) -> str:
    """Return text that Markdown, and the HTML in it, take for nothing but text."""
    return _START.sub(r"\1\\", _SPECIAL.sub(r"\\\1", text))


# --- HTML ----------------------------------------------------------------------------------------------------------


def _outcome_html(asked: Exchange) -> list[Html]:
    answer, parts = asked.answer, list[Html]()
    if asked.scope.label:
        parts.append(tag("p", f"Asked of {asked.scope.label}", class_="note"))
    if answer and answer.sentences:
        if short := _short(answer):
            parts.append(tag("p", one_line(short), class_="short"))
        parts += [_block_html(block) for block in blocks(answer.sentences)]
        if differ := differing_text(answer):
            parts.append(tag("p", differ))
    parts.append(tag("p", _told(asked), class_="note"))
    if answer and answer.citations:
        parts += [tag("h3", "Sources"), _sources_html(asked, answer)]
    return parts


def _block_html(block: Block) -> Html:
    if block.kind == "table":
        head = tag("tr", *(tag("th", column) for column in block.columns))
        rows = []
        for one in block.sentences:
            values = row_values(block, one)
            rows.append(
                tag("tr", *(tag("td", value) for value in values[:-1]), tag("td", _cited_html(one, values[-1])))
            )
        return tag("table", tag("thead", head) if any(block.columns) else None, tag("tbody", *rows))
    if block.kind == "list":
        return tag("ul", *(tag("li", _cited_html(one, one.text[len(bullet(one.text)) :])) for one in block.sentences))
    return tag("p", *(part for one in block.sentences for part in (_cited_html(one, one.text), " ")))


def _cited_html(sentence: Sentence, text: str) -> Html:
    return join(text, " ", tag("sup", _marks(sentence)) if sentence.citations else None)


def _sources_html(asked: Exchange, answer: Answer) -> Html:
    items = [
        tag(
            "div",
            tag("strong", f"[{citation.number}] {_title(citation, asked)}"),
            " ",
            tag("cite", _where(citation)),
            tag("blockquote", citation.quote),
        )
        for citation in answer.citations
    ]
    return tag("div", *items)


# --- JSON ----------------------------------------------------------------------------------------------------------


def _turn_json(asked: Exchange) -> dict[str, object]:
    answer = asked.answer
    return {
        "question": asked.question,
        "asked_of": asdict(asked.scope),
        "state": asked.state,
        "fault": asked.fault,
        "kind": answer.kind if answer else "",
        "standalone_question": answer.standalone_question if answer else "",
        "answer": answer.text if answer else "",
        "short_answer": asdict(answer.short_answer) if answer and answer.short_answer else None,
        "confidence": round(answer.confidence, 4) if answer else None,
        "sentences": [asdict(one) for one in answer.sentences] if answer else [],
        "citations": [
            {**asdict(one), "page_name": asked.places.get(one.number, "")}
            for one in (answer.citations if answer else ())
        ],
    }
