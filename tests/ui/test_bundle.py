"""The bundle: the page's scripts and styles are sent without what only their readers need, and lose nothing else."""

from __future__ import annotations

import re

import pytest

from ui.web.bundle import HERE, accepted_ways, bundle


def test_comments_are_not_sent_and_all_else_is() -> None:
    for kind, comment in {"js": r"^\s*//.*$", "css": r"/\*.*?\*/"}.items():
        sent = bundle(kind).body.decode()
        assert not re.search(comment, sent, re.MULTILINE)
        for file in (HERE / f"page.{kind}", *(HERE / "parts").glob(f"*.{kind}")):
            text = re.sub(
                comment, "", file.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL * (kind == "css")
            )
            assert text.split() == [word for word in text.split() if word in sent], file.name


def test_no_text_of_a_script_goes_over_the_end_of_a_line() -> None:
    """There its lines would be taken for lines of the script."""
    for file in HERE.rglob("*.js"):
        for line in file.read_text(encoding="utf-8").splitlines():
            assert line.replace('"`"', "").count("`") % 2 == 0, f"{file.name}: {line}"


@pytest.mark.parametrize(
    ("header", "ways"),
    [
        ("gzip, deflate, br", {"gzip", "deflate", "br"}),
        ("br;q=0, gzip;q=0.5", {"gzip"}),
        ("br; q=0.0,GZIP", {"gzip"}),
        ("", {""}),
    ],
)
def test_a_way_of_packing_of_no_weight_is_not_taken(header: str, ways: set[str]) -> None:
    assert accepted_ways(header) == ways
