"""The conversations that are kept, as HTML: by day, newest first, each to be opened, renamed or deleted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from ui.web.parts.markup import Html, join, tag

if TYPE_CHECKING:
    from index import Conversation

FILTER_FROM = 9


def history(kept: Sequence[Conversation], here: str, *, today: date | None = None) -> Html:
    """Render the list; `here` is the id of the conversation that the page shows, "" if it is a new one."""
    today = today or date.today()
    named = next((one.name for one in kept if one.conversation_id == here), "")
    find = tag(
        "input", type="search", placeholder="Find a conversation", aria_label="Find a conversation", data_sift=True
    )
    days = [
        join(tag("h3", day), tag("ul", *(_conversation(one, here) for one in ones)))
        for day, ones in groupby(kept, key=lambda one: day_name(one.changed, today))
    ]
    inner = (tag("h2", "Conversations"), find if len(kept) >= FILTER_FROM else None, *days) if kept else ()
    return tag(
        "nav",
        *inner,
        aria_label="Conversations",
        class_="library history",
        data_here=here,
        data_name=named,
        hidden=not kept,
    )


def renaming() -> Html:
    """Render what asks for another name, which opens over the page."""
    box = tag("input", type="text", name="name", maxlength=120, required=True, aria_label="Name", autocomplete="off")
    buttons = tag(
        "p",
        tag("button", "Rename", class_="plain", value="rename"),
        tag("button", "Cancel", class_="plain", value="", formnovalidate=True),
    )
    form = tag("form", tag("h2", "Rename the conversation"), box, buttons, method="dialog")
    return tag("dialog", form, id="rename", aria_label="Rename the conversation")


def day_name(changed: float, today: date) -> str:
    """Say on which day something was, roughly: "Today", "Yesterday", "Last 7 days", "October 2026"."""
    day = datetime.fromtimestamp(changed).date()
    if day >= today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return "Last 7 days" if day > today - timedelta(days=7) else f"{day:%B %Y}"


def _conversation(one: Conversation, here: str) -> Html:
    opens = tag(
        "button",
        one.name,
        type="button",
        class_="title",
        title=one.name,
        data_visit=one.conversation_id,
        aria_current="page" if one.conversation_id == here else None,
    )
    rename = _act("✎", "Rename", one, data_rename=one.conversation_id, data_name=one.name)
    delete = _act("×", "Delete", one, data_delete=one.conversation_id)
    return tag("li", opens, tag("span", rename, delete, class_="acts"))


def _act(sign: str, verb: str, one: Conversation, **data: str) -> Html:
    label = f"{verb} {one.name}"
    return tag("button", sign, type="button", class_="quiet", title=verb, aria_label=label, **data)
