"""`pincite check`: a text that a person brings, against files and against what is indexed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ui.cli.main import main

NOTE = "The ferry to Moss leaves at 9:40. Dogs travel free of charge.\n"


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "ferry.txt"
    path.write_text(NOTE, encoding="utf-8")
    return path


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "answer.md"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_each_sentence_gets_a_verdict_and_the_words_that_give_it(
    tmp_path: Path, note: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "The ferry to Moss leaves at 9:40 [3].\n\nIt leaves at 10:15."
    home = str(tmp_path / "home")
    assert main(["check", "--home", home, "--answer", written(tmp_path, text), "--sources", str(note), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {"sentences", "citations", "supported", "total"}
    assert (found["supported"], found["total"]) == (1, 2)
    first, second = found["sentences"]
    assert first["verdict"] == "supported"
    assert text[first["start"] : first["end"]] == first["text"]
    assert second["verdict"] in ("contradicted", "unsupported")
    [citation] = [one for one in found["citations"] if one["number"] in first["citations"]]
    assert NOTE[citation["start"] : citation["end"]] == citation["quote"] == "The ferry to Moss leaves at 9:40."
    assert citation["path"] == str(note)
    assert not Path(home).exists()  # named files leave nothing behind

    assert main(["index", "--home", home, str(note)]) == 0
    capsys.readouterr()
    assert main(["check", "--home", home, "--answer", written(tmp_path, text)]) == 0
    shown = capsys.readouterr().out
    assert "✓ The ferry to Moss leaves at 9:40 [3]. [1]" in shown
    assert "1 of 2 sentences supported" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--answer", "nowhere.txt"], "nowhere.txt: No such file or directory: name the file"),
        (["--answer", "answer.md"], "there is nothing to check against: run `pincite index PATH...` first"),
        (["--answer", "answer.md", "--sources", "gone.txt"], "gone.txt: no such file"),
        (["--answer", "latin.txt"], "no text in UTF-8"),
        ([], "--answer"),
    ],
)
def test_wrong_input_is_one_line_with_the_cure(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "The ferry leaves.")
    (tmp_path / "latin.txt").write_bytes("Käse".encode("latin-1"))
    assert main(["check", "--home", str(tmp_path / "home"), *arguments]) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""
