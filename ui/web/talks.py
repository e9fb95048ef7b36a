"""The list of conversations: what the page's events do with it. Conversations are opened in `page.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from index import PinciteError, clean_text
from ui.web.parts.history import history
from ui.web.parts.markup import Html
from ui.web.state.exchange import Exchange
from ui.web.state.kept import PRIVATE, Keeper, View, name_of
from ui.web.state.source import read_number, read_text

LONGEST_SEARCH = 200


class Talks:
    """Lists the conversations that are kept. `here` is always the one that the page shows, "" if it is a new one."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    def show(self, here: str, view: View, *, trouble: str = "") -> Html:
        """Render what is to be seen of the list; `trouble` says why what was asked for isn't done."""
        named = self._keeper.name(here)
        return history(self._keeper.newest(view), here, named=named, view=view, trouble=trouble)

    def begin(self, here: str, exchange: Exchange, number: int, view: View) -> tuple[str, Any]:
        """Keep a question that is about to be answered; return its conversation, and the list if that changes."""
        before = self.show("" if here == PRIVATE else here, view)
        here = self._keeper.begin(here, exchange, number)
        after = self.show(here, view)
        return here, gr.skip() if after == before else after

    def rename(self, here: str, view: View, event: gr.EventData) -> Html:
        """Give a conversation the name that was typed."""
        name = name_of(clean_text(read_text(event._data, "name")))
        return self._done(here, view, lambda: self._keeper.rename(read_text(event._data, "id"), name) if name else None)

    def pin(self, here: str, view: View, event: gr.EventData) -> Html:
        """Keep a conversation above the others, or no longer."""
        pinned = read_number(event._data, "pinned") == 1
        return self._done(here, view, lambda: self._keeper.pin(read_text(event._data, "id"), pinned=pinned))

    def remove(self, here: str, view: View, gone: str) -> Html:
        """Delete a conversation for good."""
        return self._done(here, view, lambda: self._keeper.delete(gone))

    def sift(self, here: str, view: View, typed: str) -> tuple[Html, View]:
        """List the conversations that have the words that were typed."""
        view = View(clean_text(typed or "")[:LONGEST_SEARCH])
        return self.show(here, view), view

    def more(self, here: str, view: View) -> tuple[Html, View]:
        """List more of them, older ones."""
        view = view.more()
        return self.show(here, view), view

    def _done(self, here: str, view: View, do: Callable[[], None]) -> Html:
        try:
            do()
        except PinciteError as error:
            return self.show(here, view, trouble=str(error))
        return self.show(here, view)
