"""The numbers of a Word document's lists and headings, as Word shows them."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Iterable

import pytest

from index.readers.content import Content, Source
from index.readers.office import docx as reader

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def level(depth: int, form: str, text: str, more: str = "") -> str:
    start = "" if "w:start " in more else '<w:start w:val="1"/>'
    form = f'<w:numFmt w:val="{form}"/>'
    return f'<w:lvl w:ilvl="{depth}">{start}{form}{more}<w:lvlText w:val="{text}"/></w:lvl>'


def abstract(*levels: str, name: str = "0", more: str = "") -> str:
    return f'<w:abstractNum w:abstractNumId="{name}">{more}{"".join(levels)}</w:abstractNum>'


def num(number: int, of: str = "0", more: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{of}"/>{more}</w:num>'


def override(depth: int, inside: str) -> str:
    return f'<w:lvlOverride w:ilvl="{depth}">{inside}</w:lvlOverride>'


LEGAL = abstract(level(0, "decimal", "Article %1"), level(1, "decimal", "%1.%2"), level(2, "lowerLetter", "(%3)"))


def words(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>" if text else ""


def item(depth: int | None, text: str, *, of: int = 1, style: str = "", mark: str = "") -> str:
    place = "" if depth is None else f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{of}"/></w:numPr>'
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{place}<w:rPr>{mark}</w:rPr></w:pPr>{words(text)}</w:p>"


def style(name: str, inside: str, *, based_on: str = "", called: str = "") -> str:
    based = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{called or name}"/>{based}'
        f"<w:pPr>{inside}</w:pPr></w:style>"
    )


def content_of(numbering: str, body: str, *, styles: str = "") -> Content:
    file = io.BytesIO()
    parts = {"document": f"<w:body>{body}</w:body>", "numbering": numbering, "styles": styles}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for part, inside in parts.items():
            target.writestr(f"word/{part}.xml", f"<w:{part} {W} {MC}>{inside}</w:{part}>")
    return reader.read(Source(file.getvalue()))


def labels(numbering: str, items: Iterable[tuple[int, int]]) -> list[str]:
    """Return what stands before items, each a list and a depth."""
    body = "".join(item(depth, "x", of=of) for of, depth in items)
    return [line.removesuffix("x").strip() for line in content_of(numbering, body).text.splitlines()]


def test_clauses_are_numbered_as_the_page_shows_them() -> None:
    body = "".join(
        item(depth, text)
        for depth, text in (
            (0, "Terms"),
            (0, "Payment"),
            (1, "The fee."),
            (1, "Interest of"),
            (2, "four;"),
            (2, "six."),
        )
    )
    assert content_of(LEGAL + num(1), body).text == (
        "Article 1 Terms\nArticle 2 Payment\n  2.1 The fee.\n  2.2 Interest of\n    (a) four;\n    (b) six."
    )


def test_a_heading_has_its_number_in_front_and_the_title_has_none() -> None:
    numbered = '<w:numPr>{}<w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="{}"/>'
    styles = style("H1", numbered.format("", 0), called="heading 1")
    styles += style("H2", numbered.format('<w:ilvl w:val="1"/>', 1), based_on="H1", called="heading 2")
    numbering = abstract(level(0, "decimal", "%1"), level(1, "decimal", "%1.%2")) + num(1)
    body = "".join(item(None, text, style=name) for name, text in (("H1", "Scope"), ("H2", "Pumps"), ("H1", "Rest")))
    content = content_of(numbering, body, styles=styles)
    assert content.text == "1 Scope\n\n1.1 Pumps\n\n2 Rest"
    assert [content.text[found.start : found.end] for found in content.headings] == ["1 Scope", "1.1 Pumps", "2 Rest"]
    assert content.title == "Scope"


def test_a_level_names_the_style_whose_paragraphs_are_on_it() -> None:
    link = '<w:pStyle w:val="{}"/>'
    numbering = abstract(
        level(0, "decimal", "%1.", link.format("Clause")), level(1, "lowerLetter", "%2)", link.format("Sub"))
    )
    in_list = '<w:numPr><w:numId w:val="1"/></w:numPr>'
    styles = style("Clause", in_list) + style("Sub", in_list) + style("Own", "", based_on="Sub")
    body = "".join(item(None, name, style=name) for name in ("Clause", "Sub", "Own", "Clause"))
    assert content_of(numbering + num(1), body, styles=styles).text == "1. Clause\n  a) Sub\n  b) Own\n2. Clause"


def test_a_style_out_of_any_list_has_no_number() -> None:
    in_list = '<w:numPr><w:numId w:val="{}"/></w:numPr>'
    styles = style("Clause", in_list.format(1)) + style("Free", in_list.format(0), based_on="Clause")
    body = item(None, "a", style="Clause") + item(None, "b", style="Free") + item(0, "c", of=0)
    assert content_of(LEGAL + num(1), body, styles=styles).text == "Article 1 a\n\nb\n\nc"


def test_a_list_by_a_style_of_lists_is_that_list() -> None:
    linked = abstract(name="7", more='<w:numStyleLink w:val="Legal"/>')
    defined = LEGAL.replace("<w:lvl ", '<w:styleLink w:val="Legal"/><w:lvl ', 1)
    assert labels(linked + defined + num(1, "7"), [(1, 0), (1, 1)]) == ["Article 1", "1.1"]


def test_deeper_levels_begin_anew_unless_the_level_says_after_which() -> None:
    numbering = abstract(
        level(0, "upperRoman", "%1."),
        level(1, "decimal", "§ %2", '<w:lvlRestart w:val="0"/>'),
        level(2, "lowerLetter", "%3)", '<w:lvlRestart w:val="1"/>'),
    )
    depths = (0, 1, 2, 1, 2, 0, 1, 2)
    shown = ["I.", "§ 1", "a)", "§ 2", "b)", "II.", "§ 3", "a)"]
    assert labels(numbering + num(1), [(1, depth) for depth in depths]) == shown


def test_a_level_that_was_left_out_counts_as_one() -> None:
    assert labels(LEGAL + num(1), [(1, 1), (1, 1), (1, 0), (1, 1)]) == ["1.1", "1.2", "Article 2", "2.1"]


def test_lists_of_one_series_count_on_unless_one_begins_anew() -> None:
    again = override(0, '<w:startOverride w:val="5"/>')
    numbering = LEGAL + num(1) + num(2) + num(3, more=again)
    items = [(1, 0), (2, 0), (3, 0), (3, 1), (1, 0), (3, 0)]
    assert labels(numbering, items) == ["Article 1", "Article 2", "Article 5", "5.1", "Article 6", "Article 7"]


def test_a_list_may_change_a_level() -> None:
    numbering = LEGAL + num(1, more=override(0, level(0, "upperLetter", "Annex %1", '<w:start w:val="3"/>')))
    assert labels(numbering, [(1, 0), (1, 1), (1, 0)]) == ["Annex C", "C.1", "Annex D"]


@pytest.mark.parametrize(
    ("form", "text", "shown"),
    [
        ("decimalZero", "%1", "02"),
        ("upperLetter", "%1)", "B)"),
        ("lowerRoman", "(%1)", "(ii)"),
        ("chineseCounting", "第%1条", "第二条"),
        ("russianLower", "%1)", "б)"),
        ("ordinalText", "%1", "2"),  # a form of words, in digits
        ("bullet", "\u2022", "-"),
        ("none", "Note:", "Note:"),
    ],
)
def test_each_form_of_numbers_is_shown(form: str, text: str, shown: str) -> None:
    assert labels(abstract(level(0, form, text)) + num(1), [(1, 0), (1, 0)])[-1] == shown


def test_leading_zeros_of_a_form_that_old_programs_do_not_know() -> None:
    newer = '<mc:Choice Requires="w14"><w:numFmt w:val="custom" w:format="001, 002, 003, ..."/></mc:Choice>'
    older = '<mc:Fallback><w:numFmt w:val="decimal"/></mc:Fallback>'
    made = f"<mc:AlternateContent>{newer}{older}</mc:AlternateContent>"
    numbering = abstract(level(0, "", "%1", made).replace('<w:numFmt w:val=""/>', ""))
    assert labels(numbering + num(1), [(1, 0)]) == ["001"]


def test_legal_numbers_are_digits_throughout() -> None:
    numbering = abstract(level(0, "upperRoman", "%1."), level(1, "decimal", "%1.%2", "<w:isLgl/>"))
    assert labels(numbering + num(1), [(1, 0), (1, 0), (1, 1)]) == ["I.", "II.", "2.1"]


def test_a_level_that_shows_nothing_makes_a_paragraph_and_counts() -> None:
    numbering = abstract(level(0, "decimal", ""), level(1, "decimal", "%1.%2")) + num(1)
    assert content_of(numbering, item(0, "a") + item(0, "b") + item(1, "c")).text == "a\n\nb\n\n  2.1 c"


def test_a_number_that_no_eye_sees_is_left_out() -> None:
    numbering = abstract(level(0, "decimal", "Ignore %1", "<w:rPr><w:vanish/></w:rPr>")) + num(1)
    assert content_of(numbering, item(0, "a")).text == "a"


def test_an_empty_item_counts_and_one_that_is_gone_does_not() -> None:
    body = item(0, "a") + item(0, "") + item(0, "", mark="<w:del/>") + item(0, "", mark="<w:vanish/>") + item(0, "b")
    assert content_of(LEGAL + num(1), body).text == "Article 1 a\nArticle 3 b"


def test_rows_that_number_themselves_have_their_numbers() -> None:
    rows = "".join(
        f"<w:tr><w:tc>{number}</w:tc><w:tc><w:p>{words(text)}</w:p></w:tc></w:tr>"
        for number, text in ((item(0, ""), "Pump"), (item(0, ""), "Hose"))
    )
    numbering = abstract(level(0, "decimal", "%1.")) + num(1)
    assert content_of(numbering, f"<w:tbl>{rows}</w:tbl>").text == "1. | Pump\n2. | Hose"


@pytest.mark.slow
def test_hostile_numbering_is_bounded() -> None:
    begun = time.process_time()
    endless = level(0, "lowerLetter", "%1" * 10_000 + "x" * 1_000_000, '<w:start w:val="999999999999999999999"/>')
    deep = "".join(level(depth, "decimal", "%1") for depth in (9, 10, 99, 10**9))
    circle = style("A", "", based_on="B") + style("B", '<w:numPr><w:ilvl w:val="7"/></w:numPr>', based_on="A")
    linked = abstract(name="1", more='<w:numStyleLink w:val="Me"/><w:styleLink w:val="Me"/>')
    numbering = abstract(endless, deep) + linked + "".join(num(at, str(at % 2)) for at in range(1, 3000))
    body = item(0, "x", of=2) * 20_000 + item(99, "y", of=2) + item(None, "z", of=1, style="A") + item(0, "w", of=1)
    content = content_of(numbering, body, styles=circle)
    lines = content.text.splitlines()
    assert len(lines) > 20_000
    assert max(map(len, lines)) < 200
    assert time.process_time() - begun < 20
