"""A language model's words on the page: below the documents' own, each sentence with what the check says of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from browsing import CONTRAST, MARKS, quoted, visit
from exchanges import an_answered
from playwright.sync_api import Browser, expect
from scripted import MODEL, Reply, Sleep, Step, scripted

from index import Conversations
from rag import Assistant, CheckedSentence, Group, ModelServer, Written
from ui.text import copy_text
from ui.web.parts.conversation import conversation
from ui.web.parts.export import to_html, to_json, to_markdown
from ui.web.state import exchange
from ui.web.state.exchange import CUT_SHORT, Exchange, Scope, stop
from ui.web.state.kept import from_json
from ui.web.state.kept import to_json as kept_json

if TYPE_CHECKING:
    from conftest import Served

KEEPER = "Who keeps the lighthouse?"
GOOD = "The lighthouse is kept by Marta Quill."
MADE_UP = "It has a green door."
STEPS: tuple[Step, ...] = (f"{GOOD} ", Sleep(0.6), f"{MADE_UP} ", Sleep(0.6), "She came to the harbour in 1987.")


HOSTILE = "<img src=x onerror='alert(1)'>\"${alert(2)}{{constructor}}</script><script>&lt;"


class Reader(HTMLParser):
    """Reads HTML as a browser would: the elements, their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def claims(text: str = "It was so") -> tuple[CheckedSentence, ...]:
    return (
        CheckedSentence(f"{text} 1.", 0, 1, "supported", 0.9, (1,)),
        CheckedSentence(f"{text} 2.", 0, 1, "partly", 0.5, (2,), f"{text}: a part"),
        CheckedSentence(f"{text} 3.", 0, 1, "unsupported", 0.1, (), f"{text}: nothing"),
        CheckedSentence(f"{text} 4.", 0, 1, "contradicted", 0.1, (1,), f"{text}: otherwise"),
    )


def with_written(written: Written, **changes: Any) -> Exchange:
    asked = an_answered()
    assert asked.answer
    return replace(asked, answer=replace(asked.answer, written=written), **changes)


def section(asked: Exchange) -> str:
    """Return the HTML of a model's words."""
    return re.findall(r'<section class="written".*?</section>', conversation([asked]))[0]


DONE = Written(claims(), model="llama", note="it read 8 passages", state="done")


def test_the_documents_words_stand_first_then_the_models_and_then_the_sources() -> None:
    html = conversation([with_written(DONE)])
    places = [html.index(f'class="{name}"') for name in ("answer", "differing", "verdict", "written", "cards")]
    assert places == sorted(places)
    assert "· 2 sources ·" in html


def test_a_person_may_have_the_models_words_first() -> None:
    html = conversation([with_written(replace(DONE, leads=True))])
    places = [html.index(f'class="{name}"') for name in ("written", "answer", "differing", "verdict", "cards")]
    assert places == sorted(places)


GROUPED = replace(DONE, groups=(Group(0, f"A {HOSTILE}"), Group(2, "B")), steps=(f"searched for “{HOSTILE}”",))


def test_what_stands_together_has_its_title_and_each_search_is_told() -> None:
    html = section(with_written(GROUPED))
    read = Reader(html)
    assert re.findall(r'<h4 dir="auto">(.*?)</h4>', html)[1] == "B"
    assert len(re.findall('<p class="claims" dir="auto">', html)) == 2
    assert f"Searched for “{HOSTILE}”" in read.text
    assert html.index("<ol") < html.index("<h4")
    places = [read.text.index(words) for words in ("It was so 1.", "It was so 2.", "It was so 3.")]
    assert places[1] < read.text.index("B", places[1]) < places[2]
    assert read.names <= {"section", "h3", "h4", "ol", "li", "p", "span", "button", "sup"}


def test_a_comparison_is_a_table_with_a_row_for_each_side_and_cited_cells() -> None:
    html = section(with_written(replace(GROUPED, kind="comparison", steps=())))
    rows = re.findall(r'<tr><th scope="row" dir="auto">(.*?)</th><td dir="auto">(.*?)</td></tr>', html)
    assert [Reader(name).text for name, _ in rows] == [f"A {HOSTILE}", "B"]
    assert ["It was so 2." in Reader(cell).text for _, cell in rows] == [True, False]
    assert 'class="cite"' in rows[0][1]
    assert "<h4" not in html


