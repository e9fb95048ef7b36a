"""How claims and sources are worded: their words, and which of these are names."""

from __future__ import annotations

import re
import unicodedata

SPOKEN = re.compile(r"[\w%€$£+−-]+")
DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTHS = "january february march april may june july august september october november december".split()
SHORT_NAMES = {name[:3]: name for name in (*MONTHS, *DAYS)} | {
    "sept": "september",
    "tues": "tuesday",
    "thurs": "thursday",
}
CALENDAR = frozenset((*SHORT_NAMES, *SHORT_NAMES.values()))
# Words that are no names, though a sentence may begin with them.
OPENERS = frozenset(
    """the a an it its he his she her they their we our you i this that these those there in on at by for from with when
    while after before since as if but and or so yet however although though because during under over both all some
    many most each every no not only also according both such other one two three four five six seven eight nine ten
    what which who where why how about between within without until unless once then here more less please note there's
    overall additionally furthermore moreover finally first second third next last yes well""".split()
)


def folded(text: str) -> str:
    """Return a text without capitals, accents and \"'s\"."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c)).replace("’s", "").replace("'s", "")
