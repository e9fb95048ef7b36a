"""The page: Gradio's components, and which event calls what. It decides nothing about answers and makes no HTML.

The three parts are columns; what is in them is rendered by `render`, `render_library` and `render_source`. The
conversation of a browser session lives in a `gr.State` of that session and nowhere else.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import logging
import os
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import gradio as gr

from index import PinciteError, clean_text
from ui.web.bounds import bound
from ui.web.line import Client, Line
from ui.web.parts.conversation import broken, conversation, exchange, notice, welcome
from ui.web.parts.library import keys, listing, overview
from ui.web.parts.markup import Html, join
from ui.web.parts.source import missing, source
from ui.web.state.exchange import Exchange, Scope, ask, before, fail, lose, stop, wait
from ui.web.state.holdings import HoldingsReader
from ui.web.state.indexing import Indexing
from ui.web.state.source import read_number, read_place, read_text, source_view

if TYPE_CHECKING:
    from index import Entry
    from rag import Assistant

logger = logging.getLogger(__name__)

ALL = ""
LONGEST_QUESTION = 2000
LONGEST_FILTER = 200
SCOPES = 500
BUSY_SECONDS, IDLE_SECONDS = 1.0, 6.0
Exchanges = tuple[Exchange, ...]
Asked = tuple[Any, Any, Any, Any, Exchanges]  # the box, the past turns, the current one, one that is lost, the state
# A digest of the upper piece and the notice, the version of the list, the words of its filter.
Seen = tuple[str, int, str]
Shown = tuple[Any, Any, Any, Any, Any, Seen]  # overview, listing, notice, scope, timer, and what is seen then
NOTHING: Seen = ("", 0, "")
# The scripts that tie the parts to page.js. One part carries the events; Gradio reads their names from its string.
ATTACH = "pincite.attach(element, watch)"
COUNT = "(box, exchanges, scope) => [box, exchanges, scope, pincite.turns()]"
ENDED = "() => pincite.ended()"
CONNECT = """pincite.connect({
  cite: (data) => trigger('cite', data),
  fresh: () => trigger('fresh'),
  find: (data) => trigger('find', data),
  halt: () => trigger('halt'),
  resume: () => trigger('resume'),
})"""


class ChatPage:
    """What the page's events do."""

    def __init__(
        self, assistant: Assistant, indexing: Indexing, *, examples: Sequence[str], line: Line | None = None
    ) -> None:
        self.assistant = assistant
        self.indexing = indexing
        self.examples = tuple(examples)
        self.line = line or Line()
        self._holdings = HoldingsReader(assistant.library)

    async def ask(
        self, typed: str, exchanges: Exchanges, scope: str, turns: float, request: gr.Request
    ) -> AsyncIterator[Asked]:
        """Answer what stands in the box, in its turn. `turns` says how many the page shows, which must be as many."""
        skip = gr.skip()
        question = clean_text(typed).strip()[:LONGEST_QUESTION]
        if not question:
            yield skip, skip, skip, skip, exchanges
            return
        if turns > len(exchanges):
            yield skip, skip, skip, exchange(lose(Exchange(question, Scope())), int(turns)), exchanges
            return
        exchanges = before(exchanges, question)
        box, past, none = "", await anyio.to_thread.run_sync(conversation, exchanges), join()
        try:
            part = await anyio.to_thread.run_sync(self._scope, scope)
            async for current, asked in self._answer(Exchange(question, part), exchanges, _client(request)):
                yield box, past, current, none, (*exchanges, asked)
                box, past, none = skip, skip, skip
        except Exception as error:
            if not isinstance(error, PinciteError):
                logger.exception("a question failed")
            failed = fail(Exchange(question, Scope()), error)
            yield box, past, exchange(failed, len(exchanges)), none, (*exchanges, failed)

    async def _answer(
        self, asked: Exchange, exchanges: Exchanges, client: Client
    ) -> AsyncIterator[tuple[Html, Exchange]]:
        """Yield the current turn and what it was made from, at once and whenever there is more of it."""
        steps = ask(self.assistant, asked.question, earlier=exchanges, scope=asked.scope)
        beat, last = 0, asked
        taken = self.line.take(steps, client=client, waiting=lambda ahead: wait(asked, ahead))
        async with contextlib.aclosing(taken):
            async for step in taken:
                beat += step is last  # nothing new but that the line is alive, which page.js must see
                last = step
                yield exchange(step, len(exchanges), beat=beat), step

    def stop(self, exchanges: Exchanges) -> tuple[Html, Exchanges]:
        """Say that the answer was stopped; what it has so far stays."""
        exchanges = stop(exchanges)
        return (exchange(exchanges[-1], len(exchanges) - 1) if exchanges else welcome(self.examples)), exchanges

    def fresh(self) -> tuple[Html, Html, Html, Exchanges]:
        """Begin a new conversation."""
        return join(), welcome(self.examples), join(), ()

    def open_source(self, exchanges: Exchanges, event: gr.EventData) -> Html:
        """Show the place that was clicked, or why it can't be shown."""
        try:
            place = read_place(event._data)
            return source(source_view(self.assistant.library, place, exchanges=exchanges))
        except PinciteError as error:
            return missing(str(error), serial=read_number(event._data, "serial"))

    def refresh(self, seen: Seen, scope: str, words: str) -> Shown:
        """Bring the library's part and the notice up to date; `seen` is what the browser has of them."""
        state, loading = self.indexing.state, self.assistant.state.stage == "loading"
        held = self._holdings.read(state)
        upper, said = overview(held.counts, state, loading=loading), notice(self.assistant.warning)
        digest = hashlib.sha256(join(upper, said).encode()).hexdigest()
        now: Seen = (digest, held.version, words)
        lower = listing(held.entries, words) if now[1:] != seen[1:] else gr.skip()
        choices = _scope_box(held.entries, scope) if held.version != seen[1] else gr.skip()
        if digest == seen[0]:
            return gr.skip(), lower, gr.skip(), choices, gr.skip(), now
        return upper, lower, said, choices, gr.Timer(BUSY_SECONDS if state.running or loading else IDLE_SECONDS), now

    def find(self, seen: Seen, scope: str, event: gr.EventData) -> tuple[Any, ...]:
        """List the documents that fit the words in the filter."""
        words = read_text(event._data, "words")[:LONGEST_FILTER]
        return *self.refresh(seen, scope, words), words

    def halt_indexing(self, seen: Seen, scope: str, words: str) -> Shown:
        """Stop the indexing after the file or batch in work."""
        self.indexing.stop()
        return self.refresh(seen, scope, words)

    def resume_indexing(self, seen: Seen, scope: str, words: str) -> Shown:
        """Let the indexing go on where it was stopped, or failed."""
        self.indexing.go_on()
        return self.refresh(seen, scope, words)

    def _scope(self, value: str) -> Scope:
        """Read the scope that was chosen; one that is gone since holds no document, and is still not all of them."""
        kind, _, name = value.partition(":")
        if kind == "folder":
            return Scope(PurePath(name).name, folders=(name,))
        if kind != "document":
            return Scope()
        try:
            title = self.assistant.library.document(name).title
        except PinciteError:
            title = "a document that is gone"
        return Scope(title, documents=(name,))


