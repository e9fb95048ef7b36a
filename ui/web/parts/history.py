"""The conversations that are kept, as HTML: those that are pinned, then by day, and what can be done with one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from ui.below import told
from ui.languages import later, month, phrase
from ui.web.parts.forms import FORMS, offered
from ui.web.parts.markup import Html, join, tag
from ui.web.state.kept import View

if TYPE_CHECKING:
    from index import Conversation

SEARCHED_FROM = 6  # conversations
PINNED = later("Pinned")
EVERYTHING = View()


def seeking() -> Html:
    """Render what stands above the list; history.js shows it while there is one."""
    find = tag(
        "input",
        type="search",
        placeholder=phrase("Search conversations"),
        aria_label=phrase("Search conversations"),
        autocomplete="off",
        data_seek=True,
        hidden=True,
    )
    return tag("div", tag("h2", phrase("Conversations")), find, class_="library seek", hidden=True)


def history(
    kept: Sequence[Conversation],
    here: str,
    *,
    named: str = "",
    view: View = EVERYTHING,
    trouble: str = "",
    today: date | None = None,
) -> Html:
    """Render the list; `here` is the id of the conversation that the page shows, and `named` its name, "" if it is new.

    `kept` holds one more than the view shows if there are more.
    """
    today = today or date.today()
    shown = kept[: view.most]
    days = [
        join(tag("h3", day), tag("ul", *(_conversation(one, here) for one in ones), aria_label=day))
        for day, ones in groupby(shown, key=lambda one: phrase(PINNED) if one.pinned else day_name(one.changed, today))
    ]
    return tag(
        "nav",
        tag("p", phrase("That is not done: {trouble}", trouble=told(trouble)), class_="note failed", role="alert")
        if trouble
        else None,
        *days,
        tag("p", phrase("No conversation has these words."), class_="rest") if view.words and not kept else None,
        tag("button", phrase("Show more"), type="button", class_="quiet older", data_older=True)
        if len(kept) > view.most
        else None,
        tag("p", _found(len(shown), view), class_="told", role="status") if view.words else None,
        aria_label=phrase("Conversations"),
        class_="library history",
        data_here=here,
        data_name=named,
        data_searched=bool(view.words) or len(kept) >= SEARCHED_FROM,
        hidden=not kept and not view.words and not trouble,
    )


def menu() -> Html:
    """Render what can be done with one of them; history.js opens it at the one that is meant."""
    acts = [
        _act(phrase("Pin"), "pin"),
        _act(phrase("Rename"), "rename"),
        *(_export(FORMS[ending].name, ending) for ending in offered()),
        _act(phrase("Delete"), "delete", class_="grave", aria_live="polite"),
    ]
    return tag("div", *acts, id="menu", popover="auto", role="menu", aria_label=phrase("Conversation"))


def day_name(changed: float, today: date) -> str:
    """Say on which day something was, roughly: "Today", "Yesterday", "Last 7 days", "October 2026"."""
    day = datetime.fromtimestamp(changed).date()
    if day >= today:
        return phrase("Today")
    if day == today - timedelta(days=1):
        return phrase("Yesterday")
    return phrase("Last 7 days") if day > today - timedelta(days=7) else month(day)


def _found(count: int, view: View) -> str:
    return phrase("The first {n} found", n=count) if count == view.most else phrase("{n} found", n=count)


def _conversation(one: Conversation, here: str) -> Html:
    opens = tag(
        "button",
        one.name,
        type="button",
        class_="title",
        title=one.name,
        dir="auto",
        data_visit=one.conversation_id,
        aria_current="page" if one.conversation_id == here else None,
    )
    more = tag(
        "button",
        "⋯",
        type="button",
        class_="quiet acts",
        title=phrase("More"),
        aria_label=phrase("More: {name}", name=one.name),
        aria_haspopup="menu",
        data_menu=one.conversation_id,
        data_name=one.name,
        data_pinned=one.pinned,
    )
    return tag("li", opens, more)


def _act(verb: str, act: str, **attributes: str) -> Html:
    return tag("button", verb, type="button", role="menuitem", tabindex=-1, data_act=act, **attributes)


def _export(name: str, ending: str) -> Html:
    return tag(
        "a",
        phrase("Export as {form}", form=name),
        role="menuitem",
        tabindex=-1,
        href="#",
        download=True,
        data_export=ending,
    )
