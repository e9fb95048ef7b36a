"""The page in a real browser, over the real server, library and models: questions, answers, and the words they cite."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pytest
from browsing import CONTRAST, DESKTOP, MARKS, PHONE, ask, assert_in_view, quoted, visit
from playwright.sync_api import Browser, Page, expect

from rag import Answer, Assistant, Citation, Sentence, ShortAnswer, Turn, Update

if TYPE_CHECKING:
    from conftest import Served

KEEPER = "Who keeps the lighthouse?"
FILTER = "How often must the filter of the kettle be changed?"
PASSWORD = "What is the password of the robot Zebulon?"
WARNING = "the reader in /somewhere/rag/reader can't be used (reader.bin is damaged): reinstall Pincite"
UNANSWERABLE = "Is the lighthouse of the harbour painted red?"  # half of its words are there

pytestmark = MARKS


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
    opened.set_viewport_size({"width": 1280, "height": 400})
    opened.keyboard.press("?")
    expect(opened.locator("#keys kbd").first).to_be_in_viewport()
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
