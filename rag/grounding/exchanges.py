"""What says a claim in its words and their order, but of another: another name, the opposite, two parts turned."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from rag.grounding.wording import CALENDAR, OPENERS, SPOKEN, folded

_JOINING = frozenset(("and", "or", "nor", "with", "the", "a", "an"))
_MOST_TURNED = 80  # words of a claim in which parts are looked for that changed places
_IN_PLACE = 0.7  # share of a claim's words that a sentence has in their order, from which both have the same places
_LEAST_AROUND = 2  # words before or behind that show the place of what is exchanged
_MOST_ALIGNED = 120  # words of a claim and a sentence that are held against each other in order
_MOST_OF_NAME = 6  # words that may be a name and what goes with it
_LONGEST_NAME = 40  # letters of a word of a name that are looked at
_OF_KIN, _SPELT_ALIKE = 4, 0.8  # letters that a name and its adjective share; likeness of one that is spelt otherwise
_OPPOSITES = frozenset(
    frozenset(pair.split("/"))
    for pair in """above/below accepted/refused accepted/rejected after/before after/until after/within all/no
    allowed/forbidden allowed/prohibited always/never approved/refused approved/rejected arrive/depart
    arrives/departs ascending/descending began/ended begin/end begins/ends best/worst better/worse
    bottom/top bought/sold buy/sell buyer/seller buys/sells cheaper/dearer cheapest/dearest closed/open
    closed/opened closes/opens cold/hot cold/warm cooler/warmer credit/debit daughter/son day/night
    decline/growth decrease/increase decreased/increased decreases/increases defeat/victory
    disabled/enabled drier/wetter dry/wet earlier/later earliest/latest early/late east/west
    eastern/western easy/hard employee/employer employees/employers empty/full end/start ended/started
    ends/starts everybody/nobody everyone/nobody everything/nothing excluded/included excludes/includes
    excluding/including expense/income export/import exported/imported exports/imports external/internal
    fall/rise faster/slower fastest/slowest father/mother fell/rose female/male few/many fewer/more
    fewest/most first/last forbidden/permitted from/until gain/loss gains/losses heavier/lighter
    heaviest/lightest high/low higher/lower highest/lowest husband/wife inside/outside landlord/tenant
    large/small larger/smaller largest/smallest least/most left/right less/more lessee/lessor
    longer/shorter longest/shortest loss/profit lost/won mandatory/optional maximum/minimum men/women
    morning/evening narrower/wider negative/positive never/often new/old newer/older newest/oldest
    north/south northern/southern often/rarely older/younger oldest/youngest optional/required
    over/under overestimated/underestimated paid/unpaid permitted/prohibited private/public
    same/different spring/autumn stronger/weaker strongest/weakest summer/winter thicker/thinner
    upper/lower upwards/downwards with/without""".split()
)


def puts_another(claim: str, sentences: Sequence[str]) -> bool:
    """Tell whether what has a claim's words in their order has another name in the place of one, or an opposite.

    "It was moved to Lyon in 1890" is not supported by "It was moved from Oslo to Nice in 1890".
    """
    found = [exchanged for sentence in sentences if (exchanged := _exchanges(claim, sentence)) is not None]
    return bool(found) and all(found)


def is_turned(claim: str, sentence: str) -> bool:
    """Tell whether a sentence has the words of a claim with two parts of it in each other's place.

    "Ida pays Jon" turns "Jon pays Ida"; "Jon and Ida pay" doesn't turn "Ida and Jon pay".
    """
    ours, theirs = (SPOKEN.findall(text.casefold()) for text in (claim, sentence))
    if len(ours) > _MOST_TURNED or sorted(ours) != sorted(theirs):
        return False
    while ours and ours[0] == theirs[0]:
        ours, theirs = ours[1:], theirs[1:]
    while ours and ours[-1] == theirs[-1]:
        ours, theirs = ours[:-1], theirs[:-1]
    for first in range(1, len(ours)):
        for last in range(1, len(ours) - first):
            between = ours[first:-last]
            if ours[-last:] + between + ours[:first] == theirs and not _JOINING.issuperset(between):
                return True
    return False


def _exchanges(claim: str, sentence: str) -> bool | None:
    """Tell whether a sentence has something else in a claim's place; None if it has too few of its words in order."""
    ours, theirs = SPOKEN.findall(claim), SPOKEN.findall(sentence)
    if not ours or max(len(ours), len(theirs)) > _MOST_ALIGNED:
        return None
    plain = [folded(word) for word in ours], [folded(word) for word in theirs]
    alike = len({*plain[0]} & {*plain[1]}) >= _IN_PLACE * len({*plain[0]})
    if not alike:
        return None
    blocks = SequenceMatcher(None, *plain, autojunk=False).get_opcodes()
    equal = [end - start if kind == "equal" else 0 for kind, start, end, _, _ in blocks]
    if sum(equal) < _IN_PLACE * len(ours):
        return None
    around = zip([0, *equal], blocks, [*equal[1:], 0], strict=False)
    replaced = [
        (start, end, left, right, before)
        for before, (kind, start, end, left, right), after in around
        if kind == "replace" and max(before, after) >= _LEAST_AROUND and (after or end == len(ours))
    ]
    return any(
        frozenset((" ".join(plain[0][start:end]), " ".join(plain[1][left:right]))) in _OPPOSITES
        or (before and _are_others(_named(ours[start:end], plain[1]), _named(theirs[left:right], plain[0][start:end])))
        for start, end, left, right, before in replaced
    )


def _named(words: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return the words that are written as names and aren't among others; nothing of what is too long for a name."""
    if len(words) > _MOST_OF_NAME:
        return []
    written = (word for word in words if word[:1].isupper() and word.lower() not in OPENERS | CALENDAR)
    return [word for word in written if folded(word) not in others]


def _are_others(names: Sequence[str], others: Sequence[str]) -> bool:
    """Tell whether names are those of something else: not "US" for "United States", "Indian" for "India"."""
    initials = ["".join(word[0] for word in words) for words in (names, others)]
    if not names or not others or initials[0] in others or initials[1] in names:
        return False
    return not any(_is_kin(folded(name), folded(other)) for name in names for other in others)


def _is_kin(name: str, other: str) -> bool:
    name, other = name[:_LONGEST_NAME], other[:_LONGEST_NAME]
    return name[:_OF_KIN] == other[:_OF_KIN] or SequenceMatcher(None, name, other).ratio() >= _SPELT_ALIKE
