"""Wrong usage, wrong settings, bad files, bad homes: one line that names the value and the cure, and the right code."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Indexed, Pincite

CAT = "The grey cat of the mill is called Bartholomew and sleeps on the flour sacks.\n"
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


# --- usage ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["frobnicate"], "'frobnicate'"),
        (["list", "--frobnicate"], "--frobnicate"),
        (["--frobnicate"], "--frobnicate"),
        (["ask"], "QUESTION"),
        (["search"], "QUERY"),
        (["search", "salt", "--top-k", "many"], "'many'"),
        (["search", "salt", "--top-k"], "--top-k"),
        (["search", "salt", "--top-k", "0"], "--top-k 0"),
        (["search", "salt", "--top-k", "-3"], "--top-k -3"),
        (["remove"], "DOC"),
        (["eval", "--corpus", "c.jsonl"], "--queries"),
        (["ask", "two", "questions"], "questions"),
        (["chat", "--json"], "--json"),
        (["list", "--home"], "--home"),
    ],
)
def test_wrong_usage_is_one_line_that_names_it_and_exit_2(
    arguments: list[str], named: str, indexed: Indexed, pincite: Pincite
) -> None:
    run = pincite("--home", indexed.home, *arguments)
    assert run.code == 2
    assert named in run.error


@pytest.mark.parametrize("arguments", [["--help"], ["index", "--help"], ["eval", "--help"]])
def test_help_is_on_standard_output_and_no_error(arguments: list[str], pincite: Pincite) -> None:
    with pytest.raises(SystemExit) as ended:
        pincite(*arguments)
    assert ended.value.code == 0


@pytest.mark.parametrize("question", ["", "   ", "x" * 3000])
def test_a_question_that_is_none_is_an_error_and_no_refusal(question: str, indexed: Indexed, pincite: Pincite) -> None:
    run = pincite("ask", question, "--json", "--home", indexed.home)
    assert run.code == 2
    assert "question" in run.error


@pytest.mark.parametrize("command", [["ask", "Who?"], ["search", "cat"]])
def test_asking_an_empty_index_says_what_to_do_first(command: list[str], pincite: Pincite, home: Path) -> None:
    run = pincite(*command, "--json", "--home", home)
    assert run.code == 2
    assert str(home) in run.error
    assert "pincite index" in run.error


def test_a_trace_is_shown_with_debug_only(pincite: Pincite, home: Path) -> None:
    assert pincite("index", "/no/such", "--home", home).error
    run = pincite("index", "/no/such", "--home", home, "--debug")
    assert run.code == 2
    assert "Traceback" in run.err
    assert run.err.splitlines()[-1].startswith("pincite: /no/such")


# --- settings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("prot = 7861\n", "'prot'"),
        ('home = "/elsewhere"\n', "'home'"),
        ("[server]\nport = 1\n", "'server'"),
        ("port = \n", "settings.toml"),
        ("port 7861\n", "settings.toml"),
        ("port = 7861\nport = 7862\n", "settings.toml"),
        ("port = 0\n", "0"),
        ("port = 65536\n", "65536"),
        ("port = -1\n", "-1"),
        ("port = true\n", "True"),
        ("port = 78.61\n", "78.61"),
        ('port = "http"\n', "'http'"),
        ("model = 7\n", "'model'"),
        ('model = ""\n', "'model'"),
        ("host = []\n", "'host'"),
        ('reader = ""\n', "'reader'"),
        ("reader = false\n", "'reader'"),
        ('refusal = "never"\n', "'never'"),
        ('refusal = ""\n', "''"),
        ("refusal = 0.5\n", "0.5"),
        (b"\xff\xfe\x00", "settings.toml"),
    ],
)
def test_a_wrong_settings_file_is_named_with_what_is_wrong(
    written: str | bytes, named: str, pincite: Pincite, home: Path
) -> None:
    home.mkdir()
    (home / "settings.toml").write_bytes(written if isinstance(written, bytes) else written.encode())
    run = pincite("list", "--home", home)
    assert run.code == 2
    assert named in run.error


def test_a_settings_file_that_is_a_folder_is_named(pincite: Pincite, home: Path) -> None:
    (home / "settings.toml").mkdir(parents=True)
    run = pincite("list", "--home", home)
    assert run.code == 2
    assert str(home / "settings.toml") in run.error


@pytest.mark.parametrize("port", ["0", "-1", "65536", "http", "", "7_860x", "1e4"])
def test_a_port_out_of_range_is_named_from_a_flag_and_from_the_environment(
    port: str, pincite: Pincite, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = pincite("chat", "--no-browser", f"--port={port}", "--home", home)
    assert run.code == 2
    assert repr(port) in run.error
    assert "65535" in run.error
    monkeypatch.setenv("PINCITE_PORT", port)
    assert pincite("list", "--home", home).error == run.error


@pytest.mark.parametrize("refusal", ["never", "Strict", "balanced ", ""])
def test_a_refusal_that_is_none_is_named_with_those_there_are(
    refusal: str, pincite: Pincite, indexed: Indexed, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = pincite("ask", "Who keeps the lighthouse?", f"--refusal={refusal}", "--home", indexed.home)
    assert run.code == 2
    assert repr(refusal) in run.error
    assert "strict, balanced, eager" in run.error
    assert "--refusal" in run.error
    monkeypatch.setenv("PINCITE_REFUSAL", refusal)
    assert pincite("list", "--home", indexed.home).error == run.error


@pytest.mark.parametrize(
    "reader", ["/no/such/reader", "~/no/such/reader", "no/such/reader", "a reader", "https://x.y/z"]
)
def test_a_reader_that_can_be_none_is_named_with_the_cure(
    reader: str, pincite: Pincite, indexed: Indexed, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = pincite("ask", "Who keeps the lighthouse?", "--reader", reader, "--home", indexed.home)
    assert run.code == 2
    assert repr(reader) in run.error
    assert "--reader" in run.error
    monkeypatch.setenv("PINCITE_READER", reader)
    assert pincite("list", "--home", indexed.home).error == run.error


def test_a_reader_in_a_folder_is_found_from_the_persons_own_folder_too(
    pincite: Pincite, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "my readers" / "one").mkdir(parents=True)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    status = pincite("status", "--reader", "~/my readers/one", "--json", "--home", home).json
    assert status["models"]["reader"] == str(tmp_path / "my readers" / "one")


@pytest.mark.parametrize(("setting", "model"), [("model", "embedding"), ("reader", "reader")])
def test_a_setting_comes_from_the_flag_over_the_environment_over_the_file(
    setting: str, model: str, pincite: Pincite, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.mkdir()
    (home / "settings.toml").write_text(f'{setting} = "of-the-file"\n')
    status = ["status", "--json", "--home", home]
    assert pincite(*status).json["models"][model] == "of-the-file"
    monkeypatch.setenv(f"PINCITE_{setting.upper()}", "of-the-environment")
    assert pincite(*status).json["models"][model] == "of-the-environment"
    assert pincite(*status, f"--{setting}", "of-the-flag").json["models"][model] == "of-the-flag"


@contextlib.contextmanager
def bound_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield int(holder.getsockname()[1])


@pytest.mark.slow
def test_a_port_in_use_is_said_before_anything_is_opened(program: Pincite, home: Path) -> None:
    with bound_port() as port:
        run = program("chat", "--no-browser", "--port", port, "--home", home)
    assert run.code == 2
    assert f"port {port} is in use" in run.error
    assert "--port" in run.error
    assert not (home / "catalog.sqlite").exists()


def test_a_host_that_is_no_address_of_this_machine_is_named(pincite: Pincite, home: Path) -> None:
    run = pincite("chat", "--no-browser", "--host", "192.0.2.1", "--home", home)
    assert run.code == 2
    assert "192.0.2.1" in run.error
    assert "--host" in run.error


def test_a_missing_folder_to_chat_with_is_named(pincite: Pincite, home: Path) -> None:
    with bound_port() as port:
        pass
    run = pincite("chat", "/no/such/folder", "--no-browser", "--port", port, "--home", home)
    assert run.code == 2
    assert "/no/such/folder" in run.error
