"""What the page's events do: it decides nothing about answers and makes no HTML.

The conversation of a browser session lives in a `gr.State` of that session, and in the home folder if conversations
are kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import gradio as gr

from index import PinciteError, clean_text
from ui.languages import choose, speak
from ui.web.line import Client, Line
from ui.web.parts.conversation import after_unseen, conversation, exchange, notice, welcome
from ui.web.parts.library import activity, listing, overview
from ui.web.parts.markup import Html, join
from ui.web.parts.source import missing, source
from ui.web.routes.documents import LONGEST_PATH
from ui.web.running import Run, Running
from ui.web.state.exchange import Exchange, Scope, ask, before, fail, lose, stop, wait
from ui.web.state.holdings import HoldingsReader
from ui.web.state.indexing import Indexing
from ui.web.state.kept import Keeper, View
from ui.web.state.scopes import read_scope
from ui.web.state.shelf import Shelf
from ui.web.state.source import read_number, read_source_request, read_text, source_view
from ui.web.talks import Talks

if TYPE_CHECKING:
    from rag import Assistant

logger = logging.getLogger(__name__)

LONGEST_FILTER = 200
BUSY_SECONDS, IDLE_SECONDS = 1.0, 6.0
QUIET_SECONDS = 5.0  # in which steps that look the same are not sent
Exchanges = tuple[Exchange, ...]
Asked = tuple[Any, Any, Any, Any, Any]  # past turns, the current one, a lost one, history, state
Opened = tuple[Html, Html, Html, Html, Exchanges]  # past turns, the current one, none that is lost, history, state
# A digest of the upper pieces and the notice, the version of the list, the words of its filter.
Seen = tuple[str, int, str]
Shown = tuple[Any, Any, Any, Any, Any, Seen]  # activity, overview, listing, notice, timer, and what is seen then
NOTHING: Seen = ("", 0, "")


class ChatPage:
    """What the page's events do."""

    def __init__(
        self,
        assistant: Assistant,
        indexing: Indexing,
        shelf: Shelf,
        holdings: HoldingsReader,
        *,
        examples: Sequence[str],
        line: Line,
        keeper: Keeper,
        speaks: Callable[[str], str] = choose,
    ) -> None:
        self.assistant = assistant
        self.indexing = indexing
        self.examples = tuple(examples)
        self.line = line
        self._keeper = keeper
        self._speaks = speaks
        self.talks = Talks(self._keeper)
        self.running = Running(self._keeper.save)
        # By the browser session of the page: the question that it has sent, and then what is being answered in it.
        self._sent: dict[str, Exchange] = {}
        self._followed: dict[str, Run] = {}
        self._holdings = holdings
        self._shelf = shelf

    async def ask(
        self,
        typed: str,
        exchanges: Exchanges,
        scope: str,
        turns: float,
        here: str,
        view: View,
        instead: float,
        request: gr.Request,
    ) -> AsyncIterator[Asked]:
        """Answer what was typed, in its turn. `turns` says how many the page shows, which must be as many.

        `here` is the conversation that it shows, "" if it is a new one, `PRIVATE` if it is to be kept nowhere. The
        question takes the place of turn `instead`, and of all after it, where that is one; not of what was asked in
        another tab meanwhile, which the person hasn't seen: then it comes after that.
        """
        self._listen(request)
        skip, run = gr.skip(), anyio.to_thread.run_sync
        question = clean_text(typed).strip()
        if not question:
            yield skip, skip, skip, skip, skip
            return
        if turns > len(exchanges):
            yield skip, skip, exchange(lose(Exchange(question, Scope())), int(turns)), skip, exchanges
            return
        known = await run(self._keeper.catch_up, here, exchanges)
        unseen, edited = known is not exchanges, instead >= 0
        none = after_unseen() if unseen and edited else join()
        exchanges = before(known[: int(instead)] if edited and not unseen else known, question)
        session, blank = str(request.session_hash), Exchange(question, Scope())
        here, list_ = await run(self._begin, here, blank, len(exchanges), view, session)
        # The page has what went before, but where that is cut short, or went on in another tab.
        past = await run(conversation, exchanges) if unseen or edited else skip
        try:
            asked = Exchange(question, await run(read_scope, self.assistant.library, scope))
            if self._sent.get(session) is not blank:  # its conversation was left meanwhile
                await run(self._keeper.save, here, stop([asked])[0], len(exchanges))
                yield skip, skip, skip, skip, skip
                return
            answering = self._start(here, asked, exchanges, request)
            async for current, step in self._follow(answering, session):
                yield past, current, none, list_, (*exchanges, step)
                past, none, list_ = skip, skip, skip
        except Exception as error:
            if not isinstance(error, PinciteError):
                logger.exception("a question failed")
            failed = fail(blank, error)
            await run(self._keeper.save, here, failed, len(exchanges))
            yield past, exchange(failed, len(exchanges)), none, list_, (*exchanges, failed)

    async def follow(
        self, here: str, exchanges: Exchanges, request: gr.Request
    ) -> AsyncIterator[tuple[Html, Exchanges]]:
        """Go on showing what was being answered when the page was left, or in another tab; or say what has come of it.

        What is kept nowhere is known here only: if it isn't being answered any more, it was stopped.
        """
        self._listen(request)
        run = self.running.find(here)
        if run is not None:
            with contextlib.suppress(Exception):  # which is kept as what came of the question
                async for current, asked in self._follow(run, str(request.session_hash)):
                    yield current, (*exchanges[: run.number], asked)
        exchanges = await anyio.to_thread.run_sync(self._keeper.read, here) or stop(exchanges)
        if exchanges:
            yield exchange(exchanges[-1], len(exchanges) - 1), exchanges

    async def _follow(self, run: Run, session: str) -> AsyncGenerator[tuple[Html, Exchange], None]:
        """Yield the turn as `_rendered` does. What is kept nowhere ends with the page that asked."""
        self._followed[session] = run
        try:
            async with contextlib.aclosing(_rendered(run.follow(), run.number)) as steps:
                async for step in steps:
                    yield step
        finally:
            if self._followed.get(session) is run:
                del self._followed[session]
            if not run.keep and self.running.find(session) is run:
                self.running.stop(session)

    def _listen(self, request: gr.Request) -> None:
        """Speak the language of who asks: what Gradio's queue runs is not run in the request that asked for it."""
        speak(self._speaks(request.headers.get("accept-language", "")))

    def _begin(self, here: str, asked: Exchange, number: int, view: View, session: str) -> tuple[str, Any]:
        """Keep a question that is about to be answered; return its conversation, and the list if that changes."""
        self._sent[session] = asked
        self.running.stop(here or session)
        return self.talks.begin(here, asked, number, view)

    def _start(self, here: str, asked: Exchange, exchanges: Exchanges, request: gr.Request) -> Run:
        """Begin to answer a question, in its turn."""
        session, client = str(request.session_hash), _client(request)
        self._sent.pop(session, None)
        made = ask(self.assistant, asked.question, earlier=exchanges, scope=asked.scope)
        steps = self.line.take(made, client=client, waiting=lambda ahead: wait(asked, ahead))
        return self.running.start(here or session, asked, len(exchanges), steps, keep=bool(here))

    def stop(self, here: str, exchanges: Exchanges, request: gr.Request) -> tuple[Any, Any]:
        """End the answer that is being made; what it has so far stays. A page that follows it hears so from there."""
        if self._leave(request):
            return gr.skip(), gr.skip()
        run = self.running.find(here)
        if run is not None:
            exchanges = (*exchanges[: run.number], self._end(run))
        stopped = stop(exchanges)
        if not stopped:
            return welcome(self.examples), stopped
        return exchange(stopped[-1], len(stopped) - 1), stopped

    def leave(self, request: gr.Request) -> None:
        """End what is being answered in this page, before it shows another conversation."""
        self._leave(request)

    def _leave(self, request: gr.Request) -> bool:
        """End what is being answered in this page; tell whether there was any."""
        session = str(request.session_hash)
        self._sent.pop(session, None)
        run = self._followed.get(session)
        if run is not None:
            self._end(run)
        return run is not None

    def _end(self, run: Run) -> Exchange:
        """Stop and keep what is being answered, as far as it is, and return it."""
        if self.running.stop(run.here) is run and run.keep:
            self._keeper.save(run.here, run.last, run.number)
        return run.last

    def fresh(self, view: View) -> Opened:
        """Begin a new conversation."""
        return self.open("", view)

    def open(self, here: str, view: View) -> Opened:
        """Show a conversation that is kept, or a new one if there is none (any more)."""
        exchanges, run = self._keeper.read(here), self.running.find(here)
        if run is not None:
            exchanges = (*exchanges[: run.number], run.last)
        current = welcome(self.examples)
        if exchanges:
            current = exchange(exchanges[-1], len(exchanges) - 1, resumed=run is not None)
        listed = self.talks.show(here if exchanges else "", view)
        return conversation(exchanges[:-1]), current, join(), listed, exchanges

    def update(self, here: str, exchanges: Exchanges, view: View) -> tuple[Any, ...]:
        """Show what was asked in another tab of this conversation since, and what has become of the others."""
        if self._keeper.catch_up(here, exchanges) is not exchanges:
            return self.open(here, view)
        return gr.skip(), gr.skip(), gr.skip(), self.talks.show(here, view), exchanges

    def earlier(self, exchanges: Exchanges, event: gr.EventData) -> Html:
        """Show turns of a long conversation that came before those which are shown."""
        upto, whole = (read_number(event._data, name) or 0 for name in ("upto", "whole"))
        return conversation(exchanges, upto=upto, whole=bool(whole))

    def visit(self, view: View, chosen: str) -> Opened:
        """Show the conversation that was chosen."""
        return self.open(chosen, view)

    def remove(self, here: str, exchanges: Exchanges, view: View, event: gr.EventData) -> tuple[Any, ...]:
        """Delete a conversation; where it is the one that is shown, a new one begins."""
        gone = read_text(event._data, "id")
        self.running.stop(gone)
        listed = self.talks.remove(here, view, gone)
        if gone == here:
            return self.open("", view)
        return gr.skip(), gr.skip(), gr.skip(), listed, exchanges

    def open_source(self, exchanges: Exchanges, event: gr.EventData) -> Html:
        """Show the place that was clicked, or why it can't be shown."""
        try:
            request = read_source_request(event._data)
            return source(source_view(self.assistant.library, request, exchanges=exchanges))
        except PinciteError as error:
            return missing(str(error), serial=read_number(event._data, "serial"))

    def refresh(self, seen: Seen, words: str) -> Shown:
        """Bring the library's part and the notice up to date; `seen` is what the browser has of them."""
        state, loading = self.indexing.state, self.assistant.state.stage == "loading"
        held = self._holdings.read(state)
        added = self._shelf.added(held.entries)
        said = notice(self.assistant.warning or self._shelf.reading(added))
        going = activity(held.counts, state, added=added)
        upper = overview(held.counts, state, loading=loading, trouble=self._shelf.trouble)
        digest = hashlib.sha256(join(going, upper, said).encode()).hexdigest()
        now: Seen = (digest, held.version, words)
        uploads = str(self.assistant.library.uploads)
        lower = listing(held.entries, words, uploads=uploads) if now[1:] != seen[1:] else gr.skip()
        if digest == seen[0]:
            return gr.skip(), gr.skip(), lower, gr.skip(), gr.skip(), now
        timer = gr.Timer(BUSY_SECONDS if state.running or loading else IDLE_SECONDS)
        return going, upper, lower, said, timer, now

    def find(self, seen: Seen, typed: str) -> tuple[Any, ...]:
        """List the documents that fit the words in the filter."""
        words = clean_text(typed or "")[:LONGEST_FILTER]
        return *self.refresh(seen, words), words

    def discard(self, seen: Seen, words: str, event: gr.EventData) -> Shown:
        """Remove the document that was chosen; what is being answered may still quote it, nothing after that."""
        held = self._holdings.read(self.indexing.state)
        self._shelf.remove([read_text(event._data, "document")], held.entries)
        self._holdings.forget()
        return self.refresh(seen, words)

    def read_again(self, seen: Seen, words: str, event: gr.EventData) -> Shown:
        """Read a document again, or all that could not be read if none is named."""
        entries = self._holdings.read(self.indexing.state).entries
        named = read_text(event._data, "document")
        paths = [named] if named else [entry.path for entry in entries if entry.state == "rejected"]
        self._shelf.read_again(paths, entries)
        return self.refresh(seen, words)

    def skip(self, seen: Seen, words: str, event: gr.EventData) -> Shown:
        """Don't read the file that was chosen, if it still waits."""
        self.indexing.skip(read_text(event._data, "document")[:LONGEST_PATH])
        return self.refresh(seen, words)

    def hide_added(self, seen: Seen, words: str) -> Shown:
        """List no more which files were added."""
        self.indexing.clear_added()
        return self.refresh(seen, words)

    def halt_indexing(self, seen: Seen, words: str) -> Shown:
        """Stop the indexing after the file or batch in work."""
        self.indexing.stop()
        return self.refresh(seen, words)

    def resume_indexing(self, seen: Seen, words: str) -> Shown:
        """Let the indexing go on where it was stopped, or failed."""
        self.indexing.go_on()
        return self.refresh(seen, words)


async def _rendered(steps: AsyncGenerator[Exchange, None], number: int) -> AsyncGenerator[tuple[Html, Exchange], None]:
    """Yield the current turn and what it was made from, at once and whenever there is more of it."""
    beat, last, shown, told = 0, None, join(), 0.0
    async with contextlib.aclosing(steps):
        async for step in steps:
            current, now = exchange(step, number, beat=beat), time.monotonic()
            if current == shown:
                if step is not last and now - told < QUIET_SECONDS:
                    continue
                beat += 1  # nothing new but that the line is alive, which conversation.js must see
                current = exchange(step, number, beat=beat)
            last, shown, told = step, current, now
            yield current, step


def _client(request: gr.Request) -> Client:
    """Tell who asks; whoever is at this machine has no address, since all have the same."""
    host = request.client.host if request.client else ""
    session = str(request.session_hash)
    try:
        return Client(session, "" if ipaddress.ip_address(host).is_loopback else host)
    except ValueError:  # a socket without addresses
        return Client(session)
