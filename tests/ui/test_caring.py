"""The health page and the settings: what is found, with its cure; the check; a change is applied at once."""

from __future__ import annotations

import json
import re
import threading
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import AROUND, DESKTOP, PHONE, visit
from playwright.sync_api import Browser, Page, expect
from scripted import Reply, scripted

from ui import health
from ui.web.state import checking

if TYPE_CHECKING:
    from conftest import Serve, Served

pytestmark = AROUND
KEY = "sk-test-0123456789abcdef"
REFUSED = "console: Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)"


@pytest.fixture
def expected() -> list[str]:
    """What the browser will say of a change that a test has refused on purpose; the test adds it."""
    return []


@pytest.fixture(params=[(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def page(browser: Browser, served: Served, request: pytest.FixtureRequest, expected: list[str]) -> Iterator[Page]:
    """A page in which nothing may fail but what is expected to, with the left part in view."""
    size, scheme = request.param
    with visit(browser, viewport=size, color_scheme=scheme, expected=expected) as page:
        page.goto(served.address)
        expect(page.locator("#overview .counts")).to_be_attached()
        if size == PHONE:
            page.locator("#unfold").click()
        yield page


def test_faults_come_first_with_their_cure(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "model_damage", lambda: "<b>encoder.bin</b> is damaged")
    page.get_by_role("button", name="Health").click()
    expect(page.locator("#health .sum")).to_have_text("1 fault")
    worst = page.locator("#health .findings").first.locator("li").first
    expect(worst).to_contain_text("<b>encoder.bin</b> is damaged")
    expect(worst.locator(".cure")).to_have_text("What to do: reinstall Pincite")
    violations = Axe().run(page, {"include": [["#health"]]}).response["violations"]
    assert [one["id"] for one in violations if one["impact"] != "minor"] == []
    assert page.locator("#health").evaluate("e => e.scrollWidth <= e.clientWidth")
    page.keyboard.press("Escape")
    expect(page.locator("#health")).to_be_hidden()
    expect(page.get_by_role("button", name="Health")).to_be_focused()


def test_the_index_is_checked_in_the_page_and_how_far_is_shown(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()

    def slowly(_: Any, *, report: Callable[[int, int], None]) -> list[str]:
        report(3, 5)
        assert gate.wait(60)
        return ["<i>passage</i> 7 has no embedding"]

    monkeypatch.setattr(checking, "verify", slowly)
    page.get_by_role("button", name="Health").click()
    page.get_by_role("button", name="Check now").click()
    expect(page.locator("#health .checked")).to_have_text("Checking 3 of 5 documents")
    expect(page.get_by_role("button", name="Check now")).to_be_disabled()
    page.locator("#health").get_by_role("button", name="Close").click()
    page.get_by_role("button", name="Health").click()
    expect(page.locator("#health .checked")).to_have_text("Checking 3 of 5 documents")
    gate.set()
    expect(page.locator("#health .checked")).to_have_text("1 found:")
    expect(page.locator("#health .problems")).to_have_text("<i>passage</i> 7 has no embedding")
    monkeypatch.undo()
    page.get_by_role("button", name="Check now").click()
    expect(page.locator("#health .checked")).to_have_text(re.compile(r"The index is sound\."), timeout=90_000)


@pytest.fixture
def defaults(page: Page, served: Served) -> Iterator[Path]:
    """The file of settings; what a test has changed is as it was when it ends."""
    file = served.assistant.library.home / "settings.toml"
    yield file
    for name, value in (("theme", "system"), ("text", "100"), ("refusal", "balanced")):
        page.request.post(f"{served.address}settings", data={"name": name, "value": value})
    file.unlink()


def test_a_setting_is_changed_explained_and_applied_at_once(
    page: Page, served: Served, defaults: Path, expected: list[str]
) -> None:
    page.get_by_role("button", name="Settings").click()
    sheet = page.locator("#settings")
    expect(sheet.locator(".folders li .path")).to_have_text([str(served.folder)])
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    before = "light" if dark == "rgb(23, 25, 28)" else "dark"
    sheet.get_by_label("Colours").select_option(before)
    expect(page.locator("html")).to_have_attribute("data-theme", before)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
    sheet.get_by_label("Text size").select_option("130")
    expect(page.locator("html")).to_have_attribute("data-text", "130")
    sheet.get_by_label("Strictness").select_option("strict")
    expect(sheet.locator("#hint-refusal .outcome")).to_have_text("Done.")
    assert served.assistant.answerer.refusal == "strict"  # type: ignore[attr-defined]
    reader = sheet.get_by_label("Reader", exact=True)
    reader.fill("<b>no such</b>")
    reader.press("Tab")
    expect(sheet.locator("#hint-reader .outcome")).to_contain_text("'<b>no such</b>' is no folder")
    expected.append(REFUSED)
    expect(reader).to_have_value("pincite")
    written = tomllib.loads(defaults.read_text(encoding="utf-8"))
    assert written | {"refusal": "strict", "text": 130, "theme": before} == written
    violations = Axe().run(page, {"include": [["#settings"]]}).response["violations"]
    assert [one["id"] for one in violations if one["impact"] != "minor"] == []
    assert sheet.evaluate("e => e.scrollWidth <= e.clientWidth")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", before)  # from its first byte on
    page.locator("#overview .counts").wait_for(state="attached")


def test_where_a_token_is_asked_for_settings_are_shown_and_not_changed(
    browser: Browser, served: Served, serve: Serve
) -> None:
    change = {"name": "refusal", "value": "eager"}
    with serve(served.assistant, served.indexing, served.folder, token="let-me-in") as shared:
        path = f"{shared.address}settings"
        with browser.new_context() as context:
            assert context.request.get(path).status == 401
        with browser.new_context(extra_http_headers={"authorization": "Bearer let-me-in"}) as context:
            assert context.request.get(path).json()["locked"] is True
            assert context.request.post(path, data=change).status == 403
            assert context.request.post(path, data={"name": "llm", "value": "http://127.0.0.1:1"}).status == 403
            assert context.request.post(f"{path}/model", data={}).status == 403


def test_a_language_model_is_set_on_the_page_tried_and_asked_from_the_next_question_on(
    page: Page, served: Served, expected: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PINCITE_LLM_KEY", KEY)
    own_code = tmp_path / "model"
    own_code.mkdir()
    config = {
        "model_type": "own",
        "architectures": ["OwnForSequenceClassification"],
        "auto_map": {"AutoConfig": "own.Own"},
    }
    (own_code / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (own_code / "own.py").write_text("raise SystemExit('it ran')", encoding="utf-8")
    file = served.assistant.library.home / "settings.toml"
    with scripted(Reply(["The lighthouse is kept by Marta Quill. It has a green door."])) as server:
        page.get_by_role("button", name="Settings").click()
        sheet = page.locator("#settings")
        address = sheet.get_by_label("Server", exact=True)
        address.fill("127.0.0.1:11434")
        address.press("Tab")
        expect(sheet.locator("#hint-llm .outcome")).to_contain_text("is no base address")
        expected.append(REFUSED)
        address.fill(server.address)
        address.press("Tab")
        expect(sheet.locator("#hint-llm .outcome")).to_have_text("Done.")
        expect(sheet.locator(".key")).to_contain_text("Its key is taken from PINCITE_LLM_KEY")
        sheet.get_by_role("button", name="Try it").click()
        expect(page.locator("#tried")).to_contain_text(f"scripted at {server.address}/v1, reads")
        sheet.get_by_label("Unsupported sentences").select_option("hide")
        expect(sheet.locator("#hint-unsupported .outcome")).to_have_text("Done.")
        checker = sheet.get_by_label("Checked by")
        checker.fill(str(own_code))
        checker.press("Tab")
        expect(sheet.locator("#hint-checker .outcome")).to_have_text("Done.")
        served.assistant.checker.model.load()
        assert "it wants to run code of its own" in served.assistant.checker.warning
        checker.fill("pincite")
        checker.press("Tab")
        expect(checker).to_have_attribute("data-was", "pincite")
        assert served.assistant.checker.warning == ""
        sheet.get_by_label("Shown first").select_option("model")
        expect(sheet.locator("#hint-llm_first .outcome")).to_have_text("Done.")
        violations = Axe().run(page, {"include": [["#settings"]]}).response["violations"]
        assert [one["id"] for one in violations if one["impact"] != "minor"] == []
        assert sheet.evaluate("e => e.scrollWidth <= e.clientWidth")
        assert KEY not in page.content()
        answer = served.assistant.ask("Who keeps the lighthouse?")
        assert server.keys[-1] == f"Bearer {KEY}"
        address.fill("")
        address.press("Tab")
        expect(sheet.locator("#hint-llm .outcome")).to_have_text("Done.")
    for name, value in (("unsupported", "mark"), ("llm_first", "documents")):
        page.request.post(f"{served.address}settings", data={"name": name, "value": value})
    assert KEY not in file.read_text(encoding="utf-8")
    file.unlink()
    assert answer.written
    assert (answer.written.leads, answer.written.hidden, answer.written.supported) == (True, 1, 1)
    assert served.assistant.ask("Who keeps the lighthouse?").written is None


def test_no_other_site_sets_or_tries_a_language_model(browser: Browser, served: Served) -> None:
    change = {"name": "llm", "value": "http://evil.example/v1"}
    foreign = ({"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}, {"origin": "null"})
    with browser.new_context() as context:
        for headers in foreign:
            for path, data in (("settings", change), ("settings/model", {})):
                assert context.request.post(served.address + path, data=data, headers=headers).status == 403
        form = context.request.post(f"{served.address}settings", form=change)  # which needs no leave of a browser
        assert form.status == 415
        assert context.request.get(f"{served.address}settings?name=llm&value=http://evil.example").status == 200
        shown = context.request.get(f"{served.address}settings").json()["settings"]
    assert {one["name"]: one["value"] for one in shown}["llm"] == ""
    assert not (served.assistant.library.home / "settings.toml").exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "refusal"}, 400),
        ({"name": "../x", "value": "y"}, 400),
        ({"name": "refusal", "value": "y" * 2000}, 400),
        ({"name": "refusal", "value": "odd"}, 422),
        ({"name": "home", "value": "/tmp"}, 422),
    ],
)
def test_a_change_that_is_none_is_refused(browser: Browser, served: Served, body: dict[str, str], status: int) -> None:
    with browser.new_context() as context:
        assert context.request.post(f"{served.address}settings", data=body).status == status


def test_what_is_wrong_with_a_setting_names_fields_and_no_flags(browser: Browser, served: Served) -> None:
    with visit(browser, viewport=DESKTOP) as page:
        for name, value, field in (("reader", "two words", "Reader"), ("llm", "nowhere", "Server")):
            answer = page.request.post(f"{served.address}settings", data={"name": name, "value": value})
            assert answer.status == 422
            assert "--" not in answer.text()
            assert f"“{field}”" in answer.text()
