"""Files of every format, damaged at random: each is read or rejected, none crashes or holds up what reads it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from quality.fuzz import damaged, fuzz, is_broken, seeds

EACH = 12
FOUND = seeds([Path(__file__).resolve().parents[3] / "corpus"])


@pytest.mark.parametrize("reader", sorted(FOUND))
def test_a_damaged_file_is_read_or_rejected(reader: str, tmp_path: Path) -> None:
    outcomes = [outcome for _, _, outcome in fuzz({reader: FOUND[reader]}, tmp_path, files=EACH, seed=7)]
    assert len(outcomes) == EACH
    assert [outcome for outcome in outcomes if is_broken(outcome)] == []


def test_the_damage_is_one() -> None:
    rng = random.Random(5)
    for found in FOUND.values():
        changed = [damaged(seed, found, rng) != seed.data for seed in found for _ in range(20)]
        assert sum(changed) > 0.8 * len(changed)
