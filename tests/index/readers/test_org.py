"""Org."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.readers.content import Content, Source
from index.readers.markup.org import read


def content_of(text: str) -> Content:
    return read(Source(text.encode(), "a.org"))


def test_a_heading_has_no_state_priority_or_tags() -> None:
    content = content_of("* DONE [#A] Buy food  :shop:now:\n** TODO Hay\n* Rest\n")
    assert content.text == "Buy food\n\nHay\n\nRest"
    assert [heading.level for heading in content.headings] == [1, 2, 1]


def test_the_title_is_a_heading_above_all_others() -> None:
    content = content_of("#+TITLE: Fox *Notes*\n#+AUTHOR: Ann Lee\n#+OPTIONS: toc:nil\n* Dens\n")
    assert content.title == "Fox Notes"
    assert content.text == "Fox Notes\n\nAuthor: Ann Lee\n\nDens"
    assert [heading.level for heading in content.headings] == [1, 2]


def test_properties_comments_and_settings_are_no_text() -> None:
    text = "* Foxes\n:PROPERTIES:\n:ID: 12\n:END:\n# a comment\n#+STARTUP: fold\nThey run.\n"
    assert content_of(text).text == "Foxes\n\nThey run."


def test_links_and_emphasis_are_shown_as_words() -> None:
    text = "A *bold* ~x_y~ [[https://a.org][link]] [[https://b.org]]<<here>>[[file:den.png]], 2*3*4, /usr/bin."
    assert content_of(text).text == "A bold x_y link https://b.org, 2*3*4, /usr/bin."


def test_lines_of_a_paragraph_are_joined_and_items_kept_apart() -> None:
    text = "One\ntwo.\n\n- first\n  goes on\n  - inner\n    1. deep\n+ [X] done\n\nAfter."
    assert content_of(text).text == "One two.\n\n- first goes on\n  - inner\n    1. deep\n- [X] done\n\nAfter."


def test_a_table_is_rows_with_names() -> None:
    assert content_of("| Planet | Size |\n|--------+------|\n| *Mars* | 3390 |\n").text == "Planet: Mars; Size: 3390"
    assert content_of("| a | b |\n| c | d |\n").text == "a | b\nc | d"


@pytest.mark.parametrize("kind", ["src python", "example"])
def test_code_stays_as_it_is(kind: str) -> None:
    code = f"#+begin_{kind}\n  if x:\n    # *y*\n#+end_{kind.split()[0]}\nOne\ntwo."
    assert content_of(code).text == "if x:\n  # *y*\n\nOne two."


def test_quotations_are_text() -> None:
    assert content_of("#+BEGIN_QUOTE\nTo be or\nnot.\n#+END_QUOTE\n").text == "To be or not."


def test_nothing_is_included(tmp_path: Path) -> None:
    (tmp_path / "b.org").write_text("secret words")
    assert content_of(f'#+INCLUDE: "{tmp_path}/b.org"\nFoxes.').text == "Foxes."


def test_what_is_not_ended_loses_no_words() -> None:
    assert content_of("#+begin_src c\nint x;\n").text == "int x;"
    assert content_of("* Foxes\n:PROPERTIES:\nThey run.\n* Dens\n").text == "Foxes\n\nThey run.\n\nDens"


@pytest.mark.parametrize("line", ["* a" + " " * 500_000 + "b", "[[a " * 100_000, " *a" * 100_000, " <<" * 100_000])
def test_marks_that_nothing_ends_take_no_time(line: str) -> None:
    assert content_of(line).text.split() == line.removeprefix("* ").split()
