"""PDF: a table in, the names of its columns out, from the lines above it and where these stand.

A name may have several lines, and stand above several columns. A wrong name is worse than none: where the places leave
open what is meant, a column has none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.readers.content import one_line
from index.readers.pdf.extents import Extent
from index.readers.pdf.grid import DrawnTable, has_figures, middle
from index.readers.pdf.groups import Group, best_groups
from index.readers.pdf.lines import Boxes
from index.readers.pdf.pieces import Piece, Row, names_year

_MOST_LINES = 9  # of names
_MOST_PIECES = 100  # of one of these
_NEXT_LINE = 2.3  # of the font's size: from one line of names to the next
_BODY = 3.4  # and from the last one to the first row
_APART = 1.6  # of the font's size: words of one name are nearer
_WRAPPED = 1.6  # and from one line of a name to the next
_LONGEST = 90  # characters of a name
_LONGEST_ABOVE = 40  # and of a line of one that reaches beyond its column
_CAPTION = re.compile(r"(?:table|tabelle|tab\.|figure|fig\.|abbildung|tableau|tabla|tabella|exhibit)\s*[\dA-Z]", re.I)
_SENTENCE = re.compile(r"[a-z](?:\S* ){3,}.*[.;]$")
_HYPHEN = re.compile(r"(?<=\w)- (?=\w)")  # where a line of a name ends
_REACH = 1.0  # of the font's size: how far a name may reach beyond what it stands above
_CENTRED = 0.9  # of the font's size: how far from the middle of its columns a name may stand
_EXACT = 0.35
_ASIDE = 2.5  # the cost of a name that isn't above its column, but nearer to it than to any other
_SHARED = 0.5  # of what a name has above one column, as much above another: it is meant for neither alone
_SPANNING = 0.2  # the cost of a name above several columns
_ALIKE = 1.25  # the sizes of one name's lines
_SHARE_NAMED = 0.6  # of the columns: fewer names than that are none


@dataclass(slots=True)
class _Names:
    """The names so far, from the lowest line of names upwards, and how wide each column is with them."""

    extents: list[Extent]
    parts: list[list[str]]  # by column, from the lowest line
    highest: list[tuple[Row, Extent] | None]  # by column the highest line so far, and where it stands
    shared: list[bool]  # by column, whether that line stands above others, too
    alone: list[int]  # by column, how many of its parts stand above it alone
    are_two: bool = False  # the first column has two names side by side

    def put(self, row: Row, groups: Sequence[Group]) -> None:
        said: dict[int, list[str]] = {}
        for piece, group in zip(row.pieces, groups, strict=True):
            for column in range(group.first, group.last + 1):
                said.setdefault(column, []).append(piece.text)
            if group.first == group.last:
                left, right = self.extents[group.first]
                self.extents[group.first] = min(left, piece.left), max(right, piece.right)
        for column, texts in said.items():
            own = [
                piece for piece, group in zip(row.pieces, groups, strict=True) if group.first <= column <= group.last
            ]
            self.parts[column].append(" ".join(texts))
            self.highest[column] = row, (own[0].left, own[-1].right)
            self.shared[column] = any(
                group.first < group.last for group in groups if group.first <= column <= group.last
            )
            if not self.shared[column]:
                self.alone[column] = len(self.parts[column])
            if column == 0 and any(_are_apart(one, other, row) for one, other in pairwise(own)):
                self.are_two = True

    def of(self, column: int) -> str:
        """Return the name of a column; of one that is too long what stands above it alone."""
        whole, own = (
            one_line(_HYPHEN.sub("-", " ".join(reversed(parts)))).rstrip(":")
            for parts in (self.parts[column], self.parts[column][: self.alone[column]])
        )
        return whole if len(whole) <= _LONGEST else own

    @property
    def name_years(self) -> bool:
        """Whether all but the first column are called by years so far."""
        return all(len(parts) == 1 and names_year(parts[0]) for parts in self.parts[1:])

    def widen(self, rules: Sequence[Extent]) -> None:
        """Take each column to be as wide as the rule that is drawn above it alone."""
        for left, right in rules:
            over = [at for at, extent in enumerate(self.extents) if left < extent[1] and right > extent[0]]
            if len(over) == 1 and left < middle(self.extents[over[0]]) < right:
                self.extents[over[0]] = min(left, self.extents[over[0]][0]), max(right, self.extents[over[0]][1])

    def doubt(self, row: Row, below: Row) -> None:
        """Take back the names under a line that belongs to them and that nobody understands, if others are alike."""
        if not _is_close(row, below):
            return
        alike = Counter(" ".join(parts) for parts in self.parts)
        for column, (left, right) in enumerate(self.extents):
            under = any(piece.left < right and piece.right > left for piece in row.pieces)
            name = " ".join(self.parts[column])
            if under and (alike[name] > 1 or name.count("(") != name.count(")")):
                self.parts[column] = []


def column_names(table: DrawnTable, rules: Boxes | None) -> list[str]:
    """Return the name of each column, "" for those without one."""
    width = len(table.columns)
    names = _Names(list(table.columns), [[] for _ in range(width)], [None] * width, [False] * width, [0] * width)
    below = table.rows[0]
    for number, row in enumerate(table.above[:_MOST_LINES]):
        named = any(names.parts)
        if below.baseline - row.baseline > (_NEXT_LINE if named else _BODY) * below.size:
            break
        if len(row.pieces) > _MOST_PIECES:
            break
        if _may_be_title(row, names, table) and not any(_is_over_figures(piece, table) for piece in row.pieces):
            below = row
            continue  # a title of the rows below, or the unit of all figures
        between = _rules_between(row, below, rules)
        if number >= table.names and _ends_names(row, names, between):
            if row.has_figures:
                names.doubt(row, below)
            break
        names.widen(between)
        groups = _groups(row, names, between)
        if groups is None:
            row = _with_words_together(row, names)
            groups = _groups(row, names, between)
        if groups is None or _is_torn(row, groups):
            names.doubt(row, below)
            break
        if _is_sentence(row, groups, names):
            break
        if any(names.parts[1:]) or any(group.first == group.last > 0 for group in groups):
            names.put(row, groups)  # else it is a title of the rows below, or the unit of all figures, too
        below = row
    if names.are_two:
        names.parts[0] = []
    return _sure([names.of(column) for column in range(width)])


def _rules_between(row: Row, below: Row, rules: Boxes | None) -> list[Extent]:
    """Return the rules under a line of names."""
    if rules is None:
        return []
    under = (rules[:, 1] > row.baseline - 0.1 * row.size) & (rules[:, 1] < below.baseline - 0.4 * below.size)
    return [(left, right) for left, _, right, _ in rules[under].tolist()]


def _ends_names(row: Row, names: _Names, rules: Sequence[Extent]) -> bool:
    """Tell whether a row is no line of names: a caption, a title above the table's rule, figures of another table."""
    text = " ".join(piece.text for piece in row.pieces)
    if _CAPTION.match(text) or (row.has_figures and not row.names_figures):
        return True
    if len(row.pieces) > 1:
        return False
    is_number = row.pieces[0].is_figure and not row.pieces[0].names_year
    ruled = any(left <= middle(names.extents[0]) and right >= middle(names.extents[-1]) for left, right in rules)
    return is_number or (ruled and all(names.parts[1:]))


