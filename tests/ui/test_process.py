"""The real `pincite chat` over the sample documents: killed under an open page, sent large files, asked carelessly."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil
import pytest
from browsing import AROUND, ask, visit
from playwright.sync_api import Browser, Page, expect

pytestmark = AROUND

VISIT = "When did Leonardo's CEO visit Baykar?"
WATER = "How hot is the hot water for tea?"
OWL = b"The owl of the mill is called Archibald, and it hunts near the weir.\n"
LARGE = 200_000_000  # bytes
BOUND = LARGE * 3 // 4  # bytes that the server may grow by while that many come in; what it suggests takes memory, too
BARS = """() => {
  window.bars = [];
  new MutationObserver(() => {
    const value = document.querySelector("#sending progress")?.value;
    if (value && value !== window.bars.at(-1)) window.bars.push(value);
  }).observe(document.getElementById("sending"), { subtree: true, childList: true, attributes: true });
}"""


@dataclass
class Watched:
    """By how many bytes a server's memory grew at most, and how large an unfinished upload was seen to be on disk."""

    grown: int = 0
    parts: set[int] = field(default_factory=set)


class Chat:
    """A server that can be killed, and started again at the same port."""

    def __init__(self, documents: Path, home: Path) -> None:
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = str(free.getsockname()[1])
        self.address = f"http://127.0.0.1:{self.port}/"
        self.home = home
        self._command = [
            *(sys.executable, "-m", "ui.cli", "chat", str(documents), "--home", str(home)),
            *("--port", self.port, "--no-browser"),
        ]
        self.start()

    def start(self) -> None:
        """Start it, and wait until it listens."""
        self.program = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.program.stdout
        assert any(self.port in line for line in self.program.stdout)

    def kill(self) -> None:
        """End it at once, as when the machine runs out of memory."""
        self.program.kill()
        self.program.communicate(timeout=60)

    @contextmanager
    def watched(self) -> Iterator[Watched]:
        """Yield what a look at the server now and again, until the end of the block, finds."""
        process, over, found = psutil.Process(self.program.pid), threading.Event(), Watched()
        before = _steady(process)

        def watch() -> None:
            while not over.wait(0.02):
                found.grown = max(found.grown, process.memory_info().rss - before)
                for folder, _, names in os.walk(self.home / "temporary"):  # which may go meanwhile
                    for name in (name for name in names if name.startswith("upload-")):
                        with suppress(OSError):
                            found.parts.add(Path(folder, name).stat().st_size)

        watching = threading.Thread(target=watch)
        watching.start()
        try:
            yield found
        finally:
            over.set()
            watching.join()


def _steady(process: psutil.Process) -> int:
    """Return the memory of a server, in bytes, once it is at rest: after an answer it looks for what could be asked."""
    while True:
        before, used = process.memory_info().rss, process.cpu_times()
        time.sleep(1)
        if sum(process.cpu_times()[:2]) - sum(used[:2]) < 0.2 and process.memory_info().rss - before < 1_000_000:
            return before


@pytest.fixture(scope="module")
def chat(sampled_whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chat]:
    home = Path(shutil.copytree(sampled_whole / "home", tmp_path_factory.mktemp("chat") / "home"))
    running = Chat(sampled_whole / "Documents", home)
    yield running
    running.kill()


@pytest.fixture
def page(browser: Browser, chat: Chat) -> Iterator[Page]:
    """A page that may be told of connections that break."""
    with visit(browser, expected=None) as page:
        page.goto(chat.address)
        expect(page.locator("#library .counts")).to_contain_text("documents")
        expect(page.locator("#library .progress")).to_have_count(0)
        yield page


def test_a_server_that_is_killed_is_missed_and_back_with_the_conversation(page: Page, chat: Chat) -> None:
    ask(page, VISIT)
    expect(page).to_have_url(re.compile("c="))
    chat.kill()
    expect(page.locator("#gone")).to_contain_text("The connection to Pincite was lost.")
    expect(page.locator(".turn .answer")).to_contain_text("Jan. 23")
    page.get_by_role("button", name="Reload the page").click()
    expect(page.get_by_role("button", name="Pincite is not running")).to_be_visible()
    chat.start()
    page.locator("#renew", has_text="Reload the page").click()
    expect(page.locator("#gone")).to_be_hidden()
    expect(page.locator(".turn .question")).to_have_text([VISIT])
    ask(page, "Who coined the word supermoon?").locator(".cite").first.click()
    expect(page.locator("#source mark.cited").first).to_contain_text("Nolle")


