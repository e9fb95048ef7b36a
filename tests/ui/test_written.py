"""What a language model wrote, where people and programs see it: settings, the terminal, JSON, a kept conversation."""

from __future__ import annotations

import contextlib
import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked
from scripted import MODEL, Reply, scripted

from index import SettingsError
from rag import CheckedSentence, Written, open_assistant
from ui.cli.main import main
from ui.keys import find_key
from ui.settings import Settings, model_server
from ui.settings_sources import read_settings
from ui.text import written_text
from ui.web.state.exchange import Exchange, Scope
from ui.web.state.kept import from_json, to_json

QUESTION = "How much is the deposit?"
SAYS = Reply(["The deposit is £2,360 [1]. Bananas grow in Iceland near Reykjavik [2]."])
KEY = "sk-test-0123456789abcdef"


def sentence(text: str, verdict: str, why: str = "", *citations: int) -> CheckedSentence:
    return CheckedSentence(text, 0, len(text), verdict, 0.5, citations, why)  # type: ignore[arg-type]


class Kept(KeyringBackend):
    """A system's keyring in memory."""

    priority = 1.0
    locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked
        return {("pincite", "https://models.example/v1"): "sk-kept", ("pincite", "http://10.0.0.9"): "ключ"}.get(
            (service, username)
        )

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


def test_where_the_environment_has_no_key_it_is_the_one_that_the_systems_keyring_keeps_for_the_address() -> None:
    before, kept = keyring.get_keyring(), Kept()
    keyring.set_keyring(kept)
    try:
        assert find_key("https://models.example/v1", {}) == "sk-kept"
        assert find_key("https://models.example/v1", {"PINCITE_LLM_KEY": KEY}) == KEY
        assert find_key("https://models.example/v2", {}) == ""
        with pytest.raises(SettingsError, match="keyring") as error:
            find_key("http://10.0.0.9", {})
        assert "ключ" not in str(error.value)
        kept.locked = True
        assert find_key("https://models.example/v1", {}) == ""
    finally:
        keyring.set_keyring(before)


def test_a_system_without_a_keyring_has_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())
    try:
        assert find_key("https://models.example/v1", {}) == ""
    finally:
        keyring.set_keyring(before)
    monkeypatch.setitem(sys.modules, "keyring", None)  # nor is the package installed
    assert find_key("https://models.example/v1", {}) == ""


