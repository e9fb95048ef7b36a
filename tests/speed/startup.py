"""Measure what starting is made of, and what a question costs, on the sample documents.

    python tests/speed/startup.py

Absolute times depend on the machine; read them against each other.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from rag import open_assistant
from ui.cli.commands import EXAMPLES, SAMPLES

PARTS = {
    "Python itself": "",
    "the command line": "import ui.cli.main",
    "Gradio and the page": "import ui.web.server",
    "sentence-transformers and torch (in the background)": "import sentence_transformers",
}


def seconds_of(code: str) -> float:
    """Return the best of three runs of a fresh interpreter."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        times.append(time.perf_counter() - started)
    return min(times)


def pincite(home: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "ui.cli", *arguments, "--home", str(home)]


def page_after(home: Path) -> float:
    """Return the seconds from the start of the program until its page is served."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = time.perf_counter()
    chat = subprocess.Popen(
        pincite(home, "chat", "--no-browser", "--port", str(port)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while time.perf_counter() - started < 120:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                    return time.perf_counter() - started
            except OSError:
                time.sleep(0.05)
        raise TimeoutError("the page did not come within two minutes")
    finally:
        chat.terminate()
        chat.wait(10)


def main() -> int:
    for name, code in PARTS.items():
        print(f"{seconds_of(code):8.2f} s  {name}")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        started = time.perf_counter()
        subprocess.run(pincite(home, "index", str(SAMPLES)), check=True, stdout=subprocess.DEVNULL)
        print(f"{time.perf_counter() - started:8.2f} s  indexing the sample documents, all included")
        print(f"{page_after(home):8.2f} s  from `pincite chat` to the page")
        assistant = open_assistant(home)
        started = time.perf_counter()
        assistant.library.encoder.load()
        print(f"{time.perf_counter() - started:8.2f} s  loading the embedding model")
        times = []
        for question in EXAMPLES * 2:  # the second time the sentences are known
            started = time.perf_counter()
            assistant.ask(question)
            times.append(time.perf_counter() - started)
        half = len(EXAMPLES)
        print(f"{statistics.median(times[:half]):8.3f} s  a question, median of {half}")
        print(f"{statistics.median(times[half:]):8.3f} s  the same asked again")
        assistant.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
