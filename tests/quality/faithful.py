"""Compare our text of real files with that of an independent extractor, word by word, and print the table.

    python tests/quality/faithful.py [--shared ../shared] [--formats pdf docx] [--below 0.98] [--show NAME]

Words are runs of letters and digits, after NFKC (ligatures, wide forms), with hyphens taken out, so that it makes no
difference at which hyphen a line ends. `recall` is the share of the extractor's words that we have, `precision` the
share of ours that it has, both as multisets; `order` is the longest common subsequence over the words in common.
Running lines that our reader recognised, the text of notes and the names of columns before the cells of tables, which
the extractor doesn't give, are counted apart.
Adding a format is a row in EXTRACTORS.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from index.errors import DocumentRejectedError
from index.readers import read_document
from index.readers.ocr import ocr
from index.readers.pdf import layout as pdf_layout
from index.readers.pdf.headings import drop_running_lines
from index.readers.pdf.lines import PageLines
from index.readers.pdf.tables import name_cells
from index.records import LeftOut

_TIME = 120  # seconds for an extractor
_HYPHENS = re.compile(r"(?<=\w)[-\u00ad\u2010\u2011\u2212\ufffe\x02]\s*(?=\w)")
_WIDE = r"\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff"  # no spaces: a character is a word
_WORD = re.compile(rf"[{_WIDE}]|[^\W_{_WIDE}]+")
_SUPERSCRIPTS = str.maketrans("⁺⁻⁼⁽⁾", "+-=()")


@dataclass
class Row:
    """What came of one file."""

    path: str
    words: int = 0  # of the extractor
    recall: float = 1.0
    precision: float = 1.0
    order: float = 1.0
    running: int = 0  # words of running lines
    notes: int = 0  # words of notes
    cause: str = ""
    lost: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)


@dataclass
class Apart:
    """What our reader left out as running lines, and what it put in as notes, of the file that is being read."""

    running: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def poppler(path: Path) -> str:
    """Return a PDF's text by Poppler, in the order of the pages' programs."""
    return _run(["pdftotext", "-raw", "-enc", "UTF-8", str(path), "-"])


def poppler_in_order(path: Path) -> str:
    """Return a PDF's text by Poppler, in the order that it takes for that of reading."""
    return _run(["pdftotext", "-enc", "UTF-8", str(path), "-"])


def office(path: Path) -> str:
    """Return a text document's text by LibreOffice: its body and notes, without page headers and comments."""
    return _by_office(path, "txt:Text (encoded):UTF8", lambda found: found.read_text("utf-8-sig", "replace"))


def office_sheets(path: Path) -> str:
    """Return the cells of all sheets as LibreOffice shows them; no comments, no text boxes."""
    return _by_office(path, "html:HTML (StarCalc)", _cells)


def _cells(path: Path) -> str:
    body = path.read_text("utf-8", "replace").partition("<table")[2]
    return html.unescape(re.sub(r"<[^>]*>", " ", f"<{body}"))


def office_slides(path: Path) -> str:
    """Return the words of slides as LibreOffice prints them, and Poppler reads that; no notes, no comments."""
    return _by_office(path, "pdf", poppler)


def _by_office(path: Path, target: str, text: Callable[[Path], str]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        profile, out = f"-env:UserInstallation=file://{folder}/profile", Path(folder, "out")
        _run(["soffice", profile, "--headless", "--convert-to", target, "--outdir", str(out), str(path)])
        return "\n".join(text(found) for found in sorted(out.glob("*")))


# For each suffix the extractors: the first gives the words, any may give the order.
EXTRACTORS: dict[str, Sequence[Callable[[Path], str]]] = {
    ".pdf": (poppler, poppler_in_order),
    ".docx": (office,),
    ".odt": (office,),
    ".doc": (office,),
    ".xlsx": (office_sheets,),
    ".ods": (office_sheets,),
    ".xls": (office_sheets,),
    ".pptx": (office_slides,),
    ".odp": (office_slides,),
    ".ppt": (office_slides,),
}


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, timeout=_TIME, check=False)
    return done.stdout.decode("utf-8", "replace")


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    text = unicodedata.normalize("NFKC", text.translate(_SUPERSCRIPTS))
    return _WORD.findall(_HYPHENS.sub("", text))


