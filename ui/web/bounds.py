"""Bounds: what Gradio keeps of questions and sessions, so that its memory does not grow with each of them."""

from __future__ import annotations

import sys
from typing import Any

import gradio as gr
from gradio import state_holder
from gradio.blocks import Block

from ui.web.line import MOST

SESSIONS = 64  # whose state is kept, the ones used last


class _Session(state_holder.SessionState):
    """A session that keeps its state, and not all that its page ever showed.

    Gradio makes a block anew for each `gr.skip()`, with an id of its own, and keeps what is shown then under that, once
    more each time: two megabytes after twenty questions. Here the new block takes the id of the one it stands for, and
    what is shown is not kept: it is for pages that are rendered again on the server, and ours is not.
    """

    def __setitem__(self, key: int, value: Any) -> None:
        if isinstance(value, Block):
            value._id = key
        super().__setitem__(key, value)

    def _update_config(self, key: int) -> None:
        pass

    def _update_value_in_config(self, key: int, value: Any) -> None:
        pass


def bound(blocks: gr.Blocks) -> None:
    """Bound what Gradio keeps of a page: it takes as many questions as the line does, and no statistics of them.

    Its queue would run 40 events at a time, and show nothing of the others; it remembers 10,000 events, and the state
    of as many sessions, and makes a table of all events after each.
    """
    state_holder.SessionState = _Session  # type: ignore[misc]
    blocks.state_session_capacity = SESSIONS
    queue = blocks._queue
    queue.max_thread_count = queue.max_size = 2 * MOST  # most of them are told at once that the line is full
    queue.ANALYTICS_MAX_EVENTS = 1
    queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize
