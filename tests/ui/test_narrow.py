"""Tables and lists of an answer on a phone, in a real browser: nothing runs off the screen, and words stay whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import DESKTOP, MARKS, PHONE, ask, visit
from exchanges import an_answer
from playwright.sync_api import Browser, Locator, Page, expect

from rag import Assistant, Update

if TYPE_CHECKING:
    from conftest import GatedEncoder, Serve, Served

    from index.library import Library
    from ui.web.state.indexing import Indexing

pytestmark = MARKS

RIVERS, ARABIC = "How long is the Nile?", "ما طول النيل؟"
STEPS, TURNED_STEPS = "How do I oil the pump?", "كيف أزيت المضخة؟"
TABLE = [
    "River,Length in km,Continent,Average discharge,Countries it flows through",
    'Amazon,"6,400",South America,"209,000",Peru and Colombia and Brazil',
    'Nile,"6,650",Africa,"2,830",Uganda and Sudan and Egypt',
    'Yangtze,"6,300",Asia,"30,166",China',
]
TURNED = [
    "النهر,الطول بالكيلومترات,القارة,متوسط التصريف,البلدان المتشاطئة,الاستخدامات",
    "الأمازون,6400,أمريكا الجنوبية,209000,البرازيل والبيرو,المواصلات",
    "النيل,6650,أفريقيا,2830,السودان ومصر,المواصلات والزراعة",
]
OILING = "# Oiling\n\n" + "".join(
    f"{number}. Turn the {name} of the pump until it stops, and wait until all of the old oil has run out of it.\n"
    for number, name in enumerate(["valve", "wheel", "screw"], start=9)
)
TURNED_OILING = "# التزييت\n\n" + "".join(
    f"{number}. أدر {name} المضخة حتى يتوقف ثم انتظر حتى يخرج الزيت القديم كله منها ثم أغلقها من جديد.\n"
    for number, name in enumerate(["صمام", "مقبض", "برغي"], start=9)
)
# Where each item's number begins, and each of its lines of words, from the side on which the text begins.
LINES = """(items) => items.map((item) => {
  const turned = getComputedStyle(item).direction === "rtl", edge = item.closest(".answer").getBoundingClientRect();
  const range = document.createRange();
  const begins = (element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT), rows = new Map();
    while (walker.nextNode()) {
      if (walker.currentNode.parentElement.closest("sup")) continue;
      range.selectNodeContents(walker.currentNode);
      for (const { left, right, bottom } of range.getClientRects()) {
        const at = turned ? edge.right - right : left - edge.left, row = Math.round(bottom);
        rows.set(row, Math.min(at, rows.get(row) ?? at));
      }
    }
    return [...rows.values()];
  };
  return [...begins(item.querySelector(".counter")), ...begins(item.querySelector(".sentence"))];
})"""
# Each word that is on more than one line; a word with a hyphen may be.
BROKEN = """(box) => {
  const found = [];
  const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    for (const { 0: word, index } of walker.currentNode.data.matchAll(/[^\\s-]+/g)) {
      const range = document.createRange();
      range.setStart(walker.currentNode, index);
      range.setEnd(walker.currentNode, index + word.length);
      if (new Set([...range.getClientRects()].map((one) => one.top)).size > 1) found.push(word);
    }
  }
  return found;
}"""

SEEN = """(one) => {
  const { left, top, width, height } = one.getBoundingClientRect();
  return one.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}"""


def lines(text: str, words: str) -> list[str]:
    return [line for line in text.splitlines() if words in line]


@pytest.fixture
def narrow(
    library: Library, indexing: Indexing, serve: Serve, encoder: GatedEncoder, tmp_path: Path
) -> Iterator[Served]:
    """A server over a wide table, one from right to left, and numbered steps, which has answers at hand."""
    encoder.go_on.set()
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "rivers.csv").write_text("\n".join(TABLE), encoding="utf-8")
    (folder / "anhar.csv").write_text("\n".join(TURNED), encoding="utf-8")
    (folder / "oiling.md").write_text(OILING, encoding="utf-8")
    (folder / "tazyit.md").write_text(TURNED_OILING, encoding="utf-8")
    indexing.start([folder])
    assert indexing.wait(120)
    found = {entry.path.rsplit("/", 1)[1]: library.document(entry.doc_id) for entry in library.entries()}
    rivers, turned = found["rivers.csv"], found["anhar.csv"]
    answers = {
        RIVERS: an_answer(RIVERS, rivers, lines(rivers.text, "Nile"), short="6,650"),
        ARABIC: an_answer(ARABIC, turned, lines(turned.text, "النيل")),
        STEPS: an_answer(STEPS, found["oiling.md"], lines(OILING, ". ")),
        TURNED_STEPS: an_answer(TURNED_STEPS, found["tazyit.md"], lines(TURNED_OILING, ". ")),
    }
    assistant = Assistant(library)
    assistant.warm_up = lambda: None  # type: ignore[method-assign]
    assistant.stream = lambda asked, *_, **__: iter([Update("done", "", answers[asked])])  # type: ignore[method-assign]
    with serve(assistant, indexing, folder) as running:
        yield running


@pytest.fixture
def opened(browser: Browser, narrow: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A new browser session in which nothing may fail, on a phone."""
    with visit(browser, viewport=PHONE, **getattr(request, "param", {})) as page:
        page.goto(narrow.address)
        expect(page.locator(":root:not([data-opening])")).to_be_attached()
        yield page