def common_in_order(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the longest common subsequence (Hyyrö's bit-parallel way, exact and fast enough)."""
    places: dict[str, int] = {}
    for place, word in enumerate(one):
        places[word] = places.get(word, 0) | (1 << place)
    full = (1 << len(one)) - 1
    row = full
    for word in other:
        matched = row & places.get(word, 0)
        row = ((row + matched) | (row - matched)) & full
    return len(one) - row.bit_count()


def compare(path: Path, name: str, apart: Apart) -> Row | None:
    """Return how our text of a file compares, or None if we have none."""
    apart.running, apart.notes = [], []
    try:
        text = read_document(path).text
    except DocumentRejectedError:
        return None
    running, notes = words_of("\n".join(apart.running)), words_of("\n".join(apart.notes))
    theirs = [extract(path) for extract in EXTRACTORS[path.suffix.lower()]]
    ours, wanted = words_of(text), [words_of(one) for one in theirs]
    mine, reference = Counter(ours), Counter(wanted[0])
    return _row(
        name, (mine, reference), (Counter(running), Counter(notes)), orders=(ours, wanted), texts=(text, theirs[0])
    )


def _row(
    name: str,
    words: tuple[Counter[str], Counter[str]],
    apart: tuple[Counter[str], Counter[str]],
    *,
    orders: tuple[list[str], list[list[str]]],
    texts: tuple[str, str],
) -> Row:
    mine, reference = words
    running, notes = apart
    lost = reference - mine
    lost -= running
    added = mine - reference
    added -= notes
    common = (mine & reference).total()
    row = Row(name, reference.total(), running=running.total(), notes=notes.total())
    row.recall = _share(reference.total() - lost.total(), reference.total())
    row.precision = _share(mine.total() - added.total(), mine.total())
    row.order = max((_share(common_in_order(orders[0], wanted), common) for wanted in orders[1]), default=1.0)
    row.lost = [word for word, _ in lost.most_common(40)]
    row.added = [word for word, _ in added.most_common(40)]
    row.cause = _cause(*texts, lost=lost, added=added, running=running)
    return row


def _share(part: int, whole: int) -> float:
    return round(min(part / whole, 1.0), 4) if whole else 1.0


def _cause(ours: str, theirs: str, *, lost: Counter[str], added: Counter[str], running: Counter[str]) -> str:
    """Return why words differ, where it can be told by their kind."""
    if not lost:
        return ""
    without_space = Counter("".join(lost.elements())) - Counter("".join(added.elements()))
    letters = sum(map(len, lost.elements()))
    if without_space.total() < 0.1 * letters:
        return "spaces: the same letters, parted otherwise"
    odd = sum(_is_odd(character) for character in theirs)
    if odd > 0.1 * letters:
        return "encoding: the font doesn't say its characters"
    return "other"


def _is_odd(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Co", "Cn", "Cc") and character not in "\n\r\t\f"
    ) or character == "\ufffd"


def _listening() -> Apart:
    """Have the reader tell what it leaves out and puts in."""
    apart = Apart()

    def heard(pages: Sequence[PageLines]) -> list[LeftOut]:
        before = {id(line): line.text for page in pages for line in page.lines}
        dropped = drop_running_lines(pages)
        left = {id(line) for page in pages for line in page.lines}
        apart.running.extend(text for key, text in before.items() if key not in left)
        apart.notes.extend(line.text for page in pages for line in getattr(page, "notes", ()))
        return dropped

    def heard_names(pages: Sequence[PageLines], *, report: Callable[[int, int], None]) -> None:
        before = Counter(words_of("\n".join(line.text for page in pages for line in page.lines)))
        name_cells(pages, report=report)
        after = Counter(words_of("\n".join(line.text for page in pages for line in page.lines)))
        apart.notes.extend((after - before).elements())

    pdf_layout.drop_running_lines = heard
    pdf_layout.name_cells = heard_names
    return apart


def files(shared: Path, suffixes: set[str]) -> Iterator[tuple[Path, str, str]]:
    """Yield the files of the collection, each with its name there and its class."""
    lines = (shared / "documents" / "index.tsv").read_text(encoding="utf-8").splitlines()
    names = lines[0].split("\t")
    for line in lines[1:]:
        row = dict(zip(names, line.split("\t"), strict=False))
        if row["ext"] in suffixes:
            yield shared / "documents" / row["path"], row["path"], row["class"]


def main() -> None:
    """Compare all files and print what differs."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--shared", type=Path, default=Path("../shared"))
    arguments.add_argument("--formats", nargs="*", default=[suffix[1:] for suffix in EXTRACTORS])
    arguments.add_argument("--below", type=float, default=0.98)
    arguments.add_argument("--show", default="", help="only files whose name holds this, with the words that differ")
    arguments.add_argument("--out", type=Path, help="write all rows there, as JSON")
    options = arguments.parse_args()
    ocr.available = lambda: False  # what is read from pictures no extractor has
    apart, rows = _listening(), []
    for path, name, _ in files(options.shared, {f".{one}" for one in options.formats}):
        if options.show in name and (row := compare(path, name, apart)) is not None:
            rows.append(row)
            if options.show:
                print(row)
    _print(rows, options.below)
    if options.out:
        options.out.write_text(json.dumps([asdict(row) for row in rows], indent=1, ensure_ascii=False), "utf-8")


def _print(rows: Sequence[Row], below: float) -> None:
    out = sys.stdout.write
    for row in sorted(rows, key=lambda row: row.recall):
        if row.recall < below:
            out(f"{row.recall:.3f} {row.precision:.3f} {row.order:.3f} {row.words:6d}  {row.path}  [{row.cause}]\n")
    for suffix in sorted({Path(row.path).suffix for row in rows}):
        kind = [row for row in rows if Path(row.path).suffix == suffix]
        total = sum(row.words for row in kind)
        means = [
            sum(getattr(row, name) * row.words for row in kind) / max(total, 1)
            for name in ("recall", "precision", "order")
        ]
        low = sum(row.recall < below for row in kind)
        out(f"{suffix}: {len(kind)} files, {total} words: recall {means[0]:.4f}, precision {means[1]:.4f}, ")
        out(f"order {means[2]:.4f}; {low} files below {below}; ")
        out(f"{sum(row.running for row in kind)} words of running lines, {sum(row.notes for row in kind)} of notes\n")


if __name__ == "__main__":
    main()
