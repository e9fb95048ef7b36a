"""The page in a real browser, over the real server, library and models."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from browsing import CONTRAST, DESKTOP, MARKS, PHONE, Seen, ask, assert_in_view, quoted, visit
from playwright.sync_api import Browser, Page, expect

from index.errors import HomeError
from index.models import Encoder
from rag import Answer, Assistant, Citation, Sentence, ShortAnswer, Turn, Update

if TYPE_CHECKING:
    from conftest import GatedEncoder, Served

KEEPER = "Who keeps the lighthouse?"
FILTER = "How often must the filter of the kettle be changed?"
PASSWORD = "What is the password of the robot Zebulon?"
WARNING = "the reader in /somewhere/rag/reader can't be used (reader.bin is damaged): reinstall Pincite"
UNANSWERABLE = "Is the lighthouse of the harbour painted red?"  # half of its words are there

pytestmark = MARKS


@pytest.fixture
def opened(browser: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A new browser session on the page; every request must stay here and nothing may fail."""
    with visit(browser, viewport=getattr(request, "param", DESKTOP)) as page:
        seen = Seen(page)
        page.goto(served.address)
        expect(page.locator("#library .documents li")).to_have_count(5)
        yield page
        assert page.evaluate("window.hacked") is None
    assert [url for url in seen.requests if not url.startswith((served.address, "data:"))] == []


def test_a_click_on_a_citation_shows_the_quoted_words(opened: Page, served: Served) -> None:
    turn = ask(opened, KEEPER)
    expect(turn.locator(".answer")).to_contain_text("Marta Quill")
    expect(turn.locator(".verdict .words")).to_have_text(re.compile(r"supported|Weak.* · \d+ sources? · \d+\.\d s"))
    cite = turn.locator(".cite").first
    where = {key: cite.get_attribute(f"data-{key}") or "" for key in ("open", "start", "end")}
    cite.click()
    expect(opened.locator("#pane-text mark.cited").first).to_be_visible()
    document = served.assistant.library.document(where["open"])
    assert quoted(opened) == document.text[int(where["start"]) : int(where["end"])]
    assert opened.locator("#pane-text .text").evaluate("e => e.textContent") == document.text
    assert_in_view(opened, opened.locator("#pane-text mark.cited").first)
    expect(opened.locator("#source .paper")).to_be_focused()


def contradicting(served: Served) -> Answer:
    """Return an answer of real words: one sentence with two citations, one with one, and they contradict each other."""
    quotes = (
        ("harbour.md", "The lighthouse is kept by Marta Quill, who came to the harbour in 1987.", "1987"),
        ("recipe.txt", "Knead the dough for twelve minutes.", "twelve minutes"),
        ("manual.pdf", "The filter of the kettle must be changed every nine weeks.", "nine weeks"),
    )
    library = served.assistant.library
    citations, differing = [], []
    for number, (name, quote, words) in enumerate(quotes, start=1):
        entry = next(entry for entry in library.entries() if entry.path.endswith(name))
        text = library.document(entry.doc_id).text
        start = text.index(quote)
        place = (start, start + len(quote), quote, 0.9)
        page = 3 if name.endswith(".pdf") else None
        citations.append(Citation(number, entry.doc_id, entry.path, entry.title, page, *place))
        differing.append(ShortAnswer(words, number, text.index(words, start), text.index(words, start) + len(words)))
    return Answer(
        question=KEEPER,
        standalone_question=KEEPER,
        text=f"{quotes[0][1]} {quotes[2][1]}",
        sentences=(Sentence(quotes[0][1], (1, 2), 0.9), Sentence(quotes[2][1], (3,), 0.8)),
        short_answer=differing[0],
        citations=tuple(citations),
        hits=(),
        grounded=True,
        confidence=0.9,
        differing=tuple(differing),
        timings_ms={"total": 120.0},
    )


