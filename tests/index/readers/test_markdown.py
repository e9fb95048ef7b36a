"""The Markdown reader: the rendered text, without markup."""

from __future__ import annotations

from index.readers.content import Content, Source
from index.readers.markup import markdown as reader


def read(data: bytes) -> Content:
    return reader.read(Source(data))


def test_markup_is_no_text() -> None:
    source = b"Some **bold** and *fine* `code`, a [link](http://x.y) and ![a fox](fox.png).\nSecond line.\n\n> Quoted\n"
    assert read(source).text == "Some bold and fine code, a link and a fox. Second line.\n\nQuoted"


def test_headings_know_their_level_and_place() -> None:
    content = read(b"# One\n\ntext\n\nTwo\n---\n\n### Three ###\n")
    assert content.text == "One\n\ntext\n\nTwo\n\nThree"
    found = [(heading.level, content.text[heading.start : heading.end]) for heading in content.headings]
    assert found == [(1, "One"), (2, "Two"), (3, "Three")]
    assert content.title == "One"


def test_lists_and_code_keep_their_lines() -> None:
    source = b"1. one\n2. two\n   - deep\n\n```python\nif x:\n    y()\n\nz\n```\n"
    assert read(source).text == "1. one\n2. two\n  - deep\n\nif x:\n    y()\n\nz"


def test_rows_name_their_columns() -> None:
    source = b"| Planet | Radius |\n|:--|--:|\n| Mars | 3,390 km |\n| Venus | |\n"
    assert read(source).text == "Planet: Mars; Radius: 3,390 km\nPlanet: Venus"


def test_front_matter_gives_the_title_and_is_no_text() -> None:
    content = read(b'---\ntitle: "On Foxes"\nauthor: Ann\n---\n\n# Other\n\nText\n')
    assert (content.title, content.text) == ("On Foxes", "Other\n\nText")


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    assert read(b"---\n\nText here\n\n---\n\nMore\n").text == "Text here\n\nMore"


def test_html_in_markdown_is_its_text() -> None:
    source = b"<div>Raw <b>words</b></div>\n\n<script>alert(1)</script>\n\nA <kbd>key</kbd>.\n"
    assert read(source).text == "Raw words\n\nA key."


def test_a_table_in_a_paragraph_of_pipes_is_text() -> None:
    assert read(b"a | b\nc | d\n").text == "a | b c | d"


def test_deep_lists_keep_their_words() -> None:
    source = "".join(f"{'  ' * depth}- item {depth}\n" for depth in range(40))
    assert read(source.encode()).text.count("item") == 40
