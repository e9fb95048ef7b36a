"""With the network cut, all works; and whether it is cut or not, no address outside the machine is ever tried."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

# Indexes, asks, and fetches the page from the chat, each as the program that people run.
STORY = """
import json, os, signal, socket, subprocess, sys, time, urllib.request

folder, home = sys.argv[1:]
pincite = [sys.executable, "-m", "ui.cli"]

def run(*arguments):
    done = subprocess.run([*pincite, *arguments, "--home", home], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done
    assert not done.stderr, done.stderr
    return json.loads(done.stdout)

def fetch(address):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=30) as answer:
        return answer.status, answer.read().decode("utf-8", "replace")

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
told = {"indexed": run("index", folder, "--json")["indexed"]}
told["answer"] = run("ask", "Who keeps the lighthouse of Aldmouth?", "--json")
chat = subprocess.Popen([*pincite, "chat", folder, "--no-browser", "--port", str(port), "--home", home],
                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
try:
    told["said"] = chat.stdout.readline()
    deadline = time.monotonic() + 200
    while True:
        try:
            told["status"], page = fetch(f"http://127.0.0.1:{port}/")
            break
        except OSError:
            assert chat.poll() is None and time.monotonic() < deadline
            time.sleep(0.2)
    told["title"] = "Pincite" in page
    told["style"] = fetch(f"http://127.0.0.1:{port}/page.css")[0]
    time.sleep(2)  # what a program does after its start, such as asking for a newer version
finally:
    chat.send_signal(signal.SIGINT)
    try:
        _, told["chat_stderr"] = chat.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        chat.kill()
        told["chat_stderr"] = "it did not end"
print(json.dumps(told))
"""

# Runs before all else in every Python process, and writes down each address that is named to the system.
WATCH = """
import os, sys

def _outside(host):
    host = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    return host not in (None, "", "localhost", "::1", "0.0.0.0", "::") and not str(host).startswith("127.")

def _note(event, arguments):
    host = None
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None  # else the name of a local socket
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0]
    elif event in ("urllib.Request", "http.client.connect"):
        host = arguments[0] if event == "urllib.Request" else arguments[1]
        host = host.split("/")[2].rsplit(":", 1)[0] if "://" in str(host) else host
    else:
        return
    line = f"{event} {host!r} by {sys.argv[:6]}\\n"
    with open(os.environ["WATCH_OUTSIDE"] if _outside(host) else os.environ["WATCH_INSIDE"], "a") as file:
        file.write(line)

sys.addaudithook(_note)
"""
HARBOUR = "The lighthouse of Aldmouth is kept by Marta Quill, who came to the harbour in 1987.\n"


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "harbour.txt").write_text(HARBOUR, encoding="utf-8")
    (folder / "linen.md").write_text("# Linen\n\nLinen is made from flax, which is sown in April.\n", encoding="utf-8")
    return folder


def as_shipped(**more: str) -> dict[str, str]:
    """Return the environment without anything that would keep a library from the network."""
    quiet = ("PINCITE_", "HF_", "TRANSFORMERS_", "GRADIO_", "PYTHONPATH", "PYTHONUNBUFFERED", "DO_NOT_TRACK")
    return {name: value for name, value in os.environ.items() if not name.startswith(quiet)} | more


def told(story: subprocess.CompletedProcess[str]) -> Any:
    assert story.returncode == 0, story.stderr
    return json.loads(story.stdout)


def assert_all_went_well(story: Any) -> None:
    assert story["indexed"] == 2
    assert story["answer"]["grounded"] is True
    assert "Marta Quill" in story["answer"]["answer"]
    assert story["answer"]["citations"][0]["path"].endswith("harbour.txt")
    assert "Pincite is at http://127.0.0.1:" in story["said"]
    assert (story["status"], story["title"], story["style"]) == (200, True, 200)
    assert "Traceback" not in story["chat_stderr"]


def run_story(before: list[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [*before, sys.executable, "-c", STORY, str(folder), str(folder.parent / "home")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=500, check=False)


def test_indexing_asking_and_the_page_work_without_any_network(documents: Path) -> None:
    alone = ["unshare", "--user", "--map-root-user", "--net"]
    loopback = "ip link set lo up && "
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        pytest.skip("the network can't be cut here: there is no `unshare` or no `ip`")
    tried = subprocess.run([*alone, "sh", "-c", loopback + "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"the network can't be cut here: {tried.stderr.strip()}")
    story = run_story([*alone, "sh", "-c", loopback + 'exec "$@"', "sh"], documents, as_shipped())
    assert_all_went_well(told(story))


def test_the_network_is_cut_where_the_test_says_so() -> None:
    alone = ["unshare", "--user", "--map-root-user", "--net"]
    look = "import socket; print([name for _, name in socket.if_nameindex()])"
    if shutil.which("unshare") is None:
        pytest.skip("the network can't be cut here: there is no `unshare`")
    seen = subprocess.run([*alone, sys.executable, "-c", look], capture_output=True, text=True, check=False)
    if seen.returncode:
        pytest.skip(f"the network can't be cut here: {seen.stderr.strip()}")
    # Kernels put tunnels that lead nowhere into each namespace; a card or its like would be another name.
    names = json.loads(seen.stdout.replace("'", '"'))
    assert [name for name in names if not name.startswith(("lo", "tunl", "sit", "gre", "ip", "erspan"))] == []


def watching(folder: Path) -> dict[str, str]:
    """Return the environment in which every Python process writes down the addresses it names."""
    site = folder / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(WATCH, encoding="utf-8")
    return as_shipped(
        PYTHONPATH=str(site), WATCH_OUTSIDE=str(folder / "outside.txt"), WATCH_INSIDE=str(folder / "inside.txt")
    )


@pytest.mark.slow
def test_no_address_outside_the_machine_is_ever_tried(documents: Path, tmp_path: Path) -> None:
    story = run_story([], documents, watching(tmp_path))
    assert_all_went_well(told(story))
    outside = tmp_path / "outside.txt"
    assert not outside.exists(), outside.read_text(encoding="utf-8")
    assert "127.0.0.1" in (tmp_path / "inside.txt").read_text(encoding="utf-8"), "the watch saw the page being fetched"


def test_the_watch_notices_an_address_outside(tmp_path: Path) -> None:
    ask = "import socket; s = socket.socket(); s.settimeout(0.1); s.connect_ex(('192.0.2.1', 9))"
    subprocess.run([sys.executable, "-c", ask], env=watching(tmp_path), check=True, timeout=60)
    assert "192.0.2.1" in (tmp_path / "outside.txt").read_text(encoding="utf-8")
