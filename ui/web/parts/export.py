"""A conversation as a file to keep: Markdown, HTML or JSON, with all quotations and where they stand.

In: its name and its exchanges. Out: the text of the file. Words of documents and people are escaped in each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from ui.contract import written_json
from ui.languages import language, phrase
from ui.text import one_line
from ui.web.parts.markup import HALF, Html, join, tag
from ui.web.parts.pieces import Piece, pieces
from ui.web.state.exchange import Exchange

STYLE = """
:root { color-scheme: light dark; }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 16px/1.55 system-ui, sans-serif;
  overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; } h2 { margin-top: 2.5rem; font-size: 1.2rem; } h3 { font-size: 1rem; }
.short { font-size: 1.15rem; font-weight: 600; }
.note, cite { opacity: .75; font-size: .9rem; font-style: normal; }
blockquote { margin: .25rem 0 1rem; padding-inline-start: .75rem; border-inline-start: 3px solid;
  white-space: pre-wrap; }
.numbered { list-style: none; }
.number { display: inline-block; min-width: 1.5em; margin-inline: -1.85em .1em; text-align: end; }
table { border-collapse: collapse; } th, td { padding: .25rem .5rem; border: 1px solid; text-align: start; }
@media print { :root { color-scheme: light; } body { max-width: none; margin: 0; font-size: 11pt; }
  h2, h3 { break-after: avoid; } li, blockquote, tr { break-inside: avoid; } }
"""
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&!$])")
_COUNTED = re.compile(r"(\d{1,9})([.)])")
_START = re.compile(r"^(\s*(?:\d+(?=[.)])|(?=[-+=])))", re.MULTILINE)


def to_json(name: str, exchanges: Sequence[Exchange]) -> str:
    """Return a conversation as JSON."""
    text = json.dumps({"name": name, "turns": [_turn_json(one) for one in exchanges]}, ensure_ascii=False, indent=2)
    return HALF.sub("\ufffd", text) + "\n"


def to_markdown(name: str, exchanges: Sequence[Exchange]) -> str:
    """Return a conversation as Markdown."""
    parts = [f"# {_plain(name)}"]
    for asked in exchanges:
        parts += [f"## {_plain(asked.question)}", *map(_piece_markdown, pieces(asked))]
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
    turns = [tag("section", tag("h2", one.question, dir="auto"), *_outcome_html(one)) for one in exchanges]
    page = tag("html", head, tag("body", tag("h1", name, dir="auto"), *turns), lang=language())
    return f"<!doctype html>\n{page}\n"


# --- Markdown ------------------------------------------------------------------------------------------------------


def _piece_markdown(piece: Piece) -> str:
    if piece.kind == "source":
        ((number, title, where, quote),) = piece.rows
        quoted = "\n".join(f"> {_escaped(line)}  " for line in quote.splitlines())
        return f"**{_escaped(number)} {_plain(title)}** ({_plain(where)})\n\n{quoted}"
    if piece.kind == "table":
        columns, *rows = piece.rows
        rule = " | ".join("---" for _ in columns)
        return "\n".join([_line(map(_plain, columns)), f"| {rule} |", *map(_row, rows)])
    if piece.kind == "list":
        return _list_markdown(piece.rows)
    if piece.kind == "text":
        return " ".join(_cited(*row) for row in piece.rows)
    around = "**" if piece.kind == "short" else "*"
    return f"{around}{_plain(piece.rows[0][0])}{around}"


def _list_markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return the items of a list; where Markdown would count otherwise than they do, each is a line with its number."""
    numbers = [number for number, _, _ in rows]
    if any(numbers) and not _counts(numbers):
        return "  \n".join(f"{number or '•'}\u00a0{_cited(text, marks)}" for number, text, marks in rows)
    return "\n".join(f"{number or '-'} {_cited(text, marks)}" for number, text, marks in rows)


def _counts(numbers: Sequence[str]) -> bool:
    """Tell whether items are numbered as Markdown numbers them: "1.", "2." and so on, from any number."""
    first = _COUNTED.fullmatch(numbers[0])
    return first is not None and all(
        number == f"{count}{first[2]}" for count, number in enumerate(numbers, start=int(first[1]))
    )


def _row(row: Sequence[str]) -> str:
    *values, last, marks = row
    return _line([*map(_plain, values), _cited(last, marks)])


def _line(values: Iterable[str]) -> str:
    return f"| {' | '.join(values)} |"


def _cited(text: str, marks: str) -> str:
    return f"{_plain(text)} {_escaped(marks)}".rstrip()


def _plain(text: str) -> str:
    return _escaped(one_line(text))


def _escaped(text: str) -> str:
    """Return text that Markdown, and the HTML in it, take for nothing but text."""
    return _START.sub(r"\1\\", _SPECIAL.sub(r"\\\1", text))


# --- HTML ----------------------------------------------------------------------------------------------------------


def _outcome_html(asked: Exchange) -> list[Html]:
    told = pieces(asked)
    sources = [_piece_html(piece) for piece in told if piece.kind == "source"]
    shown = [_piece_html(piece) for piece in told if piece.kind != "source"]
    return [*shown, tag("h3", phrase("Sources")), tag("div", *sources)] if sources else shown


def _piece_html(piece: Piece) -> Html:
    if piece.kind == "source":
        ((number, title, where, quote),) = piece.rows
        head = tag("strong", number, " ", tag("bdi", title))
        return tag("div", head, " ", tag("cite", where), tag("blockquote", quote, dir="auto"))
    if piece.kind == "table":
        columns, *rows = piece.rows
        head = tag("thead", tag("tr", *(tag("th", column) for column in columns)))
        return tag("table", head if any(columns) else None, tag("tbody", *map(_row_html, rows)), dir="auto")
    if piece.kind == "list":
        return tag("ul", *(_item_html(*row) for row in piece.rows), dir="auto")
    if piece.kind == "text":
        return tag("p", *(part for row in piece.rows for part in (_cited_html(*row), " ")), dir="auto")
    return tag("p", piece.rows[0][0], class_="short" if piece.kind == "short" else "note", dir="auto")


def _item_html(number: str, text: str, marks: str) -> Html:
    if not number:
        return tag("li", _cited_html(text, marks))
    return tag("li", tag("span", number, class_="number"), " ", _cited_html(text, marks), class_="numbered")


def _row_html(row: Sequence[str]) -> Html:
    *values, last, marks = row
    return tag("tr", *(tag("td", value) for value in values), tag("td", _cited_html(last, marks)))


def _cited_html(text: str, marks: str) -> Html:
    return join(text, " ", tag("sup", marks)) if marks else join(text)


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
        "written": written_json(answer.written) if answer and answer.written else None,
        "citations": [
            {**asdict(one), "page_name": asked.places.get(one.number, "")}
            for one in (answer.citations if answer else ())
        ],
    }
