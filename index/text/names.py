"""Names: where a document lies and what it is titled go in, the words by which a person calls it come out.

"minutes-march.docx" may have the title "Minutes", and is asked for as "the March minutes".
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import PurePath

from index.records import Document
from index.text.words import split_words

_MOST_FILES = 8  # of one content, whose names are searched
_LONGEST = 200  # characters of a name
_SEPARATORS = re.compile(
    r"%20|[\s_~+,;=&@#()\[\]{}]+|(?<!\d)[-.–]+|[-.–]+(?!\d)"
)  # 2024-03-12 and 1.2 stay as they are
_HUMPS = re.compile(
    r"(?<=[^\W\d_A-ZÀ-Þ])(?=[A-ZÀ-Þ])|(?<=[A-ZÀ-Þ])(?=[A-ZÀ-Þ][^\W\d_A-ZÀ-Þ])"
)  # "JohnsonLease", "HRPolicy"
_YEARS = re.compile(r"(?<=[^\W\d_])(?=(?:19|20)\d\d(?!\d))|(?<![\d.-])((?:19|20)\d\d)(?=[^\W\d_])")  # "budget2023final"
_GENERIC = frozenset(
    """
    desktop docs documents download downloads file files folder folders home input misc new private public shared temp
    tmp user users work dokumente schreibtisch dateien bureau téléchargements documentos descargas escritorio
    """.split()
)


def document_name(document: Document) -> str:
    """Return what a person calls a document by: its title, and in brackets what the name of its file says beside that.

    That is "Minutes (march)" for the title "Minutes" of "minutes-march.docx", and "minutes march" where the file has no
    other title.
    """
    name = spelt_out(_stem(document.path))
    title = document.title.strip()
    if not title or title == _stem(document.path):
        return name or title
    more = _beside(name, title)
    return f"{title} ({more})" if more else title


def file_words(title: str, paths: Iterable[str]) -> str:
    """Return what the files of a document say beside its title: their names, and those of the folders they are in."""
    found: list[str] = []
    for path in sorted(paths)[:_MOST_FILES]:
        folder = os.path.basename(os.path.dirname(path))
        for name in (_stem(path), "" if folder.lower() in _GENERIC else folder):
            found.append(_beside(spelt_out(name), " ".join((title, *found))))
    return " ".join(filter(None, found))


def spelt_out(name: str) -> str:
    """Return the words of a file's name with spaces between them: "patel_lease" and "patelLease" alike."""
    name = _YEARS.sub(r"\1 ", _HUMPS.sub(" ", name[:_LONGEST]))
    return " ".join(_SEPARATORS.sub(" ", name).split())


def _beside(name: str, title: str) -> str:
    """Return the words of `name` that `title` doesn't hold, as they are spelt."""
    known = set(split_words(f"{title} {spelt_out(title)}"))
    return " ".join(word for word in name.split() if not known.issuperset(split_words(word)))


def _stem(path: str) -> str:
    return PurePath(path).stem