def edges(place: Locator) -> tuple[float, float]:
    """Return where an element begins and ends on the screen, from the left."""
    box = place.bounding_box()
    assert box is not None
    return box["x"], box["x"] + box["width"]


def test_the_words_around_a_row_stay_within_the_window_and_whole(opened: Page) -> None:
    cite = ask(opened, RIVERS).locator(".answer .cite").last
    glance = opened.locator("#glance")
    for size in (PHONE, DESKTOP):
        opened.set_viewport_size(size)
        cite.hover()
        expect(glance).to_be_visible()
        expect(glance.locator("tr.cited")).to_contain_text("6,650")
        left, right = edges(glance)
        assert 0 <= left < right <= size["width"]
        assert glance.evaluate("(box) => box.scrollWidth <= box.clientWidth"), "the table alone scrolls sideways"
        assert not glance.evaluate(BROKEN)
        opened.mouse.move(5, 5)
        expect(glance).to_be_hidden()


@pytest.mark.parametrize("question", [RIVERS, ARABIC])
def test_the_number_of_a_row_stays_in_view_however_far_its_table_is_scrolled(opened: Page, question: str) -> None:
    turn = ask(opened, question)
    number, rows = turn.locator(".answer tbody .cite"), turn.locator(".answer .rows")
    direction = turn.locator(".answer table").evaluate("(table) => getComputedStyle(table).direction")
    assert direction == ("rtl" if question == ARABIC else "ltr")
    assert rows.evaluate("(rows) => rows.scrollWidth > rows.clientWidth"), "it is wider than the screen"
    for far in (0, 9999):
        rows.evaluate("(rows, far) => rows.scrollTo(far, 0)", far if direction == "ltr" else -far)
        left, right = edges(number)
        assert 0 <= left < right <= PHONE["width"]
        assert number.evaluate(SEEN), "nothing lies over it"


@pytest.mark.parametrize("question", [STEPS, TURNED_STEPS])
def test_the_lines_of_a_numbered_item_begin_below_its_words(opened: Page, question: str) -> None:
    items = ask(opened, question).locator(".answer li.numbered").evaluate_all(LINES)
    assert len(items) == 3
    for number, *begins in items:
        assert len(begins) > 1, "it is longer than a line"
        assert 0 <= number < min(begins) - 10
        assert max(begins) - min(begins) < 2