def test_a_server_that_is_killed_in_mid_answer_gets_the_question_when_it_is_back(page: Page, chat: Chat) -> None:
    ask(page, VISIT)
    page.locator("#box textarea").fill(WATER)
    with page.expect_request("**/gradio_api/queue/join*"):  # it is answered in a fifth of a second
        page.locator("#box textarea").press("Enter")
    chat.kill()
    failed = page.locator(".turn[data-state=failed]")
    expect(failed.locator(".question")).to_have_text(WATER)
    expect(failed.locator(".what")).to_contain_text("The connection to Pincite was lost")
    chat.start()
    failed.get_by_role("button", name="Ask again").click()
    expect(page.locator("#current .answer")).to_contain_text("88")
    expect(page.locator(".turn .question")).to_have_text([VISIT, WATER])


def write_sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.write(OWL)
        file.truncate(LARGE)


def write_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("owl.txt", OWL)
        archive.writestr("film.bin", Random(1).randbytes(1_000_000) * (LARGE // 1_000_000))


@pytest.mark.parametrize(
    ("name", "write", "said"),
    [
        ("large.txt", write_sparse, "Not added: its bytes are not text"),
        ("large.zip", write_archive, "1 of 2 files in it could not be read"),
    ],
)
def test_a_large_file_is_sent_to_the_disk_with_progress_and_what_became_of_it_is_told(
    page: Page, chat: Chat, tmp_path: Path, name: str, write: Callable[[Path], None], said: str
) -> None:
    write(tmp_path / name)
    ask(page, VISIT)  # so that the models are loaded
    page.evaluate(BARS)
    with chat.watched() as watched:
        page.locator("[data-picks=files]").set_input_files(tmp_path / name)
        expect(page.locator("#sending .stage")).to_have_text(f"Adding: {name}")
        expect(page.locator("#sending")).to_be_hidden()
        expect(page.locator("#activity .added li").filter(has_text=name)).to_contain_text(said)
    assert watched.grown < BOUND
    assert len([size for size in watched.parts if 0 < size < LARGE // 2]) > 2
    bars = page.evaluate("window.bars")
    assert bars == sorted(bars)
    assert len(bars) > 2  # a fast disk is shown few


RENTAL = "Rental agreement: Flat 3, 14 Weir Street, Ashcombe"
CARELESS = {
    "wat is teh warranty of pump": "Calder E2 espresso machine: user manual",
    "rent how much??": RENTAL,
    "when ceo visit baykar": "Leonardo and Baykar: a brief on the talks",
    "wich river most countrys": "Rivers of the world",
    "lighthous tallest whre": "Lighthouses: a history of lights for ships",
    "whats the wifi pasword": "",  # nothing says it
}


def test_who_asks_carelessly_is_answered_from_the_right_document_or_warned(page: Page) -> None:
    """A person puts up with a refusal or a warning, but with no assured answer that is out of another document."""
    assured, answered = {}, []
    for question in CARELESS:
        page.locator("#library .fresh").click()
        expect(page.locator(".welcome")).to_be_visible()
        turn = ask(page, question)
        expect(turn.locator(".verdict .words, .refusal").first).to_be_visible()
        sure = turn.locator(".verdict .words", has_text=re.compile("^(Well|Partly) supported")).count()
        warned = turn.locator(".verdict .words", has_text="Weak: check the source").count()
        refused = turn.locator(".refusal").count()
        assert sure + warned + refused == 1, question
        title = "" if refused else turn.locator(".card .title").first.inner_text()
        assured |= {question: title} if sure else {}
        answered += [question] if title and title == CARELESS[question] else []
    assert {question: CARELESS[question] for question in assured} == assured
    assert len(answered) >= len(CARELESS) // 2, "they are mostly answered"
