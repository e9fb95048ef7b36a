"""Names and titles in other scripts, and full of markup: as they are, from their side, wherever the page shows them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import AROUND, PHONE, ask, visit
from playwright.sync_api import Browser, Locator, Page, expect

from index import Conversations
from index.library import Library
from rag import Assistant
from ui.web.state.indexing import Indexing

if TYPE_CHECKING:
    from conftest import GatedEncoder, Serve, Served

pytestmark = AROUND

HARBOUR = "تقرير الميناء السنوي"
KEEPER = "من يحرس المنارة؟"
FOLDER = "وثائق <img src=x onerror=window.hacked=1>"
IMAGE = '<img src=x onerror="window.hacked=1">'
BROKEN = '"><script>window.hacked=1</script>'
ROBOT = "What is the password of the robot Zebulon?"
TITLES = {
    "تقرير.md": HARBOUR,
    "דוח.md": "דוח שנתי",
    "報告書.md": "港の報告書",
    "Отчёт.md": "Отчёт о маяке",
    "<img src=x onerror=window.hacked=1>.html": IMAGE,
    '"><script>window.hacked=1<／script>.html': BROKEN,
}

KEPT = "المنارة يحرسها مروان الحداد منذ عام 1987."
TEXTS = {
    f"{FOLDER}/تقرير.md": f"# {HARBOUR}\n\n{KEPT}\n\n- القارب الأول\n- القارب الثاني\n",
    "דוח.md": "# דוח שנתי\n\nהמגדלור נשמר על ידי מרתה קוויל.\n",
    "報告書.md": "# 港の報告書\n\n灯台はマルタが守っています。\n",
    "Отчёт.md": "# Отчёт о маяке\n\nМаяк хранит Марта Квилл.\n",
}

# Text that is seen, begins with a letter of a script from right to left, and is laid out from left to right. In the
# text of a source each line is laid out by its own letters.
ASTRAY = r"""() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const astray = [];
  while (walker.nextNode()) {
    const [words, e] = [walker.currentNode.data, walker.currentNode.parentElement];
    const [letter] = words.match(/\p{L}/u) ?? [];
    if (!letter || !/\p{Script=Arabic}|\p{Script=Hebrew}/u.test(letter)) continue;
    if (!e.checkVisibility() || e.closest(".unseen")) continue;
    const lines = getComputedStyle(e.closest("#pane-text .text") ?? e).unicodeBidi;
    if (lines !== "plaintext" && getComputedStyle(e).direction !== "rtl") astray.push([e.className, words]);
  }
  return astray;
}"""


def write(folder: Path) -> None:
    (folder / FOLDER).mkdir(parents=True)
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name in (name for name in TITLES if name.endswith(".html")):
        title = escape(TITLES[name])
        body = f"<h1>{title}</h1><p>The password of the robot Zebulon is {title} and nothing else.</p>"
        (folder / name).write_text(f"<!doctype html><title>{title}</title>{body}", encoding="utf-8")


@pytest.fixture
def running(
    serve: Serve, library: Library, indexing: Indexing, encoder: GatedEncoder, tmp_path: Path
) -> Iterator[Served]:
    encoder.go_on.set()
    folder = tmp_path / "documents"
    write(folder)
    indexing.start([folder])
    assert indexing.wait(120)
    with closing(Conversations(tmp_path)) as kept, serve(Assistant(library), indexing, folder, kept) as running:
        yield running


@pytest.fixture
def page(browser: Browser, running: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page in which nothing may fail, and no script of a document runs."""
    with visit(browser, **getattr(request, "param", {})) as page:
        page.goto(running.address)
        expect(page.locator("#listing .documents li")).to_have_count(len(TITLES))
        yield page
        assert page.evaluate("window.hacked") is None
        assert page.locator("#shell img[src=x]").count() == 0


def from_its_side(place: Locator, words: str) -> None:
    """Check that an element has these words, from right to left."""
    expect(place).to_have_text(words)
    expect(place).to_have_css("direction", "rtl")


