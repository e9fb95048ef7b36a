"""Places: "section 4.2", "article 12", "page 3" go in, what stands there comes out; headings and pages tell where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from index import Document, Snapshot, content_words, split_words
from rag.answer.quoting import Quote, is_heading, quotes_of

_PAGED = frozenset("page slide sheet chapter".split())
_EXPLICIT = {
    "section": r"section|sec\.?|§+",
    "clause": r"clause|cl\.?",
    "article": r"article|art\.?",
    "paragraph": r"paragraph|para\.?|§+",
}
_UNMARKED = frozenset("section clause article paragraph step point item rule".split())
_SECTIONS = r"sections?|sec\.?|clauses?|articles?|art\.?|paragraphs?|§+"
_ANY_NOUN = rf"{_SECTIONS}|steps?|chapters?|appendix|schedule|annex|rules?|parts?"
_NUMBERED = re.compile(
    rf"^[ \t#>*_-]*(?:(?P<noun>{_ANY_NOUN})\s*[(\[]?)?(?P<label>\d{{1,3}}(?:\.\d{{1,3}})*)(?=[.):\]\s–—-])", re.I | re.M
)
_LABEL_ALONE = re.compile(rf"^[ \t#>*_-]*(?:{_ANY_NOUN})?\s*[\d.]+[a-z]?[.:)]?$", re.I)
_LEAST_NAMED = 2  # articles that are called so, where a mere number is none
_HEADED = 0.3  # what it adds to the cosine of a sentence that its heading has the words, too
_MOST_SENTENCES = 6
_MOST_DOCUMENTS = 3
_MOST_CHARACTERS = 6000  # of a place that are read


@dataclass(frozen=True, slots=True)
class Place:
    """Where a place is: `document.text[start:end]`. Of several one of the highest `quality` is meant."""

    document: Document
    start: int
    end: int
    quality: int


def find_places(documents: Iterable[Document], noun: str, label: str) -> list[Place]:
    """Return the places that are called so, those of the highest quality first; none if there is no such place."""
    found = [place for document in documents if (place := _find_place(document, noun, label))]
    return sorted(found, key=lambda place: -place.quality)


def quote_places(snapshot: Snapshot, places: Sequence[Place], about: str = "") -> list[Quote]:
    """Return what stands in the best of the places, in at most three documents, without headings where more is.

    With `about` it is what speaks most of that, in the best that speak of it at all.
    """
    alike = (list(places)[:_MOST_DOCUMENTS] for _, places in groupby(places, key=lambda place: place.quality))
    return next((quotes for places in alike if (quotes := _quotes_in(snapshot, places, about))), [])


def _quotes_in(snapshot: Snapshot, places: Sequence[Place], about: str) -> list[Quote]:
    quotes: list[Quote] = []
    for place in places:
        most = max(2, _MOST_SENTENCES // len(places))
        within = list(quotes_of(snapshot, place.document, place.start, place.end))
        within = [quote for quote in within if not (is_heading(quote) or _LABEL_ALONE.match(quote.text))] or within
        quotes += _most_about(within, about)[:most] if about else within[:most]
    return quotes


def find_section(snapshot: Snapshot, about: str, documents: Sequence[str]) -> list[Quote]:
    """Return the heading and the sentence of the section that speaks most of `about`; nothing if none does."""
    asked = set(content_words(about))
    hits = snapshot.search(about, top_k=10, documents=documents)
    statements: list[Quote] = []
    for hit in hits:
        document = snapshot.find_document(hit.passage.doc_id)
        if document is None:
            continue
        words = set(split_words(f"{hit.passage.heading} {document.text[hit.passage.start : hit.passage.end]}"))
        if len(asked & words) * 2 >= len(asked):
            within = quotes_of(snapshot, document, hit.passage.start, hit.passage.end)
            statements += [quote for quote in within if not is_heading(quote)]
    if not statements:
        return []
    query = snapshot.encoder.embed_query(about)
    near = snapshot.encoder.likeness(snapshot.embed_sentences([quote.text for quote in statements]) @ query)
    headed = [len(asked & set(split_words(quote.hit.passage.heading))) / max(1, len(asked)) for quote in statements]
    best = statements[int((near + _HEADED * np.asarray(headed)).argmax())]
    heading = next((h for h in reversed(best.document.headings) if h.end <= best.start), None)
    if heading is None or _NUMBERED.match(best.text):
        return [best]
    return [*list(quotes_of(snapshot, best.document, heading.start, heading.end))[:1], best]


def _find_place(document: Document, noun: str, label: str) -> Place | None:
    if noun in _PAGED and label.isdigit() and int(label) in document.pages:
        page = document.pages[int(label)]
        return Place(document, page.start, page.end, quality=3)
    if noun == "page":
        return None
    after = rf"{re.escape(label)}(?![\w]|\.\d)"
    bracketed = rf"[(\[]?{after}"  # "Article (8)"
    own = _EXPLICIT.get(noun, re.escape(noun) + r"\.?")
    patterns = [(4, rf"^[ \t#>*_-]*(?:{own})\s*{bracketed}")]
    if noun in _UNMARKED and not _are_named(document, own):
        patterns.append((1 if noun == "step" else 2, rf"^[ \t#>*_-]*(?:§+\s*)?{after}(?=[.):\s])"))
    if noun in ("section", "clause", "article", "paragraph"):
        patterns.insert(1, (3, rf"^[ \t#>*_-]*(?:{_SECTIONS})\s*{bracketed}"))
    for quality, pattern in patterns:
        starts = [match.start() for match in re.finditer(pattern, document.text, re.I | re.M)]
        spans = [(start, _end_of(document, start, label)) for start in starts]
        if spans:  # a table of contents has it, too, and nothing behind it
            start, end = max(spans, key=lambda span: span[1] - span[0])
            return Place(document, start, end, quality)
    return None


def _are_named(document: Document, own: str) -> bool:
    """Tell whether a document calls its articles so, each on a line of its own: then a mere number is none."""
    found = re.findall(rf"^[ \t#>*_-]*(?:{own})[ \t]*[(\[]?(\d+)", document.text, re.I | re.M)
    return len(set(found)) >= _LEAST_NAMED


def _end_of(document: Document, start: int, label: str) -> int:
    """Return where a place ends: at the next one of its rank or above, or at the next heading that is not below it."""
    text = document.text
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    own = next((h for h in document.headings if start <= h.start <= line_end or h.start <= start < h.end), None)
    ends = [
        h.start for h in document.headings if h.start > line_end and (own is None or h.level <= own.level)
    ]  # fmt: skip
    depth = label.count(".")
    for found in _NUMBERED.finditer(text, line_end, min(len(text), start + _MOST_CHARACTERS)):
        other = found["label"]
        if other.startswith(f"{label}.") or (
            other.count(".") == depth and not _follows(label, other) and not found["noun"]
        ):
            continue
        if other.count(".") <= depth:
            ends.append(found.start())
            break
    return min([*ends, start + _MOST_CHARACTERS, len(text)])


def _follows(label: str, other: str) -> bool:
    """Tell whether `other` is a later one of the same row: 4.3 after 4.2."""
    ours, theirs = label.split("."), other.split(".")
    if ours[:-1] != theirs[:-1] or not ours[-1].isdigit():
        return True
    return int(theirs[-1]) > int(ours[-1])


def _most_about(quotes: Sequence[Quote], about: str) -> list[Quote]:
    asked = set(content_words(about))
    shared = [len(asked & set(split_words(quote.text))) for quote in quotes]
    most = max(shared, default=0)
    return [quote for quote, number in zip(quotes, shared, strict=True) if most and number == most]