def test_groups_and_searches_are_kept_copied_exported_and_in_json() -> None:
    asked = with_written(replace(GROUPED, kind="comparison"))
    assert from_json(kept_json(asked)) == asked
    assert asked.answer
    lines = copy_text(asked.answer).split("\n")
    assert lines.index("B:") == lines.index("✓ It was so 1. [1]") + 2
    assert any(line.startswith("- searched for") for line in lines)
    assert "B" in to_markdown("All", [asked])
    (turn,) = json.loads(to_json("All", [asked]))["turns"]
    assert (turn["written"]["kind"], turn["written"]["groups"][1]) == ("comparison", {"first": 2, "title": "B"})
    assert turn["written"]["steps"] == list(GROUPED.steps)


def test_an_answer_that_was_kept_before_there_were_groups_is_read() -> None:
    row = json.loads(kept_json(with_written(DONE)))
    for name in ("groups", "steps", "kind", "leads"):
        del row["answer"]["written"][name]
    assert from_json(json.dumps(row)) == with_written(DONE)


def test_each_verdict_is_said_in_words_and_why_to_those_who_do_not_see_it() -> None:
    html = section(with_written(DONE))
    text = Reader(html).text
    assert "partly in your documents: It was so: a part" in text
    assert "not in your documents: It was so: nothing" in text
    assert "your documents say otherwise: It was so: otherwise" in text
    assert re.findall(r'class="claim( \w+)?"', html) == ["", " partly", " unsupported", " contradicted"]
    assert re.findall(r'class="finding" title="([^"]*)"', html) == [one.why for one in claims()[1:]]
    assert text.startswith("In llama’s words, checked")
    assert text.endswith("1 of 4 sentences supported · It read 8 passages")


def test_the_numbers_of_a_sentence_open_its_sources() -> None:
    html = section(with_written(DONE))
    opened = re.findall(r'class="cite".*?data-open="(\w+)".*?>(\d)</button>', html)
    assert opened == [
        ("d1", "1"),
        ("d2", "2"),
        ("d1", "1"),
    ]
    assert html.index("your documents say otherwise") < html.rindex('class="cite"')


def test_without_marks_the_count_stays() -> None:
    html = section(with_written(replace(DONE, marked=False, hidden=1)))
    assert "finding" not in html
    assert "partly" not in html
    assert "1 of 5 sentences supported" in html


@pytest.mark.parametrize("state", ["asking", "answered", "stopped", "failed"])
def test_what_a_model_writes_is_escaped(state: Any) -> None:
    given = Written(claims(HOSTILE), HOSTILE, HOSTILE, HOSTILE, "writing" if state == "asking" else "done")
    read = Reader(conversation([with_written(given, state=state, stage=HOSTILE)]))
    plain = Written(claims("x"), "x", "x", "x", given.state)
    harmless = Reader(conversation([with_written(plain, state=state, stage="x")]))
    assert (read.names, read.attributes) == (harmless.names, harmless.attributes)
    assert state == "stopped" or f"{HOSTILE} 1." in read.text


def test_the_draft_is_told_from_what_is_checked_and_goes_with_the_writing() -> None:
    writing = Written(claims()[:1], "It has a", "llama")
    html = section(with_written(writing, state="asking", stage="llama is writing"))
    assert "It has a (not checked yet)" in Reader(html).text
    assert "1 of 1 sentence supported · llama is writing" in Reader(html).text
    assert "It has a" not in conversation([with_written(writing)])


def test_of_a_server_that_failed_there_is_one_line_and_the_answer_stays() -> None:
    html = conversation([with_written(Written(model="", note="no server answers at <x>: start it", state="failed"))])
    assert '<p class="unwritten">No server answers at &lt;x&gt;: start it</p>' in html
    assert 'class="written"' not in html
    assert 'class="fault"' not in html
    assert "Built in" in html


