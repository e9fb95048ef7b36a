"""The pictures of the page show what it shows today."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from browsing import MARKS
from playwright.sync_api import Browser
from screenshots import IMAGES, SCREENS, chatting, in_words, shown

pytestmark = [*MARKS, pytest.mark.slow]


def test_the_pictures_show_the_page_of_today(browser: Browser, sampled_whole: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(sampled_whole / "home", tmp_path / "home"))
    with chatting(sampled_whole / "Documents", home) as address:
        for name, page in shown(browser, address):
            was = (IMAGES / f"{name}.txt").read_text(encoding="utf-8")
            assert in_words(page, name) == was, f"run `make screenshots`, and look at docs/images/{name}.png"


def test_each_picture_is_one_that_is_taken() -> None:
    assert {path.stem for path in IMAGES.glob("*.png")} == {path.stem for path in IMAGES.glob("*.txt")} == set(SCREENS)
