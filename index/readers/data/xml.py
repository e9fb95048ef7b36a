"""XML of any kind: bytes in, the values of its elements with their names out; of documents the paragraphs."""

from __future__ import annotations

import re

from lxml import etree

from index.readers.content import Content, ContentBuilder, Source, one_line, sensible_title
from index.readers.data.fields import FieldWriter, Paragraph, Record, Title, Value
from index.readers.encoding import decode
from index.readers.markup import html
from index.readers.package import Element, children, name_of

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*?\?>")
_ENCODING = re.compile(rb"""<\?xml\b[^>]*?encoding\s*=\s*["']([\w.:-]+)""")
_TAG = re.compile(r"<[^<>]*>")
_WHOLE = 0.9  # of the words in a broken file: if fewer could be told from tags, it is taken for plain text
_SVG = "{http://www.w3.org/2000/svg}"
_XHTML = "{http://www.w3.org/1999/xhtml}"
# Elements that have parts of a document in them, which needn't be named; and that are paragraphs, whatever is in them.
_SECTIONS = frozenset(
    "article book part chapter section sect1 sect2 sect3 sect4 sect5 simplesect preface appendix glossary sec div topic"
    " body conbody text front back group abstract info front-matter bookinfo articleinfo".split()
)
_TEXTS = frozenset(("p", "para", "simpara"))
_HEADINGS = frozenset(("title", "head", "heading"))
_PARAGRAPHS = _TEXTS | _HEADINGS
_ITEMS = frozenset(("listitem", "li"))
_SVG_TEXTS = frozenset(("title", "desc", "text"))
_UNREAD_ATTRIBUTES = frozenset(("style", "class"))


def read(source: Source) -> Content:
    """Read XML; nothing that it names is loaded, and no entity of its own is put in."""
    declared = _ENCODING.search(source.data[:1024])
    text = decode(source.data, declared[1].decode("ascii") if declared else "")
    root = _root(text)
    if root is None:
        return Content("", "\n".join(filter(None, map(one_line, _TAG.sub("\n", text).split("\n")))) or text)
    if root.tag == f"{_XHTML}html":
        return html.read(source)
    builder = ContentBuilder()
    writer = FieldWriter(builder)
    if str(root.tag).startswith(_SVG):
        for element in root.iter(*(f"{_SVG}{name}" for name in _SVG_TEXTS)):
            builder.paragraph(_words(element))
    else:
        writer.add(_value(root))
    writer.end()
    return builder.build(_title(root))


def _root(text: str) -> Element | None:
    """Return the root of an XML text, a broken one mended; None if it is none, or next to nothing is left of it."""
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        recover=True,
    )
    declaration = _DECLARATION.match(text)
    try:
        root: Element | None = etree.fromstring(text[declaration.end() if declaration else 0 :].encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is None or not parser.error_log:
        return root
    found = len("".join("".join(root.itertext()).split()))
    return root if found >= _WHOLE * len("".join(_TAG.sub("", text).split())) else None


def _value(element: Element) -> Value:
    """Return what an element holds: a text, or a record of its attributes and of the elements in it."""
    name = name_of(element)
    found = children(element)
    if name in _PARAGRAPHS or (found and _is_mixed(element)):
        return Paragraph(_words(element)) if name in _TEXTS else _words(element)
    if name in _ITEMS:
        return Paragraph(f"- {_words(element)}")
    items: list[tuple[str, Value]] = [
        (str(key), str(value))
        for key, value in element.attrib.items()
        if "}" not in str(key) and str(key) not in _UNREAD_ATTRIBUTES and name not in _SECTIONS
    ]
    if not found:
        return Record([*items, ("", _words(element))]) if items else _words(element)
    for held in found:
        kind = name_of(held)
        value = _value(held)
        if kind in _HEADINGS and name in _SECTIONS and isinstance(value, str):
            value = Title(value)
        items.append(("" if kind in _SECTIONS else kind, value))
    return Record(items)


def _is_mixed(element: Element) -> bool:
    """Tell whether words and elements stand side by side in an element."""
    return bool((element.text or "").strip()) or any((held.tail or "").strip() for held in element)


def _words(element: Element) -> str:
    return one_line("".join(map(str, element.itertext())))


def _title(root: Element) -> str:
    """Return the first title in the root, or in an element that is in it."""
    for element in (root, *children(root)):
        for held in children(element):
            if name_of(held) == "title" and (title := sensible_title(_words(held))):
                return title
    return ""
