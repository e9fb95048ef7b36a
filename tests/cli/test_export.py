"""`pincite export`: what is kept becomes files, and none that is there is lost."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from exchanges import an_answered

from index import Conversations
from ui.web.state.kept import Keeper

if TYPE_CHECKING:
    from conftest import Pincite


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with three conversations, two of one name."""
    home = tmp_path / "home"
    home.mkdir()
    with closing(Conversations(home)) as kept:
        keeper = Keeper(kept)
        for question in ("When?", "When?", "Who owns the mill?"):
            keeper.begin("", replace(an_answered(), question=question), 0)
    return home


def test_all_conversations_become_files_of_their_own_names(pincite: Pincite, home: Path, tmp_path: Path) -> None:
    files = pincite("export", "--home", home, "--out", tmp_path / "out", "--form", "json", "--json").json["files"]
    assert len(set(files)) == 3
    assert sorted(tmp_path.glob("out/*.json")) == sorted(map(Path, files))
    told = [json.loads(Path(file).read_text())["turns"][0]["question"] for file in files]
    assert sorted(told) == ["When?", "When?", "Who owns the mill?"]


def test_one_conversation_is_named_by_its_words_or_its_id(pincite: Pincite, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "mill.html"
    assert pincite("export", "mill", "--home", home, "--out", file).out == f"wrote {file}\n"
    assert file.read_text().startswith("<!doctype html>")
    with closing(Conversations(home)) as kept:
        one = kept.newest(1)[0]
    assert pincite("export", one.conversation_id, "--home", home, "--out", tmp_path / "b" / "c.md").code == 0
    assert (tmp_path / "b" / "c.md").read_text().startswith(f"# {one.name}")


def test_a_file_that_is_there_is_overwritten_only_when_asked_to(pincite: Pincite, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "pincite-When.md"
    file.write_text("mine")
    assert "--force" in pincite("export", "--home", home, "--out", tmp_path).error
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", file.name]
    assert file.read_text() == "mine"
    assert pincite("export", "--home", home, "--out", tmp_path, "--force").code == 0
    assert file.read_text().startswith("# When?")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing"], "no conversation has this id or these words"),
        ([" "], "no conversation has this id or these words"),
        (["When?"], "2 conversations have these words"),
        (["--out", "all.md"], "names one file for 3 conversations"),
        (["mill", "--out", "/proc/none/a.md"], "name a place that can be written"),
        (["--home", "/nowhere"], "no such home folder"),
    ],
)
def test_wrong_input_is_one_line(
    pincite: Pincite, home: Path, tmp_path: Path, arguments: list[str], words: str
) -> None:
    run = pincite("export", "--home", home, "--out", tmp_path / "out", *arguments)
    assert words in run.error
    assert not (tmp_path / "out").exists()


def test_nothing_kept_is_said(pincite: Pincite, tmp_path: Path) -> None:
    run = pincite("export", "--home", tmp_path, "--out", tmp_path / "out")
    assert (run.code, run.out, run.err) == (0, "", "No conversation is kept yet.\n")