def _client(request: gr.Request) -> Client:
    """Tell who asks; whoever is at this machine has no address, since all have the same."""
    host = request.client.host if request.client else ""
    session = str(request.session_hash)
    try:
        return Client(session, "" if ipaddress.ip_address(host).is_loopback else host)
    except ValueError:  # a socket without addresses
        return Client(session)


def scope_choices(entries: Sequence[Entry]) -> list[tuple[str, str]]:
    """Return what can be asked, as (label, value): everything, each folder or archive in it, each document."""
    readable = [entry for entry in entries if entry.state != "rejected"][:SCOPES]
    titles = Counter(entry.title for entry in readable)
    folders = Counter(str(PurePath(entry.path).parent) for entry in readable)
    choices = [("All documents", ALL)]
    if len(folders) > 1:
        common = os.path.commonpath(list(folders))
        named = {folder: os.path.relpath(folder, common) for folder in sorted(folders)}
        holders = {entry.path for entry in readable}  # archives and mails, whose files are in no real folder
        choices += [
            (f"{'In' if _is_within(folder, holders) else 'Folder'} {name}", f"folder:{folder}")
            for folder, name in named.items()
            if name != os.curdir
        ]
    for entry in readable:
        name = PurePath(entry.path).name
        label = entry.title if entry.title and titles[entry.title] == 1 else f"{entry.title or name} ({name})"
        choices.append((label, f"document:{entry.doc_id}"))
    return choices


