"""XML of any kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.readers.content import Content, Source
from index.readers.data.xml import read


def content_of(data: str | bytes) -> Content:
    return read(Source(data.encode() if isinstance(data, str) else data, "a.xml"))


def test_records_are_lines_of_named_values() -> None:
    text = content_of("<f><c><n>France</n><k>Paris</k></c><c a='1'><n>Peru &amp; co</n></c></f>").text
    assert text == "c n: France; c k: Paris\nc a: 1; c n: Peru & co"


def test_mixed_content_is_one_sentence() -> None:
    assert content_of("<d><p>A <b>brown</b> fox\n  ran.</p><p>It <i>stopped</i>.</p></d>").text == (
        "A brown fox ran.\n\nIt stopped."
    )


def test_a_book_has_headings_paragraphs_and_lists() -> None:
    content = content_of(
        '<book xmlns="http://docbook.org/ns/docbook"><info><title>The Fox Book</title></info><chapter>'
        "<title>Dens</title><para>They dig.</para><itemizedlist><listitem><para>One</para></listitem>"
        "<listitem><para>Two</para></listitem></itemizedlist></chapter></book>"
    )
    assert content.title == "The Fox Book"
    assert content.text == "The Fox Book\n\nDens\n\nThey dig.\n\n- One\n- Two"
    assert [content.text[heading.start : heading.end] for heading in content.headings] == ["The Fox Book", "Dens"]


def test_the_markup_in_a_feed_is_rendered() -> None:
    content = content_of(
        "<rss><channel><title>Daily Fox</title><item><title>Seen</title><description>&lt;p&gt;A &lt;b&gt;fox&lt;/b&gt;."
        "&lt;/p&gt;</description></item></channel></rss>"
    )
    assert content.title == "Daily Fox"
    assert "item description: A fox." in content.text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1251", "utf-16-le", "shift_jis"])
def test_the_declared_encoding_counts(encoding: str) -> None:
    words = {"windows-1251": "Лиса бежит", "shift_jis": "狐は走る"}.get(encoding, "Füchse & Bären").replace("&", "und")
    data = f'<?xml version="1.0" encoding="{encoding}"?><a><b>{words}</b></a>'.encode(encoding)
    assert content_of(data).text == f"b: {words}"


def test_nothing_outside_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words")
    data = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a><b>fox &x;</b><c>dog</c></a>'
    assert "secret words" not in content_of(data).text
    assert "fox" in content_of(data).text


def test_entities_do_not_grow() -> None:
    levels = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 12))
    content = content_of(f'<!DOCTYPE a [<!ENTITY e0 "fox">{levels}]><a><b>one</b><c>&e11;</c></a>')
    assert len(content.text) < 1000


def test_broken_xml_gives_its_words() -> None:
    text = content_of("<a><b>The fox</b><c>and the <d>dog</a> ran & hid").text
    assert all(word in text for word in ("The fox", "and the", "dog", "ran", "hid"))
    assert "<" not in text
    assert content_of("no markup at all").text == "no markup at all"


def test_a_drawing_gives_its_words() -> None:
    words = '<title>Map</title><path d="M0 0"/><text>North <tspan>sea</tspan></text>'
    assert content_of(f'<svg xmlns="http://www.w3.org/2000/svg">{words}</svg>').text == "Map\n\nNorth sea"


def test_the_shared_utf_16_file_reads_as_its_utf_8_twin(shared: Path) -> None:
    folder = shared / "documents" / "Unstructured-IO+unstructured" / "example-docs"
    text = content_of((folder / "factbook-utf-16.xml").read_bytes()).text
    assert text == content_of((folder / "factbook.xml").read_bytes()).text
    assert "country name: France; country capital: Paris; country leader: Emmanuel Macron" in text