def test_a_stop_ends_the_models_words_and_keeps_what_there_is() -> None:
    (stopped,) = stop([with_written(Written(claims(), "It has", "llama", "it read 8 passages"), state="asking")])
    assert stopped.state == "answered"
    assert stopped.answer
    assert stopped.answer.written == replace(DONE, note=f"it read 8 passages; {CUT_SHORT}", state="stopped")
    assert stopped.answer.sentences == an_answered().answer.sentences  # type: ignore[union-attr]
    assert from_json(kept_json(stopped)) == stopped


def test_it_is_copied_and_exported_with_what_the_check_says() -> None:
    asked = with_written(DONE)
    assert asked.answer
    copied = copy_text(asked.answer)
    assert "In llama’s words, checked:\n✓ It was so 1. [1]\n" in copied
    assert "✗ It was so 4. [1] (It was so: otherwise)\n1 of 4 sentences supported (llama)" in copied
    for text in (to_markdown("All", [asked]), to_html("All", [asked])):
        assert "In llama’s words, checked" in text
        assert "It was so 3. (not in your documents: It was so: nothing)" in text
        assert "1 of 4 sentences supported; it read 8 passages" in text
    (turn,) = json.loads(to_json("All", [asked]))["turns"]
    assert [one["verdict"] for one in turn["written"]["sentences"]] == [one.verdict for one in claims()]


def test_steps_that_come_sooner_than_anyone_sees_are_left_out_and_who_leaves_stops_the_server(served: Served) -> None:
    with scripted(Reply([*[f"{word} " for word in GOOD.split()], f"{MADE_UP} ", Sleep(60)])) as server:
        assistant = Assistant(served.assistant.library, server=ModelServer(server.address))
        seen = []
        steps = exchange.ask(assistant, KEEPER, earlier=(), scope=Scope())
        for step in steps:
            seen.append(step)
            if step.answer and step.answer.written and step.answer.written.sentences:
                break
        steps.close()
        assert server.left.wait(60)
    first = next(one for one in seen if one.answer and one.answer.written)
    assert first.found
    assert first.around
    (kept,) = stop(seen[-1:])
    assert kept.answer
    assert kept.answer.written
    assert kept.answer.written.sentences[0].text == GOOD


@MARKS[0]
@MARKS[1]
@MARKS[2]
def test_a_models_words_come_below_the_answer_are_checked_cited_stopped_and_kept(
    browser: Browser, served: Served, serve: Any, kept: Conversations
) -> None:
    with scripted(Reply(STEPS), Reply([f"{GOOD} {MADE_UP[:5]}", Sleep(600)])) as server:
        assistant = Assistant(served.assistant.library, server=ModelServer(server.address))
        with serve(assistant, served.indexing, served.folder, kept) as running, visit(browser) as page:
            page.goto(running.address)
            page.locator("#box textarea").fill(KEEPER)
            page.locator("#box textarea").press("Enter")
            turn = page.locator(".turn").first
            expect(turn.locator(".written .claim").first).to_be_visible()
            expect(turn).to_have_attribute("data-state", "asking")
            expect(turn.locator(".answer").first).to_contain_text("Marta Quill")
            expect(turn).to_have_attribute("data-state", "answered")
            expect(turn.locator(".written .claim")).to_have_count(3)
            expect(turn.locator(".written .unsupported")).to_contain_text("not in your documents")
            expect(turn.locator(".written .counted")).to_contain_text("2 of 3 sentences supported")
            turn.locator(".written .cite").first.click()
            expect(page.locator("#pane-text mark.cited").first).to_be_attached()
            assert "kept by Marta Quill" in quoted(page)
            page.keyboard.press("Escape")
            page.reload()
            expect(page.locator(".turn .written .claim")).to_have_count(3)
            expect(page.locator(".turn .written h3")).to_have_text(f"In {MODEL}’s words, checked")
            assert page.evaluate(CONTRAST) == []

            page.locator("#box textarea").fill("When did Marta Quill come to the harbour?")
            page.locator("#box textarea").press("Enter")
            second = page.locator(".turn").nth(1)
            expect(second.locator(".written .claim")).to_have_count(1)
            page.locator("#stop").click()
            expect(second).to_have_attribute("data-state", "answered")
            expect(second.locator(".written .counted")).to_contain_text("Stopped before its end")
            assert server.left.wait(60)
            page.reload()
            expect(page.locator(".turn").nth(1).locator(".written .claim")).to_have_count(1)
