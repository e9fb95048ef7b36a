"""What an answer is made of: running text, the items of a list, the rows of a table. Sentences in, blocks out.

A document's words stay as they are; a block says how sentences that follow each other belong together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from rag import Sentence

_ITEM = re.compile(r"(?:(?P<bullet>[-*•◦▪–—])|\(?(?:\d{1,2}(?:\.\d{1,2}){0,4}|[a-zA-Z])[.)])[ \t]+(?=\S)")
_CELL = re.compile(r"(?P<name>[^:;]{1,40}): (?P<value>[^;]*[^;\s])(?:; |$)")
_MORE = re.compile(r"and [\d,]+ more")
_LEAST_ITEMS = _LEAST_CELLS = 2


class Cell(NamedTuple):
    """A cell of a row: the name of its column, and where its value stands in the row's text."""

    column: str
    start: int
    end: int


class Block(NamedTuple):
    """Sentences that follow each other and belong together; `columns` are the names of a table's."""

    kind: Literal["text", "list", "table"]
    sentences: tuple[Sentence, ...]
    columns: tuple[str, ...] = ()


def blocks(sentences: Sequence[Sentence]) -> list[Block]:
    """Return the blocks of an answer, in their order; a list has two items at the least, a table one row."""
    found: list[Block] = []
    for sentence in sentences:
        block = _block(sentence)
        last = found[-1] if found else None
        told = last is not None and last.kind != "text" and _MORE.fullmatch(sentence.text)  # "and 12 more" of a list
        if last and (told or (last.kind, last.columns) == (block.kind, block.columns)):
            found[-1] = last._replace(sentences=(*last.sentences, sentence))
        else:
            found.append(block)
    lone = [block.kind == "list" and len(block.sentences) < _LEAST_ITEMS for block in found]
    return [block._replace(kind="text") if alone else block for block, alone in zip(found, lone, strict=True)]


def bullet(text: str) -> str:
    """Return the bullet that an item of a list begins with, and the white space after it; "" if it has none."""
    found = _ITEM.match(text)
    return found[0] if found and found["bullet"] else ""


def cells(text: str) -> list[Cell]:
    """Return the cells of a row whose cells are named ("Room: Elm; Seats: 14"); none if the text is no such row."""
    found, at = [], 0
    while cell := _CELL.match(text, at):
        found.append(Cell(cell["name"].strip(), cell.start("value"), cell.end("value")))
        at = cell.end()
    return found if at == len(text) and len(found) >= _LEAST_CELLS else []


def _block(sentence: Sentence) -> Block:
    if _ITEM.match(sentence.text):
        return Block("list", (sentence,))
    columns = tuple(cell.column for cell in cells(sentence.text))
    return Block("table" if columns else "text", (sentence,), columns)
