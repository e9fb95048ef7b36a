"""PDF: the words in a cell that rules close are its own, behind the name of its column; other frames are no tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from index.readers import read_document

Pdf = Callable[..., Path]
Row = Sequence[Sequence[str]]  # cells, each of lines

EDGES = (72, 172, 322, 472)
HEADER: Row = (["Result"], ["Indicator of", "the result"], ["Beneficiary"])
SCREENED: Row = (["Screening of", "adults"], ["People with a diag-", "nosis of the disease"], ["Health personnel"])
TREATED: Row = (["Treatment"], ["People who started"], ["Health plans,", "and patients", "at home"])


Rule = tuple[float, float, float]


@dataclass
class Drawn:
    """A table on a page: its words, and the rules across it and down."""

    page: list[tuple[object, ...]]
    across: list[Rule]
    down: list[Rule]


def grid(*rows: Row, bold: Sequence[int] = (0,), top: float = 100) -> Drawn:
    """Draw rows with rules around each of their cells; the rows with these numbers are bold."""
    texts: list[tuple[object, ...]] = []
    edges = [top]
    for number, row in enumerate(rows):
        for left, lines in zip(EDGES, row, strict=False):
            texts += [(left + 2, edges[-1] + 12 * at + 11, line, 10, number in bold) for at, line in enumerate(lines)]
        edges.append(edges[-1] + 12 * max(map(len, row)) + 4)
    across = [(float(EDGES[0]), float(EDGES[-1]), edge) for edge in edges]
    return Drawn(texts, across, [(top, edges[-1], left) for left in EDGES])


@pytest.fixture
def text_of(pdf: Pdf) -> Callable[[Drawn], str]:
    """Read a PDF with a table."""
    return lambda drawn: read_document(pdf([drawn.page], rules=drawn.across, down=drawn.down)).text


def test_the_words_in_a_closed_cell_stand_together_behind_the_name_of_their_column(pdf: Pdf) -> None:
    drawn = grid(HEADER, SCREENED, TREATED)
    document = read_document(pdf([drawn.page], rules=drawn.across, down=drawn.down))
    lines = document.text.splitlines()
    assert lines == [
        "Result Indicator of the result Beneficiary",
        "Result: Screening of adults; Indicator of the result: People with a diagnosis of the disease; "
        "Beneficiary: Health personnel",
        "Result: Treatment; Indicator of the result: People who started; "
        "Beneficiary: Health plans, and patients at home",
    ]
    boxes = document.pages[1].boxes
    assert boxes is not None
    at = document.text.index("Beneficiary: Health plans")
    assert np.isnan(boxes[at : at + 13]).all()
    assert boxes[at + 13, 0] == pytest.approx(324, abs=2)


def test_outermost_sides_may_be_open(text_of: Callable[[Drawn], str]) -> None:
    drawn = grid(HEADER, SCREENED, TREATED)
    drawn.across, drawn.down = drawn.across[1:-1], drawn.down[1:-1]
    assert "Beneficiary: Health personnel" in text_of(drawn)


def test_a_cell_that_reaches_down_is_of_each_row(text_of: Callable[[Drawn], str]) -> None:
    drawn = grid(HEADER, SCREENED, (["Care"], ["Visits"], []))
    drawn.across[2] = (EDGES[0], EDGES[2], drawn.across[2][2])
    last = text_of(drawn).splitlines()[-1]
    assert last == "Result: Care; Indicator of the result: Visits; Beneficiary: Health personnel"


def test_what_stands_in_several_columns_is_whole_and_named_after_none(text_of: Callable[[Drawn], str]) -> None:
    drawn = grid(HEADER, SCREENED, (["Care"], [], ["Later"]))
    wide = "Visits of the health personnel at home"
    drawn.page.append((174, drawn.across[2][2] + 11, wide, 10))
    drawn.page = [text for text in drawn.page if text[2] != "Later"]
    drawn.down[2] = (drawn.down[2][0], drawn.across[2][2], EDGES[2])
    assert text_of(drawn).splitlines()[-1] == f"Result: Care; {wide}"


def test_a_word_that_runs_over_its_cell_is_not_torn(text_of: Callable[[Drawn], str]) -> None:
    drawn = grid(HEADER, SCREENED, (["Hospitalizationsofpatientsathome"], ["Visits"], []))
    assert "Hospitalizationsofpatientsathome" in text_of(drawn)


def test_a_cell_across_all_columns_is_a_title_between_the_rows(text_of: Callable[[Drawn], str]) -> None:
    drawn = grid(HEADER, SCREENED, (["Second part"], [], []), TREATED)
    edges = [edge for _, _, edge in drawn.across]
    drawn.down = [drawn.down[0], drawn.down[-1]]
    for left in EDGES[1:-1]:
        drawn.down += [(edges[0], edges[2], left), (edges[3], edges[4], left)]
    lines = text_of(drawn).splitlines()
    assert lines[2] == "Second part"
    assert lines[3].startswith("Result: Treatment; ")


def test_a_table_that_goes_on_keeps_its_names(pdf: Pdf) -> None:
    drawn, after = grid(HEADER, SCREENED), grid(TREATED, SCREENED, bold=())
    rules = {"rules": [*drawn.across, *after.across], "down": [*drawn.down, *after.down]}
    text = read_document(pdf([drawn.page, after.page], **rules)).text
    assert text.count("Beneficiary: Health personnel") == 2


@pytest.mark.parametrize("bold", [(), (0, 1, 2)])
def test_rows_alike_have_no_names(text_of: Callable[[Drawn], str], bold: Sequence[int]) -> None:
    assert "Beneficiary:" not in text_of(grid(HEADER, SCREENED, TREATED, bold=bold))


def test_a_form_is_no_table(text_of: Callable[[Drawn], str]) -> None:
    rows: list[Row] = [(["Name:"], ["Ann"], []), (["Date of", "birth:"], ["Unknown"], []), (["Town:"], ["Bern"], [])]
    assert ";" not in text_of(grid(*rows))


def test_a_frame_around_prose_is_no_table(text_of: Callable[[Drawn], str]) -> None:
    prose = ["The first line of a paragraph in a frame", "goes on here, and it is no cell at all."]
    drawn = grid((["Note"], [], []), (prose, [], []))
    drawn.down = [drawn.down[0], drawn.down[-1]]
    assert ";" not in text_of(drawn)


def test_headings_over_prose_in_cells_are_a_layout(text_of: Callable[[Drawn], str]) -> None:
    drawn = grid(HEADER, SCREENED, TREATED)
    place = next(at for at, text in enumerate(drawn.page) if text[2] == "and patients")
    drawn.page[place] = (*drawn.page[place][:4], True)
    assert "Beneficiary:" not in text_of(drawn)
