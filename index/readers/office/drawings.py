"""Drawings in Office files: the words of shapes, charts, diagrams and pictures, for slides, sheets and documents."""

from __future__ import annotations

import re

from index.readers.content import ContentBuilder, one_line, superscript, table_lines
from index.readers.number_formats import shown
from index.readers.package import Element, Package, attribute, child, children, descendants, name_of

_NOT_SHOWN = frozenset({"slidenum", "datetime"})  # fields that change from slide to slide, or from day to day
_GENERATED = re.compile(
    r"\s*(Description automatically generated.*|AI-generated content may be incorrect\.?)", re.DOTALL
)
_NO_DESCRIPTION = re.compile(
    r"\S+\.\w{3,4}|https?:\S+|(\S+ )?(picture|image|graphic|bild|grafik|shape|logo)( \S+)?", re.IGNORECASE
)
_FEWEST_WORDS = 3  # of a description


def paragraph_text(paragraph: Element) -> str:
    """Return the words of a paragraph in a shape, with those of its formulas."""
    parts: list[str] = []
    stack = children(paragraph)[::-1]
    while stack:
        element = stack.pop()
        name = name_of(element)
        if name == "t":
            raised = attribute(child(element.getparent(), "rPr"), "baseline")
            text = element.text or ""
            parts.append(superscript(text) if raised.isdecimal() and int(raised[:9]) > 0 else text)
        elif name in ("br", "tab"):
            parts.append(" ")
        elif name == "fld" and any(attribute(element, "type").startswith(kind) for kind in _NOT_SHOWN):
            continue
        elif name not in ("rPr", "pPr", "endParaRPr", "Fallback"):
            stack.extend(children(element)[::-1])
    return one_line("".join(parts).replace("\u00ad", "").replace("\v", " "))


def shape_text(body: Element | None) -> list[str]:
    """Return the paragraphs of a shape's text, empty ones left out."""
    texts = [paragraph_text(found) for found in children(body) if name_of(found) == "p"]
    return [text for text in texts if text]


def description(properties: Element | None) -> str:
    """Return what a person wrote to describe a picture, or "" if it is only its name or number."""
    text = one_line(_GENERATED.sub("", attribute(properties, "descr")))
    return text if is_description(text) else ""


def is_description(text: str) -> bool:
    """Tell whether a picture's alternative text describes it, and is not its name or number."""
    return len(text.split()) >= _FEWEST_WORDS and _NO_DESCRIPTION.fullmatch(text) is None


def add_chart(builder: ContentBuilder, root: Element | None) -> None:
    """Add a chart: its title, then what it shows as rows, one for each category."""
    chart = child(root, "chart")
    if chart is None:
        return
    axes = {name_of(axis): _title(axis) for axis in children(child(chart, "plotArea")) if name_of(axis).endswith("Ax")}
    measure = axes.get("valAx", "")
    title = _title(chart)
    builder.paragraph(f"{title} ({measure})" if title and measure else title or measure)
    series = list(descendants(child(chart, "plotArea"), "ser"))
    if not series:
        return
    categories: dict[int, str] = {}
    for one in series:
        categories = _points(child(one, "cat")) or _points(child(one, "xVal")) or categories
        if categories:
            break
    values = [_points(child(one, "val")) or _points(child(one, "yVal")) for one in series]
    names = [_series_name(one) or (title if len(series) == 1 else "") for one in series]
    places = sorted({at for one in values for at in one})
    rows = [[categories.get(at, ""), *(one.get(at, "") for one in values)] for at in places]
    header = [axes.get("catAx", "") or axes.get("dateAx", ""), *names]
    if rows:
        builder.lines(table_lines([header, *rows], header_rows=1))


def add_diagram(builder: ContentBuilder, root: Element | None) -> None:
    """Add the words of a diagram (SmartArt) as a list."""
    points = [point for point in children(child(root, "ptLst")) if attribute(point, "type") in ("", "node", "asst")]
    builder.lines([f"- {text}" for point in points if (text := " ".join(shape_text(child(point, "t"))))])


def add_related(builder: ContentBuilder, package: Package, part: str, frame: Element) -> None:
    """Add the chart or diagram that a frame in `part` refers to, if it does."""
    related = package.related(part)
    for name, key, add in (("chart", "id", add_chart), ("relIds", "dm", add_diagram)):
        for found in descendants(frame, name):
            _, target = related.get(attribute(found, key), ("", ""))
            if target in package.names:
                add(builder, package.part(target))


def add_drawing(builder: ContentBuilder, package: Package, part: str, root: Element | None) -> None:
    """Add what is drawn on a sheet, in a part with this root: text boxes, charts, diagrams, pictures' descriptions."""
    stack = children(root)[::-1]
    while stack:
        element = stack.pop()
        name = name_of(element)
        if name == "sp":
            for text in shape_text(child(element, "txBody")):
                builder.paragraph(text)
        elif name == "pic":
            builder.paragraph(description(child(element, "nvPicPr", "cNvPr")))
        elif name == "graphicFrame":
            add_related(builder, package, part, element)
        elif name != "Fallback":
            stack.extend(children(element)[::-1])


def _title(element: Element) -> str:
    """Return the title of a chart or of an axis."""
    text = child(element, "title", "tx")
    rich = child(text, "rich")
    return " ".join(shape_text(rich)) if rich is not None else " ".join(_points(text).values())


def _series_name(series: Element) -> str:
    value = child(series, "tx", "v")
    return one_line(value.text or "") if value is not None else " ".join(_points(child(series, "tx")).values())


def _points(element: Element | None) -> dict[int, str]:
    """Return the values that a chart keeps of a range of cells, by number, as they are shown."""
    code = next((found.text or "" for found in descendants(element, "formatCode")), "")
    found: dict[int, str] = {}
    for point in descendants(element, "pt"):
        value, at = child(point, "v"), attribute(point, "idx")
        if value is not None and value.text and at.isdecimal() and len(at) < 8:
            text = _shown(value.text, attribute(point, "formatCode") or code)
            found[int(at)] = f"{text} {found[int(at)]}" if int(at) in found else text  # outer levels come later
    return found


def _shown(value: str, code: str) -> str:
    try:
        return one_line(shown(float(value), code)) if code else value
    except ValueError:
        return value
