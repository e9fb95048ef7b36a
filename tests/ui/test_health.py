"""What `pincite doctor` finds: each fault with its cure, nothing where all is well."""

from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from index import open_library, sync_paths
from ui import health
from ui.cli.main import main
from ui.health import Finding, examine
from ui.settings import Settings


@pytest.fixture
def port() -> Iterator[int]:
    """A port that another program has."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.fixture
def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as other:
        return int(other.getsockname()[1])


@pytest.fixture
def settings(tmp_path: Path, free: int) -> Settings:
    """The settings of a home with one document of a folder."""
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "owl.txt").write_text("The owl of the mill is called Archibald.", encoding="utf-8")
    with closing(open_library(tmp_path / "home")) as library:
        sync_paths(library, [tmp_path / "documents"])
    return Settings(home=tmp_path / "home", port=free)


def faults(found: list[Finding]) -> list[tuple[str, str]]:
    return [(one.name, one.cure) for one in found if one.state == "fault"]


def test_nothing_is_wrong_with_what_is_sound_and_the_exit_code_says_so(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PINCITE_PORT", str(settings.port))
    assert main(["doctor", "--home", str(settings.home), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["well"] is True
    assert {"Python", "packages", "embedding model", "reader", "home folder", "index", "folder", "port"} <= {
        one["name"] for one in printed["findings"]
    }


def test_a_home_that_is_not_there_is_no_fault_and_is_not_made(tmp_path: Path, free: int) -> None:
    found = examine(Settings(home=tmp_path / "none", port=free))
    assert faults(found) == []
    assert "there is none" in next(one.says for one in found if one.name == "library")
    assert not (tmp_path / "none").exists()


def test_a_folder_that_is_gone_and_a_port_in_use_are_named_with_their_cures(
    settings: Settings, tmp_path: Path, port: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(tmp_path / "documents")
    monkeypatch.setenv("PINCITE_PORT", str(port))
    assert main(["doctor", "--home", str(settings.home)]) == 1
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAULT")]
    assert len(lines) == 2
    assert f"pincite remove '{tmp_path / 'documents'}'" in lines[0]
    assert "--port" in lines[1]


def test_what_is_missing_damaged_or_full_is_a_fault(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "LEAST_ROOM", 1 << 62)
    monkeypatch.setattr(health, "model_damage", lambda: "encoder.bin is damaged")
    monkeypatch.setattr(health, "check_reader", lambda _: "the reader can't be used (reader.bin is damaged): reinstall")
    needed = ["numpy>=99", "there-is-no-such-package", "pytest; extra == 'train'"]
    monkeypatch.setattr(health.importlib.metadata, "requires", lambda _: needed)
    found = {one.name: one for one in health.examine_installation(settings) if one.state == "fault"}
    assert found.keys() == {"packages", "embedding model", "reader", "home folder"}
    assert "there-is-no-such-package is missing" in found["packages"].says
    assert ">=99 is needed" in found["packages"].says
    assert found["reader"].cure == "reinstall"


def test_an_index_of_another_model_is_a_fault_with_the_cure(settings: Settings) -> None:
    other = Settings(home=settings.home, model="another/model", port=settings.port)
    assert ("library", "run `pincite index --rebuild`, or name the model it was built with") in faults(examine(other))


def test_what_some_formats_need_is_a_note(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "has_ocr", lambda: False)
    monkeypatch.setattr(health, "find_office", lambda: None)
    notes = {one.name: one.cure for one in health.examine_installation(settings) if one.state == "note"}
    assert notes == {"OCR": "run `pip install 'pincite[ocr]'`", "LibreOffice": "install it"}
