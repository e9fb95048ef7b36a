"""EPUB: an e-book in, its chapters out in the order in which they are read, each a page with the chapter's title."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from index.errors import DocumentRejectedError
from index.readers.content import Content, ContentBuilder, Source, one_line, sensible_title
from index.readers.hidden import with_hidden
from index.readers.markup.html import read_chapter
from index.readers.package import Element, Package, attribute, child, children, descendants, name_of
from index.records import LeftOut

_PAGES = frozenset(("application/xhtml+xml", "text/html", "text/x-oeb1-document", "application/x-dtbook+xml"))
_PAGE_ENDINGS = (".xhtml", ".html", ".htm")
# How fonts are made unreadable for other programs, which is no protection of the text.
_FONT_ALGORITHMS = frozenset(("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"))
_NAMES_SHOWN = 3
_TITLE_PAGES = 5000  # characters in which the author stands, if the book names him


@dataclass(frozen=True, slots=True)
class _Book:
    """What the package document says: title, authors, and by part's name the chapters' labels, in order."""

    title: str
    authors: list[str]
    chapters: dict[str, str]


def read(source: Source) -> Content:
    """Read an e-book. Raises DocumentRejectedError if its text is encrypted for the programs of a shop."""
    package = Package(source.data, noun="e-book")
    book = _read_book(package)
    _check_protection(package, book)
    chapters: list[tuple[str, Content]] = []
    failed: dict[str, str] = {}
    for number, (name, label) in enumerate(book.chapters.items(), start=1):
        source.report(number, len(book.chapters))
        if number in source.skipped:
            failed[name] = "it takes too much time or memory: save the e-book again"
            continue
        try:
            chapter = read_chapter(package.read(name))
        except DocumentRejectedError as error:
            failed[name] = str(error)
        else:
            chapters.append((label or _first_heading(chapter), chapter))
    if failed and not chapters:
        raise DocumentRejectedError(next(iter(failed.values())))
    content = replace(_content(book, chapters), missing=_missing(list(failed), len(book.chapters)))
    return with_hidden(content, _hidden([chapter for _, chapter in chapters if chapter.text.strip()]))


def _hidden(chapters: Sequence[Content]) -> list[LeftOut]:
    """Return what is left out of the chapters that are pages, each with its page."""
    return [
        replace(one, first=number, last=number)
        for number, chapter in enumerate(chapters, start=1)
        for one in chapter.left_out
    ]


def _content(book: _Book, chapters: list[tuple[str, Content]]) -> Content:
    builder = ContentBuilder()
    first = "\n".join(chapter.text for _, chapter in chapters)[:_TITLE_PAGES].lower()
    unnamed = [author for author in book.authors if author.lower() not in first]
    if unnamed:
        builder.paragraph(f"Author: {', '.join(unnamed)}")
    for label, chapter in chapters:
        if chapter.text.strip():
            builder.page(label)
            builder.include(chapter)
    return builder.build(book.title)


def _read_book(package: Package) -> _Book:
    name = _package_document(package)
    try:
        root = package.part(name) if name else None
    except DocumentRejectedError:
        root = None
    if root is None:  # the pages are there all the same
        return _Book("", [], dict.fromkeys(_all_pages(package), ""))
    metadata = next(descendants(root, "metadata"), None)
    titles = [_text(found) for found in descendants(metadata, "title")]
    authors = [_text(found) for found in descendants(metadata, "creator")]
    parts = {part.id: part for part in _manifest(root, package, posixpath.dirname(name))}
    labels = _labels(package, parts)
    order = [attribute(item, "idref") for item in descendants(child(root, "spine"), "itemref")]
    chapters = [parts[item] for item in order if item in parts]
    if not any(_is_chapter(part) for part in chapters):
        chapters = list(parts.values())
    names = [part.name for part in chapters if _is_chapter(part)] or _all_pages(package)
    title = sensible_title(titles[0]) if titles else ""
    return _Book(title, list(dict.fromkeys(filter(None, authors))), {name: labels.get(name, "") for name in names})


def _package_document(package: Package) -> str:
    """Return the name of the part that describes the book, or ""."""
    try:
        container = package.part("META-INF/container.xml")
    except DocumentRejectedError:
        container = None
    for file in descendants(container, "rootfile"):
        name = _resolved(package, "", attribute(file, "full-path"))
        if name in package.names:
            return name
    return min((name for name in package.names if name.lower().endswith(".opf")), default="")


@dataclass(frozen=True, slots=True)
class _Part:
    id: str
    name: str
    media_type: str
    properties: str


def _manifest(root: Element, package: Package, folder: str) -> Iterator[_Part]:
    for item in descendants(child(root, "manifest"), "item"):
        name = _resolved(package, folder, attribute(item, "href"))
        media_type = attribute(item, "media-type").strip().lower()
        yield _Part(attribute(item, "id"), name, media_type, attribute(item, "properties"))


def _is_chapter(part: _Part) -> bool:
    """Tell whether a part is a page of text, and not the list of contents that programs show beside it."""
    if "nav" in part.properties.split():
        return False
    return part.media_type in _PAGES or (not part.media_type and part.name.lower().endswith(_PAGE_ENDINGS))


def _labels(package: Package, parts: dict[str, _Part]) -> dict[str, str]:
    """Return the titles of chapters by the names of their parts, from the lists of contents; the first of each part."""
    labels: dict[str, str] = {}
    for part in parts.values():
        is_nav = "nav" in part.properties.split()
        if not is_nav and part.media_type != "application/x-dtbncx+xml":
            continue
        try:
            root = package.part(part.name)
        except DocumentRejectedError:
            continue  # the chapters have headings of their own
        folder = posixpath.dirname(part.name)
        for target, label in _nav_links(root) if is_nav else _ncx_links(root):
            labels.setdefault(_resolved(package, folder, target), label)
    return labels


def _nav_links(root: Element | None) -> Iterator[tuple[str, str]]:
    for nav in descendants(root, "nav"):
        if attribute(nav, "type") in ("toc", ""):
            for link in descendants(nav, "a"):
                yield attribute(link, "href"), _text(link)


def _ncx_links(root: Element | None) -> Iterator[tuple[str, str]]:
    for point in descendants(root, "navPoint"):
        label = child(point, "navLabel", "text")
        target = next((found for found in children(point) if name_of(found) == "content"), None)
        yield attribute(target, "src"), "" if label is None else _text(label)


def _resolved(package: Package, folder: str, target: str) -> str:
    """Return the name of the part that a reference in `folder` means."""
    try:
        path = urlsplit(target).path
    except ValueError:
        path = target
    for one in (unquote(path), path):
        name = posixpath.normpath(posixpath.join(folder, one)).lstrip("/")
        if name in package.names:
            return name
    return posixpath.normpath(posixpath.join(folder, unquote(path))).lstrip("/")


def _all_pages(package: Package) -> list[str]:
    return sorted(name for name in package.names if name.lower().endswith(_PAGE_ENDINGS))


def _check_protection(package: Package, book: _Book) -> None:
    try:
        encryption = package.part("META-INF/encryption.xml")
    except DocumentRejectedError:
        return
    for entry in descendants(encryption, "EncryptedData"):
        method = attribute(child(entry, "EncryptionMethod"), "Algorithm")
        reference = next(descendants(entry, "CipherReference"), None)
        if method not in _FONT_ALGORITHMS and unquote(attribute(reference, "URI")).lstrip("/") in book.chapters:
            raise DocumentRejectedError("its text is encrypted (DRM): get a copy without protection from its publisher")


def _first_heading(chapter: Content) -> str:
    """Return the first heading, or else the page's title."""
    for heading in chapter.headings[:1]:
        return chapter.text[heading.start : heading.end]
    return chapter.title


def _missing(names: list[str], chapters: int) -> str:
    if not names:
        return ""
    shown = ", ".join(map(posixpath.basename, names[:_NAMES_SHOWN])) + (", …" if len(names) > _NAMES_SHOWN else "")
    return f"{len(names)} of its {chapters} chapters could not be read ({shown}): save the e-book again"


def _text(element: Element) -> str:
    return one_line("".join(map(str, element.itertext())))
