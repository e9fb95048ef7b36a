"""Looking at the screens of the page by the rules of axe, in both themes."""

from __future__ import annotations

from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# What appears softly has its colours: nothing moves but what has no end.
RESTS = """() => document.getAnimations().every(
  (one) => one.playState !== "running" || one.effect.getComputedTiming().endTime === Infinity)"""
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}
# The themes, each with what is looked for in it: the second changes nothing but colours.
SCHEMES: tuple[tuple[Literal["light", "dark"], dict[str, Any]], ...] = (("light", RULES), ("dark", COLOURS))


def found(page: Page, rules: dict[str, Any] = RULES) -> list[str]:
    """Return what axe finds on a page that is worse than minor, each with where it is."""
    violations: list[dict[str, Any]] = Axe().run(page, None, rules).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: {[node['html'][:150] for node in one['nodes']]}"
        for one in violations
        if one["impact"] != "minor"
    ]


class Looked:
    """The screens that were looked at, and what was found on each."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self.found: dict[str, list[str]] = {}

    def at(self, screen: str) -> None:
        """Look at the screen that is shown, in both themes."""
        for scheme, rules in SCHEMES:
            self._page.emulate_media(color_scheme=scheme)
            self._page.wait_for_timeout(400)  # what appears softly begins to
            self._page.wait_for_function(RESTS)
            if troubles := found(self._page, rules):
                self.found[f"{screen}, {scheme}"] = troubles
