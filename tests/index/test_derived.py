"""What can't be written of a derived index is said with its cure, also where the library tells no reason."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from index.search.derived import write_fault

KILLED = ValueError(
    "An error occurred in a thread: 'An index writer was killed.. (io::Error most likely) or panicked.'"
)


@pytest.mark.parametrize(("free", "said"), [(0, "disk is full"), (10**9, "disk failed or is gone")])
def test_a_writer_that_was_killed_met_a_full_disk_if_the_disk_is_full(
    free: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert said in str(write_fault(tmp_path / "lexical", KILLED))


def test_a_writer_that_was_killed_met_a_disk_that_is_gone_if_there_is_no_folder(tmp_path: Path) -> None:
    assert "is gone" in str(write_fault(tmp_path / "home" / "lexical", KILLED))