@pytest.fixture
def contradicted(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question gets the answer of `contradicting`."""
    answer = contradicting(served)
    monkeypatch.setattr(served.assistant, "stream", lambda *_, **__: iter([Update("done", "", answer)]))


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Assistant, "warning", property(lambda _: WARNING))


@pytest.mark.usefixtures("contradicted")
@pytest.mark.parametrize("opened", [DESKTOP, PHONE], indirect=True)
def test_each_number_opens_its_own_words_in_the_answer_and_where_the_sources_differ(opened: Page) -> None:
    turn = ask(opened, KEEPER)
    expect(turn.locator(".differing")).to_have_text("The sources differ: “1987”1, “twelve minutes”2, “nine weeks”3.")
    expect(turn.locator(".card")).to_have_count(3)
    for line in (".answer", ".differing"):
        for number, words in enumerate(("Marta Quill", "Knead the dough", "nine weeks")):
            turn.locator(f"{line} .cite").nth(number).click()
            expect(opened.locator("#source .number")).to_have_text(str(number + 1))
            expect(opened.locator("#pane-text mark.cited").first).to_contain_text(words)
            opened.keyboard.press("Escape")
            expect(opened.locator("#source")).to_be_hidden()
    assert "".join(turn.locator(".answer b").all_text_contents()) == "1987nine weeks"
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert turn.evaluate(
        "e => [e, ...e.querySelectorAll('*')].every((e) => e.getBoundingClientRect().right <= innerWidth)"
    )


@pytest.mark.slow
def test_a_warning_stands_above_the_question_box_as_long_as_it_holds(
    opened: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = opened.locator("#notice p")
    expect(notice).to_have_count(0)
    empty = opened.locator("#notice").bounding_box()
    assert empty is None or empty["height"] == 0
    with monkeypatch.context() as patched:
        patched.setattr(Assistant, "warning", property(lambda _: WARNING))
        expect(notice).to_have_text(WARNING[0].upper() + WARNING[1:])
        expect(notice).to_be_in_viewport()
    expect(notice).to_have_count(0)


def test_the_stream_shows_the_question_at_once_and_then_sentences(opened: Page) -> None:
    opened.evaluate(
        """() => {
          window.states = [];
          new MutationObserver(() => {
            const turn = document.querySelector(".turn");
            if (turn) window.states.push([turn.dataset.state, turn.querySelectorAll(".sentence").length]);
          }).observe(document.getElementById("current"), {childList: true, subtree: true, attributes: true});
        }"""
    )
    ask(opened, KEEPER)
    states = opened.evaluate("window.states")
    assert states[0] == ["asking", 0]
    assert ["asking", 1] in states
    assert states[-1][0] == "answered"


def test_a_pdf_shows_the_page_with_the_words_boxed(opened: Page) -> None:
    turn = ask(opened, FILTER)
    turn.locator(".cite").first.click()
    boxes = opened.locator("#pane-page .box.cited")
    expect(boxes.first).to_be_visible()
    image = opened.locator("#pane-page figure[data-page='3'] img")
    opened.wait_for_function("e => e.complete && e.naturalWidth > 500", arg=image.element_handle())
    assert_in_view(opened, boxes.first)
    expect(opened.locator("#source .where")).to_have_text("Page 3 of 3")
    opened.get_by_role("tab", name="Text").click()
    assert "nine weeks" in quoted(opened)
    assert_in_view(opened, opened.locator("#pane-text mark.cited").first)


def test_an_unanswerable_question_is_refused_with_what_is_closest(opened: Page) -> None:
    turn = ask(opened, UNANSWERABLE)
    expect(turn.locator(".refusal .lead")).to_have_text("Your documents don’t seem to answer this.")
    expect(turn.locator(".cite")).to_have_count(0)
    assert 1 <= turn.locator(".card").count() <= 3
    turn.locator(".card").first.click()
    expect(opened.locator("#pane-text")).to_be_attached()
    assert quoted(opened)


def test_hostile_text_is_shown_as_text(opened: Page, served: Served) -> None:
    opened.locator("#library .documents button").filter(has_text="onerror").click()
    expect(opened.locator("#source h2.title")).to_have_text(served.hostile)
    expect(opened.locator("#pane-text .text")).to_contain_text(served.hostile)
    opened.keyboard.press("Escape")
    for question in (PASSWORD, served.hostile, "${alert(5)}", "{{constructor.constructor('alert(6)')()}}"):
        ask(opened, question)
    opened.locator(".turn .card").first.click()
    expect(opened.locator("#source .paper")).to_be_visible()
    opened.locator("#box textarea").press_sequentially("@img")
    expect(opened.get_by_role("option").filter(has_text="onerror")).to_be_visible()
    opened.keyboard.press("Enter")
    expect(opened.locator("#scope .chips")).to_contain_text(served.hostile)
    assert opened.locator("#talk img, #library img, #talk script").count() == 0


def test_a_place_that_is_not_there_is_a_note(opened: Page) -> None:
    turn = ask(opened, KEEPER)
    cite = turn.locator(".cite").first
    for name, value in (("end", "999999999"), ("start", "-5"), ("start", "many"), ("open", "../../etc/passwd")):
        was = cite.get_attribute(f"data-{name}")
        cite.evaluate("(e, [name, value]) => e.setAttribute(`data-${name}`, value)", [name, value])
        cite.click()
        expect(opened.locator("#source .note")).to_be_visible()
        opened.locator("#source [data-close]").click()
        cite.evaluate("(e, [name, value]) => e.setAttribute(`data-${name}`, value)", [name, was])
        cite.click()
        expect(opened.locator("#pane-text mark.cited").first).to_be_visible()


def test_the_keyboard_is_enough(opened: Page) -> None:
    box = opened.locator("#box textarea")
    opened.locator("body").click(position={"x": 900, "y": 300})
    opened.keyboard.press("/")
    expect(box).to_be_focused()
    opened.keyboard.type(KEEPER)
    opened.keyboard.press("Shift+Enter")
    opened.keyboard.press("Backspace")
    opened.keyboard.press("Enter")
    expect(opened.locator(".turn")).to_have_attribute("data-state", "answered")
    opened.keyboard.press("ArrowUp")
    expect(box).to_have_value(KEEPER)
    box.fill("")
    opened.locator(".cite").first.focus()
    opened.keyboard.press("Enter")
    expect(opened.locator("#source .paper")).to_be_focused()
    opened.keyboard.press("Escape")
    expect(opened.locator("#source")).to_be_hidden()
    expect(opened.locator(".cite").first).to_be_focused()
    opened.keyboard.press("]")
    expect(opened.locator("#source .paper")).to_be_focused()
    opened.keyboard.press("?")
    expect(opened.locator("#keys")).to_be_visible()
    opened.keyboard.press("Escape")
    expect(opened.locator("#keys")).to_be_hidden()
    expect(opened.locator("#source")).to_be_visible()


def test_an_example_is_asked_with_one_click_and_a_new_conversation_begins_empty(opened: Page) -> None:
    expect(opened.locator(".examples button")).to_have_count(4)
    opened.locator(".examples button").first.click()
    expect(opened.locator(".turn")).to_have_attribute("data-state", "answered")
    opened.locator("#library [data-fresh]").click()
    expect(opened.locator(".welcome")).to_be_visible()
    expect(opened.locator(".turn")).to_have_count(0)


def test_why_this_answer_stays_open_while_the_next_is_made(opened: Page) -> None:
    turn = ask(opened, KEEPER)
    turn.get_by_role("button", name="Why this answer").click()
    expect(turn.locator(".why")).to_contain_text("Passages found")
    ask(opened, UNANSWERABLE)
    expect(opened.locator(".turn").first.locator(".why")).to_be_visible()


def test_a_scope_restricts_what_is_asked(opened: Page) -> None:
    opened.locator("#box textarea").press_sequentially("@mead")
    opened.get_by_role("option", name="The meadow year").click()
    turn = ask(opened, KEEPER)
    expect(turn.locator(".aside").first).to_have_text("Asked of The meadow year")
    expect(turn).not_to_contain_text("Marta Quill")


def test_conversations_of_two_sessions_are_apart(opened: Page, browser: Browser, served: Served) -> None:
    ask(opened, KEEPER)
    with visit(browser) as other:
        other.goto(served.address)
        expect(other.locator(".welcome")).to_be_visible()
        expect(other.locator(".turn")).to_have_count(0)


@pytest.mark.parametrize("opened", [PHONE], indirect=True)
def test_on_a_phone_one_part_is_shown_and_back_returns(opened: Page) -> None:
    expect(opened.locator("#library")).to_be_hidden()
    assert opened.evaluate("document.documentElement.scrollWidth") <= 390
    turn = ask(opened, KEEPER)
    turn.locator(".cite").first.click()
    expect(opened.locator("#pane-text mark.cited").first).to_be_visible()
    box = opened.locator("#source").bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 390)
    assert_in_view(opened, opened.locator("#pane-text mark.cited").first)
    opened.go_back()
    expect(opened.locator("#source")).to_be_hidden()
    expect(turn.locator(".answer")).to_be_visible()
    opened.locator("#unfold").click()
    expect(opened.locator("#library .documents li").first).to_be_visible()


@pytest.mark.usefixtures("contradicted", "warned")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast(browser: Browser, served: Served, scheme: Any) -> None:
    with visit(browser, color_scheme=scheme) as page:
        page.goto(served.address)
        ask(page, KEEPER).locator(".cite").first.click()
        expect(page.locator("#pane-text mark.cited").first).to_be_visible()
        expect(page.locator(".differing")).to_be_visible()
        expect(page.locator("#notice p")).to_be_visible()
        poor = page.evaluate(CONTRAST)
    assert not poor


def test_stop_ends_an_answer_and_the_next_question_is_answered(
    opened: Page, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(*_: object, **__: object) -> Iterator[Update]:
        yield Update("searching", "Searching 12 passages", None)
        yield Update("reading", "Reading the best 10", None)
        go_on.wait(60)

    with monkeypatch.context() as patched:
        patched.setattr(served.assistant, "stream", slow)
        opened.locator("#box textarea").fill("Is this slow?")
        opened.locator("#send").click()
        expect(opened.locator(".turn .stage")).to_have_text("Reading the best 10")
        opened.locator("#stop").click()
        expect(opened.locator(".turn")).to_have_attribute("data-state", "stopped")
    expect(opened.locator("#send")).to_be_visible()
    go_on.set()
    expect(ask(opened, KEEPER)).to_contain_text("Marta Quill")
    expect(opened.locator(".turn").first).to_have_attribute("data-state", "stopped")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (HomeError("the folder is held by process 12: end it"), "The folder is held by process 12: end it"),
        (ValueError("<b>broken</b>"), "Something failed: <b>broken</b>"),
    ],
)
def test_a_fault_is_told_apart_and_can_be_tried_again(
    opened: Page, served: Served, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def fail(*_: object, **__: object) -> Iterator[Update]:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(served.assistant, "stream", fail)
        turn = ask(opened, KEEPER)
        expect(turn.locator(".fault .what")).to_have_text(said)
        expect(turn.locator(".refusal")).to_have_count(0)
    turn.get_by_role("button", name="Ask again").click()
    expect(opened.locator(".turn")).to_have_attribute("data-state", "answered")
    expect(opened.locator(".turn")).to_have_count(1)


def test_a_question_waits_in_the_line_and_shows_its_place(
    browser: Browser, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()
    stream = served.assistant.stream

    def wait(*arguments: Any, **named: Any) -> Iterator[Update]:
        assert gate.wait(60)
        return stream(*arguments, **named)

    monkeypatch.setattr(served.assistant, "stream", wait)
    with visit(browser) as one, visit(browser) as other:
        pages = [one, other]
        try:
            for page in pages:
                page.goto(served.address)
                page.locator("#box textarea").fill(KEEPER)
                page.locator("#box textarea").press("Enter")
                expect(page.locator(".turn")).to_have_attribute("data-state", "asking")
            expect(pages[1].locator(".stage")).to_have_text("Waiting: 1 question before yours")
            expect(pages[1].locator(".stage")).to_be_visible()
        finally:
            gate.set()
        for page in pages:
            expect(page.locator(".turn")).to_have_attribute("data-state", "answered")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)])
def test_whatever_ends_a_stream_is_a_failed_turn(
    opened: Page, served: Served, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(*_: object, **__: object) -> Iterator[Update]:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(served.assistant, "stream", fail)
        expect(ask(opened, KEEPER).locator(".fault .what")).to_contain_text(type(error).__name__)
    opened.get_by_role("button", name="Ask again").click()
    expect(opened.locator(".turn")).to_have_attribute("data-state", "answered")


def test_an_answer_that_can_not_be_rendered_is_a_failed_turn(
    opened: Page, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        unfit = cast("Answer", object())  # what no rendering knows
        patched.setattr("ui.web.state.exchange.name_pages", lambda *_: {})
        patched.setattr(served.assistant, "stream", lambda *_, **__: iter([Update("answering", "", unfit)]))
        expect(ask(opened, KEEPER).locator(".fault .what")).to_contain_text("Something failed")
    opened.get_by_role("button", name="Ask again").click()
    expect(opened.locator(".turn")).to_have_attribute("data-state", "answered")
    expect(opened.locator(".turn")).to_have_count(1)


@pytest.mark.slow
def test_a_conversation_that_the_server_has_forgotten_offers_to_reload(browser: Browser, served: Served) -> None:
    with visit(browser) as page:
        page.goto(served.address)
        ask(page, KEEPER)
        holder = served.app.routes[-1].app.state_holder  # type: ignore[attr-defined]
        holder.session_data.clear()
        page.locator("#box textarea").fill(FILTER)
        page.locator("#box textarea").press("Enter")
        lost = page.locator("#lost .turn")
        expect(lost.locator(".fault .what")).to_contain_text("Pincite was started again")
        expect(page.locator("#current .answer")).to_contain_text("Marta Quill")
        lost.get_by_role("button", name="Reload the page").click()
        expect(page.locator(".welcome")).to_be_visible()


@pytest.mark.slow
def test_models_that_can_not_be_loaded_fail_a_question_at_once_and_are_said_above_the_box(
    session: Page, working: Served, tmp_path: Path
) -> None:
    (tmp_path / "model").mkdir()
    working.assistant.library.encoder = Encoder(str(tmp_path / "model"))
    expect(ask(session, KEEPER).locator(".fault .what")).to_contain_text("name a folder")
    expect(session.locator("#notice p")).to_contain_text("name a folder")
    expect(session.locator("#overview .note")).to_have_count(0)


def test_one_question_is_asked_at_a_time(opened: Page) -> None:
    opened.locator("#box textarea").fill(KEEPER)
    opened.evaluate("() => { for (const _ of [1, 2, 3]) document.getElementById('send').click(); }")
    opened.keyboard.press("Enter")
    expect(opened.locator(".turn")).to_have_attribute("data-state", "answered")
    opened.wait_for_timeout(500)
    expect(opened.locator(".turn")).to_have_count(1)


def test_a_follow_up_is_asked_with_the_conversation(
    opened: Page, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    histories = []
    stream = served.assistant.stream

    def listen(question: str, history: Sequence[Turn] = (), **scope: Sequence[str]) -> Iterator[Update]:
        histories.append(tuple(history))
        return stream(question, history, **scope)

    monkeypatch.setattr(served.assistant, "stream", listen)
    ask(opened, KEEPER)
    ask(opened, FILTER)
    assert histories[0] == ()
    assert [turn.question for turn in histories[1]] == [KEEPER]
    assert "Marta Quill" in histories[1][0].answer


@pytest.fixture
def session(browser: Browser, working: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A new browser session on the page of a library that is being indexed, at the library."""
    with visit(browser, viewport=getattr(request, "param", DESKTOP), color_scheme="dark") as page:
        page.goto(working.address)
        expect(page.locator("#overview .counts")).to_be_attached()
        if page.viewport_size == PHONE:
            page.locator("#unfold").click()
        yield page


@pytest.mark.parametrize("session", [DESKTOP, PHONE], indirect=True)
@pytest.mark.slow
def test_indexing_is_shown_and_stopped_and_goes_on(session: Page, working: Served, encoder: GatedEncoder) -> None:
    library, upper = working.assistant.library, session.locator("#overview")
    encoder.free = 1
    working.indexing.start([working.folder])
    expect(upper.locator(".stage")).to_have_text("Embedding")
    expect(upper.locator(".progress")).to_contain_text(re.compile(r"128.of.320.passages · [\d,]+/s · about.\d+.s.left"))
    assert upper.locator("progress").get_attribute("value") == "40"
    assert not session.evaluate(CONTRAST)
    session.get_by_role("button", name="Stop indexing").click()
    expect(upper.locator(".stage")).to_have_text("Stopping after these passages")
    expect(session.get_by_role("button", name="Stop indexing")).to_have_count(0)
    encoder.go_on.set()
    expect(upper.locator(".note")).to_contain_text("Stopped: 256 of 320 passages embedded.")
    expect(upper.locator(".note")).to_contain_text("64 passages are found by their words only")
    assert library.counts().embedded == 256
    assert not session.evaluate(CONTRAST)
    assert upper.evaluate(
        "e => [...e.querySelectorAll('*')].every((e) => e.scrollWidth <= Math.max(1, e.clientWidth) || "
        "getComputedStyle(e).display === 'inline')"
    )
    session.reload()
    expect(upper.locator(".note")).to_contain_text("Stopped: 256 of 320 passages embedded.")
    if session.viewport_size == PHONE:
        session.locator("#unfold").click()
    session.get_by_role("button", name="Go on").click()
    expect(upper.locator(".note")).to_have_count(0)
    expect(upper.locator(".progress")).to_have_count(0)
    assert library.counts().embedded == 320
    assert len(encoder.embedded) == 320


@pytest.mark.slow
def test_a_long_list_is_shown_in_part_and_its_filter_finds_the_rest(
    session: Page, working: Served, encoder: GatedEncoder
) -> None:
    encoder.go_on.set()
    working.indexing.start([working.folder])
    items = session.locator("#listing .documents li")
    expect(items).to_have_count(300)
    expect(session.locator("#listing .rest")).to_contain_text("and 20 more")
    box = session.locator("[data-find]")
    box.press_sequentially("319.txt")
    expect(items).to_have_count(1)
    expect(items).to_contain_text("319")
    (working.folder / "a319.txt").write_text("One more document.", encoding="utf-8")
    working.indexing.start([working.folder])
    expect(items).to_have_count(2)
    expect(box).to_have_value("319.txt")
    expect(box).to_be_focused()
    items.first.locator("button[data-open]").click()
    expect(session.locator("#pane-text .text")).to_contain_text("Document 319 says this.")
    box.fill("")
    expect(items).to_have_count(300)


OPEN = """(where) => {
  const button = Object.assign(document.createElement("button"), {type: "button"});
  Object.assign(button.dataset, where);
  document.getElementById("talk").append(button);
  button.click();
  button.remove();
}"""


@pytest.mark.parametrize("session", [DESKTOP, PHONE], indirect=True)
@pytest.mark.slow
def test_far_down_a_long_document_the_words_are_in_view_and_stay_there_while_more_is_shown(
    session: Page, working: Served, encoder: GatedEncoder
) -> None:
    encoder.go_on.set()
    lines = [f"Line {number} of a very long book says nothing." for number in range(9000)]
    lines[6000] = "The lighthouse of Brim was built by two sisters."
    (working.folder / "book.txt").write_text("\n\n".join(lines), encoding="utf-8")
    working.indexing.start([working.folder / "book.txt"])
    assert working.indexing.wait(60)
    library = working.assistant.library
    entry = next(entry for entry in library.entries() if entry.path.endswith("book.txt"))
    start = library.document(entry.doc_id).text.index(lines[6000])
    session.evaluate(OPEN, {"open": entry.doc_id, "start": start, "end": start + len(lines[6000])})
    mark = session.locator("#pane-text mark.cited")
    expect(mark).to_have_text(lines[6000])
    assert_in_view(session, mark)
    before = mark.bounding_box()
    for name in ("Show what comes before", "Show what comes after"):
        shown = len(session.locator("#pane-text .text").inner_text())
        session.get_by_role("button", name=name).dispatch_event("click")
        session.wait_for_function(f"document.querySelector('#pane-text .text').innerText.length > {shown}")
        session.wait_for_timeout(100)
        assert mark.bounding_box() == before


@pytest.mark.slow
def test_a_question_that_does_not_get_through_can_be_asked_again(browser: Browser, served: Served) -> None:
    with visit(browser, expected=None) as page:  # which tells of each request that does not get through
        page.goto(served.address)
        expect(page.locator("#library .documents li")).to_have_count(5)
        page.route("**/queue/join*", lambda route: route.abort())
        page.locator("#box textarea").fill(KEEPER)
        page.locator("#box textarea").press("Enter")
        turn = page.locator(".turn")
        expect(turn.locator(".question")).to_have_text(KEEPER)
        expect(turn.locator(".fault .what")).to_contain_text("connection to Pincite was lost")
        page.unroute("**/queue/join*")
        turn.get_by_role("button", name="Ask again").click()
        expect(turn).to_have_attribute("data-state", "answered")
        expect(turn).to_have_count(1)


@pytest.mark.slow
def test_a_question_asked_while_the_page_still_opens_is_answered_when_it_has(browser: Browser, served: Served) -> None:
    with visit(browser) as page:
        page.route("**/gradio_api/run/**", lambda _: None)
        page.goto(served.address)
        page.locator("#box textarea").fill(KEEPER)
        page.locator("#box textarea").press("Enter")
        page.wait_for_timeout(2000)  # in which it would be answered, and the answer then wiped away
        expect(page.locator("#box textarea")).to_have_value(KEEPER)
        expect(page.locator(".turn")).to_have_count(0)
        page.unroute("**/gradio_api/run/**")  # which lets go what is held
        expect(page.locator(".turn .answer")).to_contain_text("Marta Quill")
        expect(page.locator("#box textarea")).to_have_value("")
        expect(page.locator(".turn")).to_have_count(1)


@pytest.mark.slow
def test_a_lost_connection_is_said_and_the_conversation_stays_until_a_new_page_is_wanted(
    browser: Browser, served: Served
) -> None:
    with visit(browser, expected=None) as page:  # which tells of each request that does not get through
        page.goto(served.address)
        ask(page, KEEPER)
        page.route("**/gradio_api/**", lambda route: route.abort())
        expect(page.locator("#gone")).to_be_visible(timeout=30_000)
        expect(page.locator(".turn")).to_have_attribute("data-state", "answered")
        page.unroute("**/gradio_api/**")
        page.get_by_role("button", name="Reload the page").click()
        expect(page.locator(".welcome")).to_be_visible(timeout=30_000)
        expect(page.locator("#gone")).to_be_hidden()


def test_what_is_kept_of_a_session_is_its_conversation_and_not_what_its_page_showed(
    browser: Browser, served: Served
) -> None:
    gradio = next(route.app for route in served.app.routes if hasattr(getattr(route, "app", None), "state_holder"))
    with visit(browser) as page:
        page.goto(served.address)
        for question in (KEEPER, FILTER, KEEPER):
            ask(page, question)
        sessions = list(gradio.state_holder.session_data.values())
    blocks = gradio.get_blocks()
    assert sessions
    for session in sessions:
        assert session.blocks_config.blocks.keys() == blocks.blocks.keys()
        assert session.config_values.keys() <= blocks.blocks.keys()
