"""E-books."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from index.errors import DocumentRejectedError
from index.readers.content import Content, Source
from index.readers.markup.epub import read

CONTAINER = '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
NAV = '<html xmlns="http://www.w3.org/1999/xhtml"><nav xmlns:e="e" e:type="toc"><a href="{}">{}</a></nav></html>'


def page(body: str, head: str = "<title/>") -> str:
    return (
        f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head>{head}</head><body>{body}</body></html>'
    )


def book(parts: dict[str, str], *, metadata: str = "", spine: str | None = None, more: str = "") -> bytes:
    """Return an e-book of these pages; `more` is put into its manifest."""
    items = "".join(
        f'<item id="i{number}" href="{name}" media-type="application/xhtml+xml"/>' for number, name in enumerate(parts)
    )
    order = "".join(f'<itemref idref="i{number}"/>' for number in range(len(parts))) if spine is None else spine
    package = (
        '<package xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata><dc:title>The Fox Book</dc:title>'
        f"{metadata}</metadata><manifest>{items}{more}</manifest><spine>{order}</spine></package>"
    )
    files = {f"OEBPS/{name}".replace("%20", " "): text for name, text in parts.items()}
    return packed({"META-INF/container.xml": CONTAINER, "OEBPS/book.opf": package} | files)


def packed(files: dict[str, str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {"mimetype": "application/epub+zip", **files}.items():
            archive.writestr(name, text)
    return data.getvalue()


def content_of(parts: dict[str, str], **options: str) -> Content:
    return read(Source(book(parts, **options), "a.epub"))


def labels(content: Content) -> list[tuple[str, str]]:
    return [(one.label, content.text[one.start : one.end]) for one in content.pages.values()]


def test_chapters_are_pages_in_the_order_of_reading() -> None:
    content = content_of(
        {"b.xhtml": page("<h1>Two</h1><p>They run.</p>"), "a%20b.xhtml": page("<h1>One</h1><p>They dig.</p>")},
        spine='<itemref idref="i1"/><itemref idref="i0" linear="no"/>',
    )
    assert content.title == "The Fox Book"
    assert labels(content) == [("One", "One\n\nThey dig."), ("Two", "Two\n\nThey run.")]
    assert [content.text[one.start : one.end] for one in content.headings] == ["One", "Two"]


def test_a_chapter_is_called_what_the_list_of_contents_calls_it() -> None:
    nav = '<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    data = book({"nav.xhtml": NAV.format("a.xhtml#x", "Of dens"), "a.xhtml": page("<p>They dig.")}, more=nav)
    assert labels(read(Source(data, "a.epub")))[-1] == ("Of dens", "They dig.")
    ncx = '<item id="n" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
    points = '<ncx><navPoint><navLabel><text>Of foxes</text></navLabel><content src="a.xhtml"/></navPoint></ncx>'
    data = book({"a.xhtml": page("<p>They dig.")}, more=ncx)
    with_points = io.BytesIO(data)
    with zipfile.ZipFile(with_points, "a") as archive:
        archive.writestr("OEBPS/toc.ncx", points)
    assert labels(read(Source(with_points.getvalue(), "a.epub"))) == [("Of foxes", "They dig.")]


def test_tags_that_are_whole_by_themselves_swallow_nothing() -> None:
    body = '<p><a id="p1"/>They <i/>dig.</p><script src="x"/><p>They run.<br/></p>'
    assert content_of({"a.xhtml": page(body)}).text == "They dig.\n\nThey run."


def test_a_page_without_text_is_none() -> None:
    content = content_of({"cover.xhtml": page("<svg><image/></svg>"), "a.xhtml": page("<p>They dig.")})
    assert len(content.pages) == 1


def test_the_author_is_named_unless_the_first_pages_do() -> None:
    author = "<dc:creator>Ann Lee</dc:creator>"
    assert content_of({"a.xhtml": page("<p>They dig.")}, metadata=author).text == "Author: Ann Lee\n\nThey dig."
    assert content_of({"a.xhtml": page("<p>By Ann Lee")}, metadata=author).text == "By Ann Lee"


def test_missing_and_broken_chapters_are_named_and_the_rest_is_read() -> None:
    ghost = '<item id="g" href="ghost.xhtml" media-type="application/xhtml+xml"/>'
    content = content_of(
        {"a.xhtml": page("<p>They dig.")}, more=ghost, spine='<itemref idref="i0"/><itemref idref="g"/>'
    )
    assert content.text == "They dig."
    assert content.missing == "1 of its 2 chapters could not be read (ghost.xhtml): save the e-book again"


def test_pages_that_no_attempt_survived_are_passed_over() -> None:
    data = book({"a.xhtml": page("<p>One."), "b.xhtml": page("<p>Two.")})
    content = read(Source(data, "a.epub", skipped=frozenset({1})))
    assert content.text == "Two."
    assert "a.xhtml" in content.missing


def test_without_an_order_of_reading_all_pages_are_read() -> None:
    assert content_of({"a.xhtml": page("<p>One."), "b.xhtml": page("<p>Two.")}, spine="").text == "One.\n\nTwo."
    files = {"x/b.html": page("<p>Two."), "x/a.html": page("<p>One."), "META-INF/container.xml": "<broken"}
    assert read(Source(packed(files), "a.epub")).text == "One.\n\nTwo."


@pytest.mark.parametrize(
    ("algorithm", "name", "protected"),
    [
        ("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "OEBPS/a.xhtml", True),
        ("http://www.w3.org/2001/04/xmlenc#aes128-cbc", "OEBPS/picture.png", False),
        ("http://www.idpf.org/2008/embedding", "OEBPS/font.otf", False),
    ],
)
def test_only_encrypted_text_is_rejected(algorithm: str, name: str, protected: bool) -> None:
    entry = (
        f'<encryption><EncryptedData><EncryptionMethod Algorithm="{algorithm}"/><CipherData>'
        f'<CipherReference URI="{name}"/></CipherData></EncryptedData></encryption>'
    )
    data = io.BytesIO(book({"a.xhtml": page("<p>They dig.")}))
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr("META-INF/encryption.xml", entry)
    source = Source(data.getvalue(), "a.epub")
    if protected:
        with pytest.raises(DocumentRejectedError, match="DRM"):
            read(source)
    else:
        assert read(source).text == "They dig."


def test_the_shared_book_reads_as_chapters(shared: Path) -> None:
    folder = shared / "documents" / "microsoft+markitdown" / "packages" / "markitdown" / "tests" / "test_files"
    content = read(Source((folder / "test.epub").read_bytes(), "test.epub"))
    assert content.title == "Test EPUB Document"
    assert [one.label for one in content.pages.values()] == ["Chapter 1", "Chapter 2"]