def _is_torn(row: Row, groups: Sequence[Group]) -> bool:
    """Tell whether pieces that stand far apart would be of one name, or a name would be of a form.

    Above the first column they may: it may be two, whose words stand so close that nothing parts them.
    """
    return any(
        one.first == other.first > 0 and _are_apart(piece, after, row)
        for (piece, one), (after, other) in pairwise(zip(row.pieces, groups, strict=True))
    ) or any(piece.text.endswith(":") for piece in row.pieces[1:])


def _is_sentence(row: Row, groups: Sequence[Group], names: _Names) -> bool:
    """Tell whether a line above the first column is no name: it ends a sentence, or is long and reaches beyond it."""
    piece = row.pieces[0]
    if groups[-1].last > 0 or not all(names.parts[1:]):
        return False
    if len(piece.text) <= _LONGEST_ABOVE:
        return len(row.pieces) == 1 and piece.text.endswith(".")
    return piece.right > names.extents[0][1] or piece.text.endswith(":")


def _are_apart(piece: Piece, after: Piece, row: Row) -> bool:
    return after.left - piece.right > _APART * row.size


def _with_words_together(row: Row, names: _Names) -> Row:
    """Return a line of names with the words put together that are nearest to the same column."""
    pieces: list[Piece] = []
    for piece in row.pieces:
        last = pieces[-1] if pieces else None
        together = (
            last is not None
            and last.line is piece.line
            and piece.left - last.right < _APART * row.size
            and _nearest(last, names) == _nearest(piece, names)
        )
        if last is not None and together:
            pieces[-1] = replace(last, end=piece.end, right=piece.right)
        else:
            pieces.append(piece)
    return replace(row, pieces=pieces)


