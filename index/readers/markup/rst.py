"""reStructuredText: bytes in, the text as it would be rendered, without markup, out.

Its HTML goes through the HTML reader. Directives and roles that are an extension's (Sphinx has many)
are unknown here: the text in them is read all the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, ClassVar, cast

from docutils import ApplicationError, nodes
from docutils.core import publish_doctree, publish_from_doctree
from docutils.parsers.rst import Directive, directives, languages, roles
from docutils.writers.html5_polyglot import Writer

from index.errors import DocumentRejectedError
from index.readers.content import Content, Source, sensible_title
from index.readers.encoding import decode
from index.readers.markup.html import read_rendered

_LARGEST = 1 << 20  # characters; the library reads some 100,000 a second
# From each mark that may begin something the library looks for its end, in the rest of the paragraph.
_MARKS = re.compile(r"[*`_|:]")
_LONGEST_WORD = 5000  # or row of signs
_MOST_EFFORT = 10**8
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_SETTINGS = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,  # what it finds wrong is no text of the document
    "halt_level": 5,
    "warning_stream": False,
    "_disable_config": True,
    "initial_header_level": 1,
    "docinfo_xform": False,  # what a document says of itself is a list of fields
    "syntax_highlight": "none",
    "math_output": "LaTeX",
    "line_length_limit": _LARGEST,
    "embed_stylesheet": False,
    "stylesheet_path": "",
}
_DIRECTIVE = re.compile(r"^[ \t]*\.\.[ \t]+(?:\|[^|\n]+\|[ \t]+)?([\w:.+-]+)::(?=\s|$)", re.MULTILINE)
_ROLE = re.compile(r":([\w:.+-]+):`|`:([\w:.+-]+):")
_TARGET = re.compile(r"(.+?)\s*<[^<>]*>", re.DOTALL)
_LITERAL = frozenset(
    "code-block sourcecode literalinclude prompt testcode testoutput ipython productionlist graphviz mermaid"
    " parsed-literal highlight-block shell console doctest jupyter-execute plot".split()
)
# What the library raises at texts that are none of its own.
_FAILURES = (
    ApplicationError, DocumentRejectedError, RecursionError,
    ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError,
)  # fmt: skip
_SILENT = frozenset(
    "toctree index currentmodule py:currentmodule module py:module highlight tabularcolumns default-domain"
    " automodule autoclass autofunction automethod autosummary raw include meta literalinclude".split()
)


def read(source: Source) -> Content:
    """Read reStructuredText; nothing that it names is opened. What can't be read so is plain text."""
    text = decode(source.data)
    if len(text) > _LARGEST or _is_hostile(text):
        return Content("", text)
    _know_names(text)
    writer = Writer()
    try:
        document = publish_doctree(text, settings_overrides=_SETTINGS)
        _put_right(document)
        publish_from_doctree(document, writer=writer, settings_overrides=_SETTINGS)
        content = read_rendered(writer.parts["html_body"], title=sensible_title(document.get("title", "")))
    except _FAILURES:
        return Content("", text)  # the library trips over some texts that are none
    return content if content.text.strip() else Content("", text)


def _is_hostile(text: str) -> bool:
    """Tell whether the library would take minutes, as it would for no text that people wrote."""
    if max(map(len, text.split()), default=0) > _LONGEST_WORD:
        return True
    return any(len(block) * len(_MARKS.findall(block)) > _MOST_EFFORT for block in _BLANK_LINE.split(text))


class _Unknown(Directive):
    """A directive of an extension: its argument is a paragraph, its content text, or literal where it is code."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True

    option_spec: ClassVar[Any] = defaultdict(lambda: directives.unchanged, name=directives.unchanged)  # any option

    def run(self) -> list[nodes.Node]:
        if self.name in _SILENT:
            return []
        if self.name in _LITERAL:
            return [nodes.literal_block("", "\n".join(self.content))] if self.content else []
        found: list[nodes.Node] = [nodes.paragraph("", argument) for argument in self.arguments]
        holder = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, holder)
        return [*found, *holder.children]


def _unknown_role(_name: str, _raw: str, text: str, *_: Any, **__: Any) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """Return the text of a role of an extension: what is shown of "shown <target>"."""
    target = _TARGET.fullmatch(nodes.unescape(text))
    return [nodes.inline("", target[1] if target else nodes.unescape(text).lstrip("~!"))], []


def _know_names(text: str) -> None:
    """Make the library know all names of directives and roles that are in a text."""
    english = languages.get_language("en", None)
    for name in {name.lower() for name in _DIRECTIVE.findall(text)}:
        if name not in english.directives:
            directives.register_directive(name, _Unknown)
    for name in {(before or after).lower() for before, after in _ROLE.findall(text)}:
        if name not in english.roles:
            roles.register_local_role(name, cast(Any, _unknown_role))


def _put_right(document: nodes.document) -> None:
    """Put names and marks on the line of what they stand before."""
    for note in [*_elements(document, nodes.footnote), *_elements(document, nodes.citation)]:
        label = note.children[0] if note.children else None
        if isinstance(label, nodes.label):
            _put_before(note.children[1:], f"[{label.astext()}] ")
            note.replace_self(note.children[1:])
    for entry in _elements(document, nodes.field):
        name, body = entry.children[0], entry.children[-1]
        if isinstance(body, nodes.field_body):
            _put_before(body.children, f"{name.astext()}: ")
    for fields in _elements(document, nodes.field_list):
        bodies = [entry.children[-1] for entry in fields.children if isinstance(entry, nodes.field)]
        fields.replace_self([held for body in bodies if isinstance(body, nodes.Element) for held in body.children])


def _elements(document: nodes.document, kind: type[Any]) -> list[nodes.Element]:
    return list(document.findall(kind))


def _put_before(children: Sequence[nodes.Node], text: str) -> None:
    if children and isinstance(children[0], nodes.paragraph):
        children[0].insert(0, nodes.Text(text))
