"""What an answer is made of: running text, the items of a list, the rows of a table. Sentences in, blocks out.

A document's words stay as they are; a block says how sentences that follow each other belong together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from index import Cell, cells_between_bars, cells_of, in_columns, with_row
from rag import Sentence

_ITEM = re.compile(r"(?:(?P<bullet>[-*•◦▪–—])|\(?(?:\d{1,2}(?:\.\d{1,2}){0,4}|[a-zA-Z])[.)])[ \t]+(?=\S)")
MOST_COLUMNS = 100  # of a table that is shown
_MORE = re.compile(r"and (\d[\d,]{,12}) more")
_LEAST_ITEMS = 2


class Block(NamedTuple):
    """Sentences that follow each other and belong together; `columns` are the names of a table's, "" if it has none."""

    kind: Literal["text", "list", "table"]
    sentences: tuple[Sentence, ...]
    columns: tuple[str, ...] = ()


def blocks(sentences: Sequence[Sentence]) -> list[Block]:
    """Return the blocks of an answer, in their order; a list has two items at the least, a table one row."""
    found: list[Block] = []
    for sentence in sentences:
        block = _block(sentence)
        joined = _join(found[-1], block) if found else None
        if joined:
            found[-1] = joined
        else:
            found.append(block)
    lone = [block.kind == "list" and len(block.sentences) < _LEAST_ITEMS for block in found]
    return [block._replace(kind="text") if alone else block for block, alone in zip(found, lone, strict=True)]


def bullet(text: str) -> str:
    """Return the bullet that an item of a list begins with, and the white space after it; "" if it has none."""
    found = _ITEM.match(text)
    return found[0] if found and found["bullet"] else ""


def numbering(text: str) -> str:
    """Return the number or letter that an item of a list begins with, and the white space after it, "" if none."""
    found = _ITEM.match(text)
    return found[0] if found and not found["bullet"] else ""


def more(text: str) -> int:
    """Return how many more there are, as what stands below a list or table says ("and 12 more"); 0 if it does not."""
    found = _MORE.fullmatch(text)
    return int(found[1].replace(",", "")) if found else 0


def row_cells(block: Block, sentence: Sentence) -> list[Cell | None]:
    """Return the cells of a table's row, one for each column, None where it has none; none at all if it is no row."""
    found = row(sentence.text)
    return in_columns(block.columns, found) if found else []


def row_values(block: Block, sentence: Sentence) -> list[str]:
    """Return the values of a table's row, one for each column; the whole text if it is no row."""
    found = row_cells(block, sentence)
    return [sentence.text[cell.start : cell.end] if cell else "" for cell in found] or [sentence.text]


def row(text: str) -> list[Cell]:
    """Return the cells of a table's row, named or not; none if the text is no row, or too wide to be shown as one."""
    cells = cells_of(text) or cells_between_bars(text)
    return cells if len(cells) <= MOST_COLUMNS else []


def _join(last: Block, block: Block) -> Block | None:
    """Return two blocks as one, None if they are not: "and 12 more" belongs to the list or table above it."""
    sentences = (*last.sentences, *block.sentences)
    if last.kind != "text" and more(block.sentences[0].text):
        return last._replace(sentences=sentences)
    if last.kind != block.kind:
        return None
    if last.kind != "table":
        return last._replace(sentences=sentences)
    columns = with_row(last.columns, row(block.sentences[0].text))
    return last._replace(sentences=sentences, columns=columns) if columns else None


def _block(sentence: Sentence) -> Block:
    if _ITEM.match(sentence.text):
        return Block("list", (sentence,))
    columns = tuple(cell.column for cell in row(sentence.text))
    return Block("table" if columns else "text", (sentence,), columns)