def test_the_settings_make_a_server_with_the_key_of_the_environment(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('llm = "http://127.0.0.1:11434"\nllm-model = "a"\nllm-context = 5000')
    settings = read_settings({"home": str(tmp_path), "llm_model": "b"}, {"PINCITE_LLM_WAIT": "5"})
    server = model_server(settings, {"PINCITE_LLM_KEY": f" {KEY}\n"})
    assert server
    assert (server.base, server.model, server.key) == ("http://127.0.0.1:11434/v1", "b", KEY)
    assert (server.context, server.patience) == (5000, 5.0)
    assert KEY not in repr((settings, server))
    assert model_server(Settings(home=tmp_path), {"PINCITE_LLM_KEY": KEY}) is None
    with pytest.raises(SettingsError, match="PINCITE_LLM_KEY") as error:
        model_server(settings, {"PINCITE_LLM_KEY": f"{KEY}\nX-Other: 1"})
    assert KEY not in str(error.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("llm", "127.0.0.1:11434", "is no base address"),
        ("llm", "ftp://x", "is no base address"),
        ("llm", "http://name:secret@host", "with a name or password in it is no base address"),
        ("llm", "http://h/v1?key=x", "is no base address"),
        ("llm", "http://h:99999", "is no base address"),
        ("llm_context", "much", "llm-context 'much' is no number from 1 on"),
        ("unsupported", "show", "unsupported 'show' is none of mark, hide, keep"),
        ("prompt", "/nowhere/prompt.md", "name another file with --prompt"),
    ],
)
def test_a_wrong_value_is_named_with_its_cure(tmp_path: Path, name: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as error:
        read_settings({"home": str(tmp_path), name: value}, {})
    assert "secret" not in str(error.value)


def test_the_terminal_shows_a_mark_a_sentence_and_how_many_hold() -> None:
    found = Written(
        (
            sentence("It is so.", "supported", "", 1),
            sentence("It is\x1b[31m red.", "partly", "the source says only a part of this, or in other words", 2, 1),
            sentence("It is odd.", "unsupported", "no source says this"),
            sentence("It is five.", "contradicted", "the source has no “five”", 2),
        ),
        model="small",
        state="done",
        note="5 of 12 passages were read",
    )
    assert written_text(found).split("\n") == [
        "✓ It is so. [1]",
        "~ It is\ufffd[31m red. [2][1] (the source says only a part of this, or in other words)",
        "? It is odd. (no source says this)",
        "✗ It is five. [2] (the source has no “five”)",
        "1 of 4 sentences supported (small)",
        "small: 5 of 12 passages were read",
    ]
    assert written_text(replace(found, marked=False)).startswith("It is so. [1]\n")
    assert written_text(Written(note="it can't be reached", state="failed")) == "it can't be reached"


def test_ask_prints_what_the_model_wrote_below_the_quotations(
    samples_home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINCITE_LLM_KEY", KEY)
    home = ["--home", str(samples_home)]
    with scripted(SAYS) as server:
        assert main(["ask", QUESTION, *home, "--llm", server.address, "--llm-model", MODEL, "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert main(["ask", QUESTION, *home, "--llm", server.address, "--unsupported", "hide"]) == 0
        shown = capsys.readouterr().out
        assert set(server.keys) == {f"Bearer {KEY}"}
    assert main(["ask", QUESTION, *home, "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert plain["written"] is None
    assert {one["origin"] for one in plain["sentences"]} == {"verbatim"}
    assert (told["sentences"], told["answer"], told["short_answer"]) == (
        plain["sentences"],
        plain["answer"],
        plain["short_answer"],
    )
    found = told["written"]
    assert (found["model"], found["state"], found["supported"], found["total"]) == (MODEL, "done", 1, 2)
    assert [one["verdict"] for one in found["sentences"]] == ["supported", "unsupported"]
    assert all(set(one) == {"text", "citations", "support", "verdict", "origin", "why"} for one in found["sentences"])
    assert {number for one in found["sentences"] for number in one["citations"]} <= {
        citation["number"] for citation in told["citations"]
    }
    assert re.search(r"^✓ The deposit is £2,360\. \[\d", shown, re.M)
    assert "1 of 2 sentences supported" in shown
    assert "Bananas" not in shown


def test_the_quotations_are_printed_before_the_model_has_written(
    samples_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown: list[str] = []

    def look(_: dict[str, object]) -> Reply:
        shown.append(capsys.readouterr().out)
        return SAYS

    with scripted(look) as server:
        assert main(["ask", QUESTION, "--home", str(samples_home), "--llm", server.address]) == 0
    assert "£2,360" in shown[0]
    assert "own words" not in shown[0]
    rest = capsys.readouterr().out
    assert rest.startswith("\nIn the model's own words, checked:\n✓ The deposit is £2,360.")


def test_a_server_that_is_not_there_leaves_the_answer_and_is_named_by_the_doctor(
    samples_home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with scripted(SAYS) as server:
        address = server.address
        assert main(["doctor", "--home", str(samples_home), "--llm", address, "--json"]) in (0, 1)
        well = next(one for one in json.loads(capsys.readouterr().out)["findings"] if one["name"] == "language model")
    assert (well["state"], "tokens a second" in well["says"]) == ("well", True)
    monkeypatch.setenv("PINCITE_LLM", address)
    assert main(["doctor", "--home", str(samples_home), "--json"]) == 1
    fault = next(one for one in json.loads(capsys.readouterr().out)["findings"] if one["name"] == "language model")
    assert (fault["state"], fault["cure"]) == ("fault", "start it, or name another address with --llm")
    assert main(["ask", QUESTION, "--home", str(samples_home)]) == 0
    shown = capsys.readouterr().out
    assert "£2,360" in shown
    assert "can't be reached" in shown


def test_what_was_written_is_kept_with_the_conversation(samples_home: Path) -> None:
    with contextlib.closing(open_assistant(samples_home)) as assistant:
        answer = assistant.ask(QUESTION)
    found = Written((sentence("It is so.", "partly", "why", 1),), model="small", state="done", hidden=1)
    exchange = Exchange(QUESTION, Scope(), state="answered", answer=replace(answer, hits=(), written=found))
    again = from_json(to_json(exchange)).answer
    assert again
    assert again.written == found