def _is_within(folder: str, holders: Collection[str]) -> bool:
    return any(str(path) in holders for path in (PurePath(folder), *PurePath(folder).parents))


def _scope_box(entries: Sequence[Entry], chosen: str) -> gr.Dropdown:
    choices = scope_choices(entries)
    return gr.Dropdown(choices=choices, value=chosen if any(chosen == value for _, value in choices) else ALL)


def build_page(assistant: Assistant, indexing: Indexing, *, examples: Sequence[str]) -> gr.Blocks:
    """Build the page for one assistant."""
    page = ChatPage(assistant, indexing, examples=examples)
    blocks = gr.Blocks(analytics_enabled=False, title="Pincite", fill_width=True, fill_height=True)
    with blocks:
        exchanges: gr.State = gr.State(())
        seen, words = gr.State(NOTHING), gr.State("")
        timer = gr.Timer(BUSY_SECONDS)
        with gr.Row(elem_id="shell"):
            with gr.Column(elem_id="library"):
                upper, lower = _part("overview"), _part("listing")
            with gr.Column(elem_id="talk"):
                with gr.Column(elem_id="scroll"):
                    past, current = _part("past"), _part("current", value=welcome(examples))
                    lost = _part("lost")
                said = _part("notice")
                box, scope, send, halt = _question_box()
            panel = _part("source")
            turns = gr.Number(0, visible=False)
        wire = gr.HTML(join(keys(), broken()), elem_id="over", js_on_load=CONNECT, apply_default_css=False)

        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        asked = gr.on(
            [box.submit, send.click],
            page.ask,
            [box, exchanges, scope, turns],
            [box, past, current, lost, exchanges],
            js=COUNT,
            concurrency_limit=None,  # those who wait do so in a line of ours
            trigger_mode="multiple",  # page.js sends one at a time; after Stop the next need not wait for what it ends
            **quiet,
        )
        asked.then(None, None, None, js=ENDED, queue=False, **quiet)
        halt.click(page.stop, exchanges, [current, exchanges], cancels=[asked], queue=False, **quiet)
        wire.fresh(page.fresh, None, [past, current, lost, exchanges], cancels=[asked], queue=False, **quiet)
        wire.cite(page.open_source, exchanges, panel, queue=False, trigger_mode="multiple", **quiet)
        has, shown = [seen, scope, words], [upper, lower, said, scope, timer, seen]
        quiet["queue"] = False  # Gradio's queue remembers every event for its statistics
        gr.on([blocks.load, timer.tick], page.refresh, has, shown, **quiet)
        wire.find(page.find, [seen, scope], [*shown, words], trigger_mode="always_last", **quiet)
        wire.halt(page.halt_indexing, has, shown, **quiet)
        wire.resume(page.resume_indexing, has, shown, **quiet)
    bound(blocks)
    return blocks


def _part(name: str, *, value: str = "") -> gr.HTML:
    return gr.HTML(value, elem_id=name, js_on_load=ATTACH, apply_default_css=False)


def _question_box() -> tuple[gr.Textbox, gr.Dropdown, gr.Button, gr.Button]:
    with gr.Column(elem_id="composer"):
        box = gr.Textbox(
            elem_id="box",
            label="Question",
            placeholder="Ask your documents",
            lines=1,
            max_lines=8,
            max_length=LONGEST_QUESTION,
            show_label=False,
            container=False,
            autofocus=True,
        )
        with gr.Row(elem_id="actions"):
            scope = gr.Dropdown(
                [("All documents", ALL)],
                value=ALL,
                elem_id="scope",
                label="Ask of",
                show_label=False,
                container=False,
                min_width=120,
            )
            send = gr.Button("Ask", elem_id="send", min_width=0)
            halt = gr.Button("Stop", elem_id="stop", min_width=0)
    return box, scope, send, halt
