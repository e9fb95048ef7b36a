"""The conversations that are kept, as HTML: those that are pinned, then by day, and what can be done with one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from ui.web.parts.forms import FORMS, offered
from ui.web.parts.markup import Html, join, tag
from ui.web.state.kept import View

if TYPE_CHECKING:
    from index import Conversation

SEARCHED_FROM = 6  # conversations
PINNED = "Pinned"
EVERYTHING = View()


def seeking() -> Html:
    """Render what stands above the list; history.js shows it while there is one."""
    find = tag(
        "input",
        type="search",
        placeholder="Search conversations",
        aria_label="Search conversations",
        autocomplete="off",
        data_seek=True,
        hidden=True,
    )
    return tag("div", tag("h2", "Conversations"), find, class_="library seek", hidden=True)


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
        for day, ones in groupby(shown, key=lambda one: PINNED if one.pinned else day_name(one.changed, today))
    ]
    return tag(
        "nav",
        tag("p", f"That is not done: {trouble}", class_="note failed", role="alert") if trouble else None,
        *days,
        tag("p", "No conversation has these words.", class_="rest") if view.words and not kept else None,
        tag("button", "Show more", type="button", class_="quiet older", data_older=True)
        if len(kept) > view.most
        else None,
        tag("p", _found(len(shown), view), class_="told", role="status") if view.words else None,
        aria_label="Conversations",
        class_="library history",
        data_here=here,
        data_name=named,
        data_searched=bool(view.words) or len(kept) >= SEARCHED_FROM,
        hidden=not kept and not view.words and not trouble,
    )


def menu() -> Html:
    """Render what can be done with one of them; history.js opens it at the one that is meant."""
    acts = [
        _act("Pin", "pin"),
        _act("Rename", "rename"),
        *(_export(FORMS[ending].name, ending) for ending in offered()),
        _act("Delete", "delete", class_="grave", aria_live="polite"),
    ]
    return tag("div", *acts, id="menu", popover="auto", role="menu", aria_label="Conversation")


def day_name(changed: float, today: date) -> str:
    """Say on which day something was, roughly: "Today", "Yesterday", "Last 7 days", "October 2026"."""
    day = datetime.fromtimestamp(changed).date()
    if day >= today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return "Last 7 days" if day > today - timedelta(days=7) else f"{day:%B %Y}"


def _found(count: int, view: View) -> str:
    return f"{'The first ' if count == view.most else ''}{count} found"


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
    more = tag(
        "button",
        "⋯",
        type="button",
        class_="quiet acts",
        title="More",
        aria_label=f"More: {one.name}",
        aria_haspopup="menu",
        data_menu=one.conversation_id,
        data_name=one.name,
        data_pinned=one.pinned,
    )
    return tag("li", opens, more)


def _act(verb: str, act: str, **attributes: str) -> Html:
    return tag("button", verb, type="button", role="menuitem", tabindex=-1, data_act=act, **attributes)


def _export(name: str, ending: str) -> Html:
    return tag("a", f"Export as {name}", role="menuitem", tabindex=-1, href="#", download=True, data_export=ending)
