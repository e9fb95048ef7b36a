"""The documents keep what they say: every setting, format, command and link, every file of corpus/README.md."""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest
from settings_table import SETTINGS, with_settings

from index.readers import READABLE_SUFFIXES
from ui.cli import commands
from ui.cli.parser import make_parser
from ui.web.parts.library import KEYS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
USAGE = README + "".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("usage.md", "settings.md"))
FORMATS = README + (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
ALL = "\n\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
PROGRAM = re.compile(r"^(?:\$ )?(?:[\w./~-]*/)?pincite(?= |$)")


def code_blocks(text: str) -> list[str]:
    """Return the lines of all fenced code blocks, a line that ends in a backslash joined with the next."""
    blocks = re.findall(r"^ *(```+|~~~+)[^\n]*\n(.*?)^ *\1", text, flags=re.MULTILINE | re.DOTALL)
    return [line.strip() for _, block in blocks for line in block.replace("\\\n", " ").splitlines()]


def command_lines(text: str) -> list[str]:
    """Return every command line `pincite ...` of the code blocks."""
    return [line for line in code_blocks(text) if PROGRAM.match(line)]


def commands_in_sentences(text: str) -> list[str]:
    """Return every `pincite ...` that stands as code in a sentence or a table."""
    prose = re.sub(r"^ *(```+|~~~+).*?^ *\1", "", text, flags=re.MULTILINE | re.DOTALL)
    return [code for code in re.findall(r"(?<!`)`([^`\n]+)`(?!`)", prose) if PROGRAM.match(code)]


def arguments(line: str) -> list[str]:
    """Return the arguments of a command line, without its comment and what a shell makes of it."""
    words = shlex.split(line, comments=True)[1:]
    for number, word in enumerate(words):
        if word in ("|", ">", ">>", "&", "&&", ";", "2>", "<"):
            return words[:number]
    return words


def parse(words: list[str]) -> argparse.Namespace:
    with contextlib.redirect_stdout(io.StringIO()):
        return make_parser().parse_args(words)


def actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return list(parser._actions)


def subcommands() -> dict[str, argparse.ArgumentParser]:
    for action in actions(make_parser()):
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise AssertionError("there are no commands")


@pytest.mark.parametrize("line", command_lines(ALL) or ["(no document shows a command)"])
def test_every_command_line_that_is_shown_parses(line: str) -> None:
    assert PROGRAM.match(line)
    words = arguments(line)
    if "--help" in words:
        with pytest.raises(SystemExit, match="0"):
            parse(words)
        return
    parse([word.strip("[]").removesuffix("...") for word in words])  # "[--watch]" and "DOC..." stand for what is typed


def test_every_command_that_the_documents_speak_of_exists_with_its_options() -> None:
    known = subcommands()
    for line in commands_in_sentences(ALL):
        words = arguments(line)
        if not words:
            continue
        assert words[0] in known, line
        options = {option for action in actions(known[words[0]]) for option in action.option_strings}
        assert {word.strip("[]") for word in words if word.strip("[]").startswith("-")} <= options, line


def test_every_command_is_shown_in_the_readme() -> None:
    shown = {words[0] for line in command_lines(README) if (words := arguments(line))}
    assert set(subcommands()) - shown == set()


def test_every_option_of_a_command_is_documented() -> None:
    known = {
        option for parser in subcommands().values() for action in actions(parser) for option in action.option_strings
    }
    hidden = {"-h", "--help"}
    assert [option for option in sorted(known - hidden) if not re.search(rf"{option}(?![\w-])", USAGE)] == []


def test_the_table_of_settings_is_made_of_the_one_table() -> None:
    text = SETTINGS.read_text(encoding="utf-8")
    assert with_settings(text) == text, "run `make settings`"


def test_the_keys_are_those_that_the_page_lists() -> None:
    [table] = re.findall(r"^## Keys\n.*?\n((?:\|[^\n]*\n)+)", USAGE, flags=re.MULTILINE | re.DOTALL)
    assert table.splitlines() == ["| key | does |", "|---|---|", *(f"| {key} | {use} |" for key, use in KEYS)]


def test_every_format_is_documented() -> None:
    names = {suffix: suffix.removeprefix(".").upper() for suffix in sorted(READABLE_SUFFIXES)}
    lacking = [s for s, name in names.items() if f"`{s}`" not in FORMATS and not re.search(rf"\b{name}\b", FORMATS)]
    assert lacking == []


def test_every_exit_code_is_documented() -> None:
    for code in (commands.OK, commands.FAULT, commands.WRONG_USAGE, commands.SOME_REJECTED):
        assert re.search(rf"exit code[^\n]*(\n[^\n]+)*?\b{code}\b", USAGE, flags=re.IGNORECASE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_and_heading_that_a_document_links_to_is_there(document: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", document.read_text(encoding="utf-8"))
    for link in (link for link in links if "://" not in link):
        name, _, heading = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        assert target.exists(), link
        assert not heading or heading in anchors(target.read_text(encoding="utf-8")), link


def anchors(text: str) -> set[str]:
    """Return the names under which a page of Markdown is linked to within: its headings, as GitHub writes them."""
    headings = re.findall(r"^#+ +(.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_documents_hold_nothing_that_was_to_be_filled_in() -> None:
    assert re.findall(r"@@\w+@@|TODO|FIXME|XXX", ALL) == []


def test_the_list_of_sample_documents_names_every_file_and_nothing_else() -> None:
    corpus = ROOT / "corpus"
    listed = re.findall(r"^\|\s*`([^`]+)`", (corpus / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    there = [path.name for path in corpus.iterdir() if path.is_file() and not path.name.startswith((".", "__"))]
    assert sorted(listed) == sorted(set(there) - {"README.md"})


def test_every_example_question_is_one_that_can_be_asked() -> None:
    assert commands.SAMPLES.is_dir()
    assert len(set(commands.EXAMPLES)) == len(commands.EXAMPLES) > 0
