"""OpenDocument texts: bytes in, the text of the body in order out, as it reads with all changes accepted.

Headers come before it, footers, notes and comments after it. What was deleted or no eye sees is not there.
"""

from __future__ import annotations

from index.readers.content import Content, ContentBuilder, Source, sensible_title
from index.readers.hidden import with_hidden
from index.readers.opendocument.odf import OpenDocument, Styles
from index.readers.opendocument.odf_hidden import drop_hidden
from index.readers.opendocument.odf_text import TextReader
from index.readers.package import Element, children, descendants, name_of
from index.readers.tables import is_page_number

_ENDS = ("header", "footer")


def read(source: Source) -> Content:
    """Read a text document: its headers, paragraphs, lists, tables and text boxes, footers, notes and comments."""
    document = OpenDocument(source.data, kind="text", noun="text document")
    root = document.root()
    body, common = document.body(root), document.common()
    hidden = drop_hidden(body, common, root)
    styles = Styles()
    for part in (common, root):
        styles.add(part)
    reader = TextReader(document, styles, ContentBuilder())
    headers, footers = (_page_ends(reader, root if common is None else common, end) for end in _ENDS)
    for text in headers:
        reader.builder.paragraph(text)
    reader.read_blocks(body)
    reader.end_list()
    for text in footers:
        reader.builder.paragraph(text)
    reader.end_notes()
    title = sensible_title(document.title(root)) or sensible_title(reader.title) or reader.first_heading
    content = reader.builder.build(title)
    return with_hidden(content, hidden)


def _page_ends(reader: TextReader, root: Element, end: str) -> list[str]:
    """Return the paragraphs of the headers or footers of all pages, each once, without page numbers."""
    reader.without_page_numbers = True
    texts = [
        reader.text(paragraph)
        for styles in children(root)
        if name_of(styles) == "master-styles"
        for page in descendants(styles, "master-page")
        for part in children(page)
        if name_of(part).startswith(end)
        for paragraph in part.iter("{*}p", "{*}h")
    ]
    reader.without_page_numbers = False
    return [text for text in dict.fromkeys(texts) if not is_page_number(text)]