def _nearest(piece: Piece, names: _Names) -> int:
    at = middle((piece.left, piece.right))
    return min(range(len(names.extents)), key=lambda column: abs(middle(names.extents[column]) - at))


def _may_be_title(row: Row, names: _Names, table: DrawnTable) -> bool:
    """Tell whether a line below all names so far may be a title of the rows below, or the unit of all figures."""
    if len(row.pieces) == 1 and not any(names.parts):
        return True
    return not any(names.parts[1:]) and _is_over_several(row, table)


def _is_over_several(row: Row, table: DrawnTable) -> bool:
    """Tell whether something stands above several columns, and above none more than above another."""
    for piece in row.pieces:
        over = sorted(min(piece.right, right) - max(piece.left, left) for left, right in table.columns[1:])
        if len(over) > 1 and over[-2] > _SHARED * over[-1] > 0:
            return True
    return False


def _is_over_figures(piece: Piece, table: DrawnTable) -> bool:
    """Tell whether something stands above one column alone, and that has figures."""
    over = [at for at, (left, right) in enumerate(table.columns) if piece.left < right and piece.right > left]
    return len(over) == 1 and over[0] > 0 and has_figures(over[0], table.cells)


def _sure(names: Sequence[str]) -> list[str]:
    """Return the names without those that several columns have, but of tables side by side; none, if these are few."""
    counts = Counter(name for name in names if name)
    widths = range(2, len(names) // 2 + 1)
    side_by_side = any(list(names) == list(names[:width]) * (len(names) // width) for width in widths)
    names = [
        name if (side_by_side or counts[name] == 1) and len(name) <= _LONGEST and not _SENTENCE.match(name) else ""
        for name in names
    ]
    return names if sum(map(bool, names[1:])) >= _SHARE_NAMED * len(names[1:]) else [""] * len(names)


def _groups(row: Row, names: _Names, rules: Sequence[Extent]) -> list[Group] | None:
    """Return for each piece of a line of names the columns that it is meant for, None if it isn't such a line."""
    single = [_single(piece, row, names) for piece in row.pieces]
    ruled = [_ruled(piece, row, names, rules) for piece in row.pieces]
    if any(ruled):
        return best_groups([group or alone for group, alone in zip(ruled, single, strict=True)])
    alone = best_groups(single)
    sure = [len(row.pieces) > 1 and _is_sure(piece, one, names) for piece, one in zip(row.pieces, single, strict=True)]
    either = [
        one if is_sure else [*one, *_spans(piece, row, names)]
        for piece, one, is_sure in zip(row.pieces, single, sure, strict=True)
    ]
    spanning = best_groups(either, columns=[column for column in range(1, len(names.parts)) if names.parts[column]])
    if spanning is None or all(group.last == group.first for group in spanning):
        return alone
    if len(row.pieces) == 1:  # a name above all or some, or a title
        if alone and names.name_years and _is_above_all(spanning[0], names):
            return spanning  # "Employees", above 2020, 2021 and 2022, in whose midst 2021 is
        exact = spanning[0].cost <= _SPANNING + _EXACT and (
            _is_above_all(spanning[0], names) or _is_right_above(row, spanning[0], names)
        )
        return spanning if exact and alone is None else alone if not exact else None
    if alone and any(_reaches_beyond(piece, group, names) for piece, group in zip(row.pieces, alone, strict=True)):
        return spanning
    return alone or spanning


def _is_above_all(group: Group, names: _Names) -> bool:
    return all(group.first <= at <= group.last for at in range(1, len(names.parts)) if names.parts[at])


def _is_sure(piece: Piece, single: Sequence[Group], names: _Names) -> bool:
    """Tell whether a name stands right above one column, or the line of its name that is there."""
    return len(single) == 1 and single[0].cost <= _EXACT and not _reaches_beyond(piece, single[0], names)


def _reaches_beyond(piece: Piece, group: Group, names: _Names) -> bool:
    """Tell whether a name reaches above the columns on both sides of its own: it may be meant for all three."""
    column = group.first
    if not 0 < column < len(names.extents) - 1:
        return False
    return piece.left < names.extents[column - 1][1] and piece.right > names.extents[column + 1][0]


def _is_right_above(row: Row, group: Group, names: _Names) -> bool:
    """Tell whether a line stands in the middle of some columns, and the next line of their names is close below."""
    columns = range(group.first, group.last + 1)
    below = [highest[0] for column in columns if (highest := names.highest[column])]
    return group.cost <= _SPANNING + _EXACT / 2 and any(_is_close(row, line) for line in below)


def _ruled(piece: Piece, row: Row, names: _Names, rules: Sequence[Extent]) -> list[Group]:
    """Return the columns above which a name stands by the rule that is drawn under it, and under no other name."""
    own = [
        (left, right)
        for left, right in rules
        if [other for other in row.pieces if left < middle((other.left, other.right)) < right] == [piece]
        and left - row.size <= piece.left
        and piece.right <= right + row.size
    ]
    if not own:
        return []
    left, right = min(own, key=lambda rule: rule[1] - rule[0])
    over = [column for column, extent in enumerate(names.extents) if left < middle(extent) < right]
    centred = abs(middle((left, right)) - middle((piece.left, piece.right))) <= _CENTRED / 2 * row.size
    at_left = abs(piece.left - left) <= _REACH * row.size and len(over) < len(names.extents) - 1
    return [Group(over[0], over[-1], 0.0)] if len(over) > 1 and over[0] > 0 and (centred or at_left) else []


def _single(piece: Piece, row: Row, names: _Names) -> list[Group]:
    """Return the columns that a name may be meant for alone: those that it stands above.

    Where a column has a name already, it is the line above that, and begins, ends or has its middle where that does.
    """
    found = []
    for column, extent in enumerate(names.extents):
        others = [other for at, other in enumerate(names.extents) if at != column]
        if any(piece.left < middle(other) < piece.right for other in others):
            continue
        overlap = min(piece.right, extent[1]) - max(piece.left, extent[0])
        most = max((min(piece.right, other[1]) - max(piece.left, other[0]) for other in others), default=0.0)
        off = _off(piece, extent) / row.size
        if names.shared[column]:
            continue
        if highest := names.highest[column]:
            off = min(off, _off(piece, highest[1]) / row.size)
            if off > _EXACT or not _is_close(row, highest[0]):
                continue
        if overlap > 0 and overlap > most:
            found.append(Group(column, column, off))
        elif most <= 0 and off < 4:
            found.append(Group(column, column, _ASIDE + off))
    return found


def _is_close(row: Row, below: Row) -> bool:
    """Tell whether two lines may be of one name."""
    alike = max(row.size, below.size) < _ALIKE * min(row.size, below.size)
    apart = (below.baseline - row.baseline) / below.size
    return alike and (apart <= _WRAPPED or (apart <= _NEXT_LINE and _is_word_over_word(row, below)))


def _is_word_over_word(row: Row, below: Row) -> bool:
    """Tell whether a line's parts stand right above most of the next one's: so do those of names set wide apart."""
    return 2 * len(row.pieces) > max(2, len(below.pieces)) and all(
        any(_off(piece, (other.left, other.right)) <= _EXACT * row.size for other in below.pieces)
        for piece in row.pieces
    )


def _off(piece: Piece, extent: Extent) -> float:
    """Return how far a name is from beginning, ending or having its middle where something does."""
    ends = abs(piece.left - extent[0]), abs(piece.right - extent[1])
    return min(abs(middle((piece.left, piece.right)) - middle(extent)), *ends)


def _spans(piece: Piece, row: Row, names: _Names) -> list[Group]:
    """Return the columns side by side in whose middle a name stands."""
    found = []
    for first in range(1, len(names.extents)):
        left = names.extents[first][0]
        for last in range(first + 1, len(names.extents)):
            right = names.extents[last][1]
            if not (names.parts[first] and names.parts[last]) or piece.left < left - _REACH * row.size:
                continue
            off = abs(middle((piece.left, piece.right)) - middle((left, right))) / row.size
            if piece.right <= right + _REACH * row.size and off <= _CENTRED:
                found.append(Group(first, last, _SPANNING + off))
    return found
