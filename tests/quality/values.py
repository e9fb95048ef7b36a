"""Look for dates, numbers, amounts and times whose values are known, and print how many are right, wrong and missed.

    python tests/quality/values.py [--show]

In `values.jsonl` the form stands between "⟦" and "⟧", in a sentence, with what it may stand for: 151 forms, written
down before anything was measured, some of which have no value ("none"). Faults are looked for in every other one only
("seen"), the rest is kept apart. Ours are compared with each library that is installed. `find_values` looks in the
sentence, and so do libraries, but those with a "*", which are given the form alone: that is easier. Only the number or
the date counts, not the unit. Libraries are asked for all kinds, though most are made for one.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import re
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from index import find_values

FORMS = Path(__file__).with_name("values.jsonl")
KINDS = ("date", "number", "amount", "time", "none")
Finder = Callable[[str, str], set[str]]  # a sentence and the form in it go in, what is found of it comes out


@dataclass(frozen=True)
class Form:
    """A form in its sentence, and the values that it may have; there are none of what has no value."""

    kind: str
    kept: bool
    text: str
    written: str
    values: frozenset[str]


def read_forms() -> list[Form]:
    """Return the forms of `values.jsonl`."""
    rows = map(json.loads, FORMS.read_text("utf-8").splitlines())
    return [
        Form(
            row["kind"],
            row["kept"],
            re.sub("[⟦⟧]", "", row["text"]),
            re.search("⟦(.*)⟧", row["text"])[1],
            frozenset(row["values"]),
        )
        for row in rows
    ]


def verdict(form: Form, found: set[str]) -> str:
    """Return whether what was found is right, wrong or missed; of what has no value, nothing is right."""
    if not form.values:
        return "wrong" if found else "right"
    if not found:
        return "missed"
    return "right" if form.values & {one if one in form.values else plain(one) for one in found} else "wrong"


def plain(value: str) -> str:
    """Return a number without needless zeros, and anything else as it is."""
    try:
        return f"{Decimal(value).normalize():f}"
    except InvalidOperation:
        return value


def ours(text: str, form: str) -> set[str]:
    """Return the readings of the values that `find_values` finds where the form stands."""
    start = text.index(form)
    return {
        reading
        for value in find_values(text)
        if value.start < start + len(form) and value.end > start
        for reading in value.readings
    }


def libraries() -> Iterator[tuple[str, Finder]]:
    """Yield the libraries that are installed, by name."""
    makers: dict[str, tuple[str, Callable[[], Finder]]] = {
        "dateparser*": ("dateparser", _dateparser),
        "dateparser.search": ("dateparser", _dateparser_search),
        "dateutil*": ("dateutil", _dateutil),
        "quantulum3": ("quantulum3", _quantulum),
        "text2num*": ("text_to_num", _text2num),
        "number-parser*": ("number_parser", _number_parser),
        "price-parser*": ("price_parser", _price_parser),
        "recognizers-text": ("recognizers_suite", _recognizers),
    }
    for name, (module, make) in makers.items():
        if importlib.util.find_spec(module):
            yield name, make()


def _moments(*moments: Any) -> set[str]:
    """Return each moment as a day, as a month, as a day of any year, and as a time of day."""
    ways = ("%Y-%m-%d", "%Y-%m", "%m-%d", "%H:%M")
    return {moment.strftime(way) for moment in moments if moment for way in ways}


def _dateparser() -> Finder:
    parse = importlib.import_module("dateparser").parse
    return lambda text, form: _moments(parse(form))


def _dateparser_search() -> Finder:
    search = importlib.import_module("dateparser.search").search_dates
    return lambda text, form: _moments(
        *(moment for words, moment in search(text) or [] if words in form or form in words)
    )


def _dateutil() -> Finder:
    parser = importlib.import_module("dateutil.parser")

    def find(text: str, form: str) -> set[str]:
        try:
            return _moments(parser.parse(form, fuzzy=True))
        except (parser.ParserError, OverflowError):
            return set()

    return find


def _quantulum() -> Finder:
    parse = importlib.import_module("quantulum3.parser").parse
    importlib.import_module("quantulum3.classifier").USE_CLF = False  # a pickle that today's scikit-learn can't load

    def find(text: str, form: str) -> set[str]:
        start = text.index(form)
        found = [one for one in parse(text) if one.span[0] < start + len(form) and one.span[1] > start]
        return {f"{one.value:.15g}" for one in found}

    return find


def _text2num() -> Finder:
    spell = importlib.import_module("text_to_num").alpha2digit
    return lambda text, form: set(re.findall(r"\d[\d.]*", spell(form, "en"))) - set(re.findall(r"\d[\d.]*", form))


def _number_parser() -> Finder:
    parse = importlib.import_module("number_parser").parse_number

    def find(text: str, form: str) -> set[str]:
        try:
            return {str(parse(form))} - {"None"}
        except ValueError:  # of "3½"
            return set()

    return find


def _price_parser() -> Finder:
    price = importlib.import_module("price_parser").Price
    return lambda text, form: {str(price.fromstring(form).amount)} - {"None"}


def _recognizers() -> Finder:
    suite = importlib.import_module("recognizers_suite")

    def find(text: str, form: str) -> set[str]:
        start, found = text.index(form), set()
        for entity in suite.recognize_datetime(text, "en-us") + suite.recognize_number(text, "en-us"):
            if entity.start < start + len(form) and entity.end >= start:
                several = (entity.resolution or {}).get("values") or [entity.resolution or {}]
                found |= {str(one.get("value", "")).removesuffix(":00").removeprefix("XXXX-") for one in several}
        return found

    return find


def measure(find: Finder, forms: list[Form]) -> tuple[Counter[tuple[bool, str, str]], list[str], float]:
    """Return counts by half, kind and verdict, what of the half that is seen isn't right, and microseconds a form."""
    counts: Counter[tuple[bool, str, str]] = Counter()
    amiss, seconds = [], 0.0
    for form in forms:
        find(form.text, form.written)
        begun = time.perf_counter()
        found = find(form.text, form.written)
        seconds += time.perf_counter() - begun
        said = verdict(form, found)
        counts[form.kept, form.kind, said] += 1
        if said != "right" and not form.kept:
            amiss.append(f"{said} {form.kind}: {form.written} -> {', '.join(sorted(found))}")
    return counts, amiss, 1e6 * seconds / len(forms)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print what ours has wrong of the half that is seen")
    wanted = parser.parse_args()
    warnings.simplefilter("ignore")
    forms = read_forms()
    print("right/wrong/missed of each kind, seen | kept apart")
    for name, find in [("ours", ours), *libraries()]:
        counts, amiss, pace = measure(find, forms)
        halves = (
            "  ".join(
                f"{kind} " + "/".join(str(counts[kept, kind, said]) for said in ("right", "wrong", "missed"))
                for kind in KINDS
            )
            for kept in (False, True)
        )
        print(f"{name:18} {' | '.join(halves)}  {pace:.0f} µs")
        if name == "ours" and wanted.show:
            print(*amiss, sep="\n")


if __name__ == "__main__":
    main()