def test_the_library_and_the_table_and_its_folders_have_every_name_as_it_is(page: Page) -> None:
    assert sorted(page.locator("#listing .title").all_inner_texts()) == sorted(TITLES.values())
    assert page.evaluate(ASTRAY) == []
    page.locator("[data-documents=open]").click()
    rows = page.locator("#documents tbody tr")
    expect(rows).to_have_count(len(TITLES))
    assert sorted(rows.locator(".name").all_inner_texts()) == sorted(TITLES.values())
    assert sorted(rows.locator(".file").all_inner_texts()) == sorted(TITLES)
    assert page.evaluate(ASTRAY) == []
    page.get_by_label("Search documents").fill("الميناء")
    expect(rows).to_have_count(1)
    from_its_side(rows.locator(".name"), HARBOUR)
    page.get_by_label("Search documents").fill("")
    page.get_by_role("button", name="Folders").click()
    page.locator("#documents button.folder").click()
    page.locator("#documents button.folder").get_by_text(FOLDER).click()
    expect(page.locator("#documents .above [aria-current]")).to_have_text(FOLDER)
    expect(rows).to_have_count(1)
    assert page.evaluate(ASTRAY) == []
    page.locator("[data-picks=files]").set_input_files({"name": "فارغ.txt", "mimeType": "", "buffer": b""})
    from_its_side(page.locator("#sending .unsent .title"), "فارغ.txt")


@pytest.mark.parametrize("page", [{}, {"viewport": PHONE}], ids=["desktop", "phone"], indirect=True)
def test_an_answer_and_its_source_are_laid_out_from_their_side(page: Page) -> None:
    turn = ask(page, KEEPER)
    from_its_side(turn.locator(".question"), KEEPER)
    from_its_side(turn.locator(".card .title").first, HARBOUR)
    assert page.evaluate(ASTRAY) == []
    turn.locator("[data-open]").first.click()
    expect(page.locator("#pane-text")).to_contain_text("مروان الحداد")
    from_its_side(page.locator("#source h2.title"), HARBOUR)
    assert page.evaluate(ASTRAY) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_markup_is_text_in_an_answer_its_source_and_what_is_exported(page: Page, browser: Browser) -> None:
    turn = ask(page, ROBOT)
    titles = turn.locator(".card .title").all_inner_texts()
    assert set(titles) <= {IMAGE, BROKEN}
    turn.locator("[data-open]").first.click()
    expect(page.locator("#source h2.title")).to_have_text(titles[0])
    expect(page.locator("#pane-text")).to_contain_text(f"The password of the robot Zebulon is {titles[0]}")
    page.keyboard.press("Escape")
    ask(page, KEEPER)
    page.locator("#talks [data-menu]").first.click()
    links = {name: page.locator(f"[data-export={name}]").get_attribute("href") for name in ("html", "md", "json")}
    made = {name: page.request.get(page.url.partition("?")[0] + str(link)).text() for name, link in links.items()}
    assert titles[0] in json.dumps(json.loads(made["json"]), ensure_ascii=False).replace('\\"', '"')
    assert HARBOUR in made["md"]
    assert not re.search(r"(?<!\\)<(img|script)", made["md"])
    with visit(browser) as exported:
        exported.set_content(made["html"])
        expect(exported.locator("body")).to_contain_text(titles[0])
        assert exported.evaluate("window.hacked") is None
        assert exported.locator("img, script").count() == 0
        assert exported.evaluate(ASTRAY) == []


@pytest.mark.parametrize(
    ("typed", "name"), [("@الميناء", HARBOUR), ("@דוח", "דוח שנתי"), ("@img", IMAGE), ("@港", "港の報告書")]
)
def test_a_name_is_completed_and_asked(page: Page, typed: str, name: str) -> None:
    box = page.locator("#box textarea")
    box.press_sequentially(typed)
    offered = page.locator("#names [role=option]", has=page.get_by_text(name, exact=True))
    expect(offered).to_be_visible()
    assert page.evaluate(ASTRAY) == []
    offered.click()
    expect(page.locator("#scope .chips li span").first).to_have_text(name)
    assert page.evaluate(ASTRAY) == []
    turn = ask(page, ROBOT)
    expect(turn.locator(".aside b")).to_have_text(name)
    assert page.evaluate(ASTRAY) == []
