"""The attributes `data-...`: what one side writes the other reads, and the list of them has all of them and no more."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parent.parent.parent / "ui" / "web"
LIST = tomllib.loads((WEB / "parts" / "attributes.toml").read_text(encoding="utf-8"))
NAME, DATASET = r"\bdata-([a-z-]+)", r"\bdataset(?: \?\? \{\})?"
# How a script names attributes: what it writes, what it reads, and what tells nothing of either. A place is taken by
# the first form that fits; the group has the names, with commas between them.
FORMS = [
    ("writes", rf'\b(?:set|toggle)Attribute\(\s*"{NAME}"'),
    ("writes", rf'\b\w+: "{NAME}"'),  # in a table of what is set
    ("reads", rf'\b(?:has|get)Attribute\("{NAME}"'),
    ("reads", rf'"{NAME}"(?=(?:, "[\w-]+")*\])'),  # in the list of what is observed
    ("reads", rf"\[{NAME}"),
    ("neither", rf'\bremoveAttribute\("{NAME}"'),
    ("neither", r"\bdelete [\w.]+\.dataset\.(\w+)"),
    ("writes", r"\bdataset\.(\w+) (?:\?\?)?= "),
    ("reads", r"\bdataset\.(\w+)"),
    ("reads", r'"(\w+)" in [\w.]+\.dataset\b'),
    ("reads", rf"\bconst \{{([^{{}}]*)\}} = [^;{{}}]*{DATASET};"),
    ("writes", r"\bObject\.assign\([^;]*\bdataset, \{((?:`[^`]*`|[^{}`])*)\}"),
    ("neither", r"\bObject\.entries\([\w.]+\.dataset()\)"),
    ("neither", r"\{[\w, ]*\bdataset()[\w, ]*\}\)"),  # handed to a function, which reads of it
    ("neither", rf"\bconst \w+ = [^;]*{DATASET};()"),  # it gets a name: see `_read_under_a_name`
    ("neither", r"\.dataset\[\w+\]()"),  # by names that are read elsewhere too
]


def of_script(text: str) -> Iterator[tuple[str, str]]:
    """Yield what a script does with attributes, and which; a place where that can't be told fails."""
    text = re.sub(r"^\s*//.*$", "", text, flags=re.MULTILINE)
    yield from _read_under_a_name(text)
    for does, form in FORMS:
        for names in re.findall(form, text):
            for name in re.findall(r"(?:^|,)\s*([\w-]+)", re.sub(r"`[^`]*`", "", names)):
                yield does, re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name)
        text = re.sub(form, "", text)
    assert re.findall(r".*(?:\bdataset\b|\bdata-[a-z]).*", text) == [], "write it in one of FORMS, or add a form"


def _read_under_a_name(text: str) -> Iterator[tuple[str, str]]:
    """Yield what is read of a `dataset` under a name of its own, to the end of its block."""
    named = rf"^( *)const (\w+) = [^;]*{DATASET};\n((?:\1.*\n|\n)*)"
    for _, data, block in re.findall(named, text, re.MULTILINE):
        for names in re.findall(rf'(?<![\w.]){data}\.(\w+)|"(\w+)" in {data}\b', block):
            yield "reads", re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", "".join(names))


def of_module(text: str) -> Iterator[str]:
    """Yield the attributes that a module in Python writes."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.keyword) and node.arg:
            given = node.arg
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from re.findall(rf"{NAME}=", node.value)
            given = node.value
        else:
            continue
        yield from (name.replace("_", "-") for name in re.findall(r"\Adata_([a-z_]+)\Z", given))


def texts(kind: str) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in WEB.rglob(f"*.{kind}")]


def by_scripts(does: str) -> set[str]:
    return {name for text in texts("js") for done, name in of_script(text) if done == does}


def by_the_server() -> set[str]:
    return {name for text in texts("py") for name in of_module(text)}


def test_what_is_written_is_read_and_what_is_read_is_written() -> None:
    written = by_the_server() | by_scripts("writes")
    read = by_scripts("reads") | {name for text in texts("css") for name in re.findall(NAME, text)}
    assert read - written == set()
    assert written - read == set(LIST["unread"])


def test_the_list_has_all_attributes_and_no_others() -> None:
    server = by_the_server()
    assert set(LIST["server"]) | set(LIST["unread"]) == server
    assert set(LIST["scripts"]) == by_scripts("writes") - server


def test_the_list_says_of_each_what_it_means_in_the_order_of_their_names() -> None:
    for part in LIST.values():
        assert list(part) == sorted(part)
        assert all(re.match(r"\w.{9,}\w\)?\Z", said) for said in part.values())


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ('root.toggleAttribute("data-find-step", is);', [("writes", "find-step")]),
        ('root.removeAttribute("data-busy");', [("neither", "busy")]),
        ('first(`[data-picks=${what}]`, "[data-open]");', [("reads", "picks"), ("reads", "open")]),
        ("if (one.dataset.findStep === two) {}", [("reads", "find-step")]),
        ("one.dataset.was = two;\ndelete one.dataset.sure;", [("neither", "sure"), ("writes", "was")]),
        ("const { open, first: from } = of(1)?.dataset ?? {};", [("reads", "open"), ("reads", "first")]),
        ("const { told } = of(one.dataset.turn);", [("reads", "turn")]),
        ("Object.assign(a.dataset, { only: `x:${b.c}`, name: d });", [("writes", "only"), ("writes", "name")]),
        (
            '{\n  const data = a.dataset;\n  if ("ask" in data) b(data.fill);\n}\ndata.no;\n',
            [("reads", "ask"), ("reads", "fill")],
        ),
        (
            'observe(root, { attributeFilter: ["open", "data-busy", "data-tab"] });',
            [("reads", "busy"), ("reads", "tab")],
        ),
        ("// one.dataset.ask", []),
    ],
)
def test_what_a_script_does_with_an_attribute_is_told(script: str, found: list[tuple[str, str]]) -> None:
    assert list(of_script(script)) == found


@pytest.mark.parametrize("script", ["act(one.dataset);", 'const name = "data-open";'])
def test_a_script_that_hides_what_it_does_with_an_attribute_fails(script: str) -> None:
    with pytest.raises(AssertionError, match="add a form"):
        list(of_script(script))
