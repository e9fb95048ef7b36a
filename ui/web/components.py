"""The page's components, and which event calls what of `page.py`. Nothing here decides anything or makes HTML.

The three parts are columns; what is in them is rendered by the modules of `parts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from ui.languages import phrase
from ui.web.bounds import bound
from ui.web.drawing import DrawnBlocks, drawn, part
from ui.web.page import BUSY_SECONDS, NOTHING, ChatPage
from ui.web.parts.adding import adding, removal, texting
from ui.web.parts.conversation import broken, welcome
from ui.web.parts.documents import documents
from ui.web.parts.frame import foot
from ui.web.parts.health import health
from ui.web.parts.history import menu, seeking
from ui.web.parts.library import head, keys
from ui.web.parts.markup import Html, join
from ui.web.parts.preferences import preferences
from ui.web.parts.private import banner
from ui.web.parts.scope import scope as asked_of
from ui.web.scripts import ASK, CONNECT, DISCARDED, ENDED, FIND, HERE, LOAD, MOVED, SIFT, VISIT
from ui.web.state.kept import View


def build_page(page: ChatPage) -> gr.Blocks:
    """Build the components, and say which event calls what of `page`."""
    blocks = DrawnBlocks(analytics_enabled=False, title="Pincite", fill_width=True, fill_height=True)
    with blocks:
        exchanges: gr.State = gr.State(())
        seen, words, view = gr.State(NOTHING), gr.State(""), gr.State(View())
        timer = gr.Timer(BUSY_SECONDS)
        with gr.Row(elem_id="shell"):
            with gr.Column(elem_id="library"):
                part("head", head)
                activity = part("activity")
                part("seek", seeking)
                talks = part("talks")
                part("adding", adding)
                upper, lower = part("overview"), part("listing")
            part("foot", foot)
            with gr.Column(elem_id="talk"):
                past, current, lost = _conversation(page.examples)
                said = part("notice")
                box, send, halt = _question_box()
            panel = part("source")
            turns, instead = gr.Number(0, visible=False), gr.Number(-1, visible=False)
            here, scope, told = (gr.Textbox(visible=False) for _ in range(3))
        wire = drawn(gr.HTML(elem_id="over", js_on_load=CONNECT, apply_default_css=False), value=_over)

        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        asks, at = [box, exchanges, scope, turns, here, view, instead], [here, exchanges, view]
        opened = [past, current, lost, talks, exchanges]
        _hear_of_questions(page, wire, (box, send, halt), asks, at, opened, **quiet)
        _hear_of_conversations(page, wire, at, opened, told, **quiet)
        blocks.load(page.open, [here, view], opened, js=LOAD, queue=False, **quiet)
        wire.cite(page.open_source, exchanges, panel, queue=False, trigger_mode="multiple", **quiet)
        has, shown = [seen, words], [activity, upper, lower, said, timer, seen]
        quiet["queue"] = False  # Gradio's queue remembers every event for its statistics
        gr.on([blocks.load, timer.tick], page.refresh, has, shown, **quiet)
        _hear_of_library(page, wire, has, shown, told, **quiet)
    bound(blocks)
    return blocks


def _hear_of_questions(
    page: ChatPage,
    wire: gr.HTML,
    pressed: tuple[gr.Textbox, gr.Button, gr.Button],
    asks: list[Any],
    at: list[Any],
    opened: list[Any],
    **quiet: Any,
) -> None:
    """Tie to the page how a question is asked, followed, stopped and left.

    None of it is ended by Gradio's `cancels`: that reaches the server when what was told is done, and ends the next
    question, too, if that has come by then.
    """
    box, send, halt = pressed
    current, exchanges = opened[1], opened[4]
    asked = gr.on(
        [box.submit, send.click],
        page.ask,
        asks,
        opened,
        js=ASK,
        concurrency_limit=None,  # those who wait do so in a line of ours
        trigger_mode="multiple",  # the page sends one at a time; after Stop the next need not wait for what it ends
        **quiet,
    )
    followed = wire.follow(page.follow, at[:2], [current, exchanges], js=HERE, concurrency_limit=None, **quiet)
    asked.then(None, None, None, js=ENDED.format("ask"), queue=False, **quiet)
    followed.then(None, None, None, js=ENDED.format("follow"), queue=False, **quiet)
    halt.click(page.stop, at[:2], [current, exchanges], js=HERE, queue=False, **quiet)
    wire.leave(page.leave, None, None, queue=False, trigger_mode="multiple", **quiet)


def _hear_of_conversations(
    page: ChatPage,
    wire: gr.HTML,
    at: list[Any],
    opened: list[Any],
    told: gr.Textbox,
    **quiet: Any,
) -> None:
    """Tie to the page what is done with a conversation."""
    here, view, talks = at[0], at[2], opened[3]
    begun = wire.fresh(page.fresh, view, opened, queue=False, **quiet)
    wire.update(page.update, at, opened, js=HERE, queue=False, **quiet)
    wire.more(page.talks.more, [here, view], [talks, view], js=HERE, queue=False, **quiet)
    each = {"queue": False, "trigger_mode": "multiple", **quiet}
    wire.earlier(page.earlier, at[1], opened[0], **each)
    wire.remove(page.remove, at, opened, js=HERE, **each)
    wire.rename(page.talks.rename, [here, view], talks, js=HERE, **each)
    wire.pin(page.talks.pin, [here, view], talks, js=HERE, **each)
    last = {"queue": False, "trigger_mode": "always_last", **quiet}  # of what is told, `scripts.py` gives the last
    visited = wire.visit(page.visit, [view, told], opened, js=VISIT, **last)
    for one in (begun, visited):
        one.then(None, None, None, js=MOVED, queue=False, **quiet)
    wire.sift(page.talks.sift, [here, view, told], [talks, view], js=SIFT, **last)


def _hear_of_library(
    page: ChatPage, wire: gr.HTML, has: list[Any], shown: list[Any], told: gr.Textbox, **quiet: Any
) -> None:
    """Tie to the page what is done with the library."""
    wire.find(page.find, [has[0], told], [*shown, has[1]], js=FIND, trigger_mode="always_last", **quiet)
    discarded = wire.discard(page.discard, has, shown, trigger_mode="multiple", **quiet)
    discarded.then(None, None, None, js=DISCARDED, **quiet)
    wire.added(page.refresh, has, shown, trigger_mode="always_last", **quiet)
    wire.again(page.read_again, has, shown, trigger_mode="multiple", **quiet)
    wire.skip(page.skip, has, shown, trigger_mode="multiple", **quiet)
    wire.hide(page.hide_added, has, shown, **quiet)
    wire.halt(page.halt_indexing, has, shown, **quiet)
    wire.resume(page.resume_indexing, has, shown, **quiet)


def _over() -> Html:
    """Render what opens over the page."""
    return join(keys(), menu(), removal(), texting(), broken(), health(), preferences(), documents())


def _conversation(examples: Sequence[str]) -> tuple[gr.HTML, gr.HTML, gr.HTML]:
    with gr.Column(elem_id="scroll"):
        return part("past"), part("current", lambda: welcome(examples)), part("lost")


def _question_box() -> tuple[gr.Textbox, gr.Button, gr.Button]:
    with gr.Column(elem_id="composer"):
        part("private", banner)
        box = gr.Textbox(
            elem_id="box",
            lines=1,
            max_lines=8,
            show_label=False,
            container=False,
            autofocus=True,
        )
        drawn(box, label=lambda: phrase("Question"), placeholder=lambda: phrase("Ask your documents"))
        with gr.Row(elem_id="actions"):
            part("scope", asked_of)
            send = drawn(gr.Button(elem_id="send", min_width=0), value=lambda: phrase("Ask"))
            halt = drawn(gr.Button(elem_id="stop", min_width=0), value=lambda: phrase("Stop"))
    return box, send, halt
