"""Files on their way to the library: each has its row, sending is paused and cancelled, what was lost goes again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from browsing import AROUND
from playwright.sync_api import Page, expect
from shelving import OWL, added, drop, shown

if TYPE_CHECKING:
    from conftest import Served

pytestmark = AROUND


def send_slowly(page: Page) -> None:
    """Let what the page sends take a while."""
    conditions = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 200_000}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", conditions)


@pytest.mark.slow
def test_sending_can_be_cancelled_and_nothing_is_left(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    send_slowly(page)
    drop(page, ("long.txt", "x" * 20_000_000), ("owl.txt", OWL))
    expect(page.locator("#sending .stage")).to_have_text(re.compile("Adding . of 2"))
    page.locator("#sending").get_by_role("button", name="Cancel", exact=True).click()
    expect(page.locator("#sending")).to_be_hidden()
    left = shelf.assistant.library.temporary
    while list(left.glob("upload-*")):
        page.wait_for_timeout(50)


def test_small_files_are_told_in_kilobytes_and_no_title_is_cut(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    page.route("**/upload?*", lambda _: None)  # they stay on their way
    drop(page, *[(f"{number}.txt", "x" * 90) for number in range(92)])
    stage = page.locator("#sending .stage")
    expect(stage).to_have_text("Adding 1 of 92")
    expect(page.locator("#sending > .about")).to_have_text("9\u00a0kB")
    assert stage.evaluate("e => e.scrollWidth <= e.clientWidth && e.clientHeight < 30")


@pytest.mark.slow
def test_sending_is_paused_and_goes_on(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    send_slowly(page)
    drop(page, *[(f"long {number}.txt", "x" * 20_000_000) for number in range(2)], ("owl.txt", OWL))
    sending = page.locator("#sending")
    sending.get_by_role("button", name="Pause").click()
    expect(sending.locator(".stage")).to_have_text("Paused")
    expect(sending.locator("> .about")).to_have_text("0 of 3 added")
    expect(sending.locator(".files li .about")).to_have_text(["Waiting"] * 3)
    while list(shelf.assistant.library.temporary.glob("upload-*")):
        page.wait_for_timeout(50)
    for number in range(2):
        sending.get_by_role("button", name=f"Don't add long {number}.txt").click()
    assert not list(shelf.assistant.library.uploads.glob("*"))
    sending.get_by_role("button", name="Go on").click()
    added(page, "owl.txt")
    expect(sending).to_be_hidden()


@pytest.mark.slow
def test_each_file_that_is_sent_has_a_row_and_can_be_left_out(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    send_slowly(page)
    drop(page, *[(f"long {number}.txt", "x" * 20_000_000) for number in range(2)], ("owl.txt", OWL), ("eel.txt", OWL))
    sending = page.locator("#sending")
    expect(sending.locator(".files li")).to_have_count(4)
    expect(sending.locator("> .about")).to_have_text(re.compile(r"^40.MB · \d+.kB/s · about.\d+.\w+.left$"))
    for name in ("eel.txt", "long 0.txt", "long 1.txt"):
        sending.get_by_role("button", name=f"Don't add {name}").click()
    added(page, "owl.txt")
    expect(sending).to_be_hidden()
    assert [path.name for path in shelf.assistant.library.uploads.iterdir()] == ["owl.txt"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [{"expected": ["console: Failed to load resource: net::ERR_FAILED"] * 2}], indirect=True
)
def test_what_was_not_sent_for_a_lost_connection_is_tried_again(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    page.route("**/upload?*", lambda route: route.abort())
    drop(page, ("owl.txt", OWL), ("eel.txt", "The eel of the pond is called Leopold."))
    failures = page.locator("#sending .unsent")
    expect(failures).to_have_count(2)
    expect(failures.first).to_contain_text("The connection to Pincite was lost")
    page.unroute("**/upload?*")
    failures.filter(has_text="owl.txt").get_by_role("button", name="Try again").click()
    added(page, "owl.txt")
    expect(failures).to_have_count(1)
    failures.get_by_role("button", name="Try again").click()
    added(page, "eel.txt")
    expect(page.locator("#sending")).to_be_hidden()


@pytest.mark.slow
def test_many_files_that_are_dropped_are_added_in_bounded_rows(page: Page, shelf: Served) -> None:
    shown(page, shelf)
    drop(page, *[(f"{number:04}.txt", f"Document {number} says this.") for number in range(149)], ("bad.pdf", "no PDF"))
    expect(page.locator("#sending .files li")).to_have_count(6)
    expect(page.locator("#sending")).to_be_hidden()
    listed = page.locator("#activity .added")
    expect(listed.locator("li")).to_have_count(20)
    expect(listed).to_contain_text("and 130 more")
    expect(page.locator("#library .counts")).to_contain_text("150\u00a0documents")
    expect(listed.locator("li").first).to_contain_text("Not added: it is named .pdf but is no PDF")
    expect(page.locator("#activity .progress")).to_have_count(0)
