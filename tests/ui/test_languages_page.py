"""The page in German, Italian and Turkish, in a real browser: no English is left, and a choice lasts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

import pytest
from browsing import AROUND, ask, visit
from playwright.sync_api import Browser, Page, expect
from translations import Message, messages

from ui.languages import messages as known
from ui.languages import phrase, speaking

if TYPE_CHECKING:
    from conftest import Served

pytestmark = AROUND
LOCALES = {"de": "de-DE", "it": "it-IT", "tr": "tr-TR"}
CONTENT = ".question, .answer, .cards, .found, .title, .text, .examples, .path, .where, .file, code, #glance"
SEEN = f"""() => {{
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {{
    const within = walker.currentNode.parentElement;
    if (within.checkVisibility() && !within.closest("script, style, {CONTENT}"))
      found.push(walker.currentNode.data);
  }}
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], option"))
    if (element.closest("select, body").checkVisibility() && !element.matches("{CONTENT}"))
      found.push(element.ariaLabel, element.title, element.placeholder, element.text);
  return found.filter(Boolean).map((one) => one.trim()).filter(Boolean);
}}"""


def forms(given: object) -> list[str]:
    return [str(one) for one in given] if isinstance(given, tuple | list) else [str(given)]


def english(message: Message) -> Iterator[re.Pattern[str]]:
    """Yield what a message looks like in English, if it has so many letters of its own that it is no other text."""
    for form in forms(message):
        if len(re.sub(r"\{\w+\}|[^A-Za-z]", "", form)) >= 4 and " of " not in form and form != "{one} and {other}":
            pieces = re.split(r"\{\w+\}", form)
            yield re.compile(".+".join(map(re.escape, pieces)), re.DOTALL)


@cache
def all_messages() -> list[Message]:
    return [*messages()]


@cache
def looked_for(name: str) -> list[re.Pattern[str]]:
    """Return what the messages look like in English that are said otherwise in a language."""
    with speaking(name):
        same = {one for one, shown in known([forms(one)[0] for one in all_messages()]).items() if one in shown}
    return [pattern for one in all_messages() if forms(one)[0] not in same for pattern in english(one)]


def left_in_english(page: Page, name: str) -> list[str]:
    return [text for text in set(page.evaluate(SEEN)) if any(one.fullmatch(text) for one in looked_for(name))]


@pytest.mark.parametrize("name", LOCALES)
def test_no_screen_has_english_left(served: Served, browser: Browser, name: str) -> None:
    with visit(browser, locale=LOCALES[name]) as page:
        page.goto(served.address)
        expect(page.locator("#listing .documents li").first).to_be_visible()
        with speaking(name):
            words = {one: phrase(one) for one in ("Ask your documents", "Ask", "Settings", "Health", "Well supported")}
        assert page.evaluate("document.documentElement.lang") == name
        expect(page.locator("#box textarea")).to_have_attribute("placeholder", words["Ask your documents"])
        expect(page.locator("#send")).to_have_text(words["Ask"])
        turn = ask(page, "Who keeps the lighthouse?")
        expect(turn.locator(".verdict .words")).to_contain_text(words["Well supported"])
        assert left_in_english(page, name) == []
        turn.locator("[data-toggle]").click()
        turn.locator(".cite").first.click()
        expect(page.locator("#source .paper")).to_be_visible()
        assert left_in_english(page, name) == []
        page.keyboard.press("Escape")
        ask(page, "What is the price of a balloon in Montevideo?")
        assert left_in_english(page, name) == []
        page.get_by_role("button", name=words["Settings"], exact=True).click()
        expect(page.locator("#settings .folders li").first).to_be_visible()
        assert left_in_english(page, name) == []
        page.keyboard.press("Escape")
        page.get_by_role("button", name=words["Health"], exact=True).click()
        expect(page.locator("#health .findings li").first).to_be_visible()
        assert left_in_english(page, name) == []
        page.keyboard.press("Escape")
        page.locator("[data-documents=open]").click()
        page.locator("#documents tbody input").first.check()
        assert left_in_english(page, name) == []
        shown = page.locator("#documents tbody .added").first.text_content() or ""
        assert re.fullmatch(
            {"de": r"\d\d\.\d\d\.\d{4}", "it": r"\d+ \w{3} \d{4}", "tr": r"\d+ \w{3} \d{4}"}[name], shown
        )
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_language_that_is_chosen_in_the_settings_is_spoken_at_once_and_after_a_reload(
    served: Served, browser: Browser
) -> None:
    with visit(browser, locale="en-US") as page:
        page.goto(served.address)
        page.get_by_role("button", name="Settings", exact=True).click()
        chosen = page.locator("#setting-language")
        expect(chosen).to_have_value("browser")
        with page.expect_navigation():
            chosen.select_option("tr")
        try:
            expect(page.locator("#send")).to_have_text("Sor")
            page.reload()
            expect(page.locator("#send")).to_have_text("Sor")
            assert page.evaluate("document.documentElement.lang") == "tr"
            page.get_by_role("button", name="Ayarlar", exact=True).click()
            expect(chosen).to_have_value("tr")
        finally:
            page.evaluate("pincite.post('./settings', {name: 'language', value: 'browser'})")
        page.reload()
        expect(page.locator("#send")).to_have_text("Ask")


def test_a_text_begins_at_the_side_that_its_letters_do(served: Served, browser: Browser) -> None:
    with visit(browser, locale="de-DE") as page:
        page.goto(served.address)
        box = page.locator("#box textarea")
        box.fill("من يحرس المنارة؟")
        assert box.evaluate("(one) => getComputedStyle(one).direction") == "rtl"
        turn = ask(page, "من يحرس المنارة؟")
        assert turn.locator(".question").evaluate("(one) => getComputedStyle(one).direction") == "rtl"
        assert turn.locator(".verdict").first.evaluate("(one) => getComputedStyle(one).direction") == "ltr"
        assert page.evaluate("getComputedStyle(document.documentElement).direction") == "ltr"
