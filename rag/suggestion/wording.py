"""Questions from sentences: what a plain English sentence tells is asked for, in its own words.

A sentence goes in, at most one question comes out, none where no pattern fits: a question that isn't well formed is
worse than none. The words stay as they are; only their order changes, and a verb gets its plain form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from index import content_words

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?"
_NUMBER = (
    r"(?:\d[\d,.]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty"
    r"|sixty|ninety|a hundred|half an?|an?)"
)
_PERIOD = r"(?:seconds?|minutes?|hours?|(?:working |calendar |business )?days?|nights?|weeks?|months?|years?)"
_SPAN = rf"{_NUMBER}(?: (?:to|or|and|–) {_NUMBER}|–{_NUMBER})?[ -]{_PERIOD}"
_MONEY = r"(?:[£$€¥]\s?\d[\d,.]*\d|[£$€¥]\s?\d|\d[\d,.]* (?:euros?|pounds?|dollars?|lira|cents?|pence|EUR|USD|GBP))"
_DATE = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}(?:,? \d{{4}})?|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:, \d{{4}})?"
    rf"|(?:early |late |mid-)?{_MONTH}(?: \d{{4}})?|{_DAY}|(?:1[5-9]|20)\d\d)"
)
_CLOCK = r"(?:\d{1,2}(?:[.:]\d\d)?(?: ?[ap]\.?m\.?)?|noon|midnight)"
_ABOUT = r"(?:about |around |at least |at most |only |now )?"
_WORD = r"[\w’'/-]+"
_STOP = r"(?=[.,;:()–]|$| (?:and|but|or|if|unless|when|where|which|because|plus|as|so|per|a|an|each|for|in|to|than)\b)"
_HOUR = rf"{_CLOCK}(?![.,:]?\d){_STOP}(?! (?:to|or|and) \d| per ?cent)"  # not 5.1 degrees, nor 5 to 7 bar
_SEASONS = r"(?:day|week|fortnight|month|quarter|year|morning|evening|night|spring|summer|autumn|winter)"

_NO_PLACE = (
    r"(?:end|beginning|start|time|moment|latest|coming|next|last|first|second|same|morning|afternoon|evening|event|case"
    r"|future|past|meantime|spring|summer|autumn|winter|year|month|week|day|form|way|name|order|absence|presence"
    r"|opinion|process|course|basis|amount|size|age|rate|price|cost|condition|whole|possession|interest|context|light"
    r"|hope|understanding|assumption|situation|short|long|right|wrong|following|above|level|result|fact|jurisdiction"
    r"|control|responsibility|direction|care|guidance|auspices|terms)\b"
)
_AT = "(?:at|in|on|under|behind|inside|outside|next to|below|above|near|between|beside|opposite)"

# How the end of a clause begins, and what asks for it; the first that fits is taken.
_ENDS = tuple(
    (re.compile(rf"(?P<rest>{_WORD}(?: {_WORD}){{0,8}}?) {end}"), asks)
    for end, asks in (
        (rf"(?:once|twice|three times|{_NUMBER} times) (?:a|an|every|each|per|in any) ", "How often"),
        (rf"every (?:{_SPAN}|(?:second |other |{_NUMBER} )?{_SEASONS}s?)\b", "How often"),
        (rf"within {_SPAN}", "How soon"),
        (rf"(?:by|before|until|no later than) (?:the end of )?(?:{_CLOCK} on )?(?:{_DATE}\b|{_HOUR})", "By when"),
        (rf"for {_ABOUT}(?:up to |a further |another )?{_SPAN}", "How long"),
        (rf"up to {_MONEY}", "Up to what amount"),
        (rf"(?:on|in|at|from|since) (?:the )?(?:{_CLOCK} on )?{_DATE}\b", "When"),
        (rf"(?:at|from) {_HOUR}", "When"),
        (r"by [a-z]+ing\b", "How"),
        (rf"{_AT} (?:the|our|your|my) (?!{_NO_PLACE})", "Where"),
    )
)
_PLACED = rf"{_AT} (?:the|our|your|a|an) (?!{_NO_PLACE})"
_HEAD = r"(?:The|Your|Our|Each|Every|All|Any|An?)"
_NAME = r"[A-Z][\w’'-]+(?: (?:of|and|the|de|von|van|&) [A-Z][\w’'-]+| [A-Z][\w’'-]+){1,5}"
_SUBJECT = rf"(?P<subject>You|{_HEAD}(?: {_WORD}){{1,7}}?|{_NAME}|[A-Z]{_WORD}(?: {_WORD}){{0,5}}?)"
_PERSON = (
    r"(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.? )?[A-Z][\w’'-]+(?: [A-Z]\.?)?(?: (?:de|van|von|da))?(?: [A-Z][\w’'-]+){1,2}"
)
_VERBS = {
    **{f"{verb}s": verb for verb in ("cost", "last", "take", "begin", "start", "end", "open", "close", "expire")},
    **{f"{verb}s": verb for verb in ("cover", "include", "contain", "need", "require", "pay", "weigh", "hold")},
}
_BE, _MODAL = r"is|are|was|were", r"must|can|may|should|will|shall|has|have"
# A subject with one of these is more than a noun and what belongs to it.
_CLAUSAL = frozenset(
    "that which who whom whose if when where while because is are was were be been has have had do does did must can "
    "may should will shall not no it they he she we you i there here but before after until since as so than and or "
    "now also more less then therefore neither nor".split()
)
_POINTING = frozenset(
    "this these that those such other another same above below following latter former both most many some several "
    "however also then thus therefore if when where while after before since during under in on at for with by from "
    "to as it they he she we i there here what how who why please only even no not nothing nobody one two three "
    "according including regarding concerning depending following using based given such".split()
)
_DANGLING = frozenset("a an the of in on at by for from to with and or is are was were than only about not up".split())
_OURS = frozenset("we us our ours you your yours me my he his him she her hers they them their it its".split())
_NOT_IN_REST = (_CLAUSAL | _OURS) - {"be", "been", "my"}
_COMPARED = frozenset("other same such following".split())
_ROLES = frozenset(
    "landlord landlady tenant agent author editor chair chairman chairwoman chairperson director manager owner "
    "treasurer secretary contact witness teacher headteacher doctor consultant supplier client customer seller buyer "
    "president principal organiser host translator publisher employer surveyor engineer mechanic insurer".split()
)
_KEYS = frozenset("number code address email password warranty deadline capacity".split())
_FIELD = re.compile(r"(?P<name>[A-Z][a-z’'-]+(?: [a-z’'-]+){0,3}): (?P<value>[^:;|]{2,80})")
_PARTICIPLE = re.compile(r"(?:ed|en|[^s]t|ade|old|und|aid|own|id|ung|ept)$")
_MARK = re.compile(r"^(?:[-•*–]|\(?(?:[A-Z]\.)?\d{1,2}(?:\.\d{1,2}){0,3}[.)]?|\(?[a-z]\)|[A-Z]\.\d{1,2})\s+")
_MOST_WORDS, _LEAST_WORDS, _LEAST_CONTENT = 16, 4, 2


def question_of(sentence: str, plain: Collection[str]) -> str:
    """Return a question that an English sentence answers, "" if none is found that is well formed.

    `plain` are the words that its document has in small letters: they are no names at the head of a sentence either.
    """
    sentence = " ".join(sentence.split())
    bare = _MARK.sub("", sentence, count=1)
    question = _from_field(bare) or next(_from_sentence(bare, plain), "")
    if bare != sentence and re.match(_NAME, bare):
        return ""  # of a numbered line the heading may run into the sentence
    fits = _LEAST_WORDS <= len(question.split()) <= _MOST_WORDS and len(content_words(question)) >= _LEAST_CONTENT
    return question if fits else ""


def _from_sentence(sentence: str, plain: Collection[str]) -> Iterator[str]:
    for pattern, make in _PATTERNS:
        match = pattern.match(sentence)
        subject = _inside(match["subject"], plain) if match else ""
        if match is None or not subject or (subject == "I" and re.fullmatch(_BE, match["verb"])):
            continue  # "are" would have to become "am"
        if question := make(match, subject):
            yield question


def _ask_amount(match: re.Match[str], subject: str) -> str:
    return f"How much {match['verb']} {subject}?"


def _ask_with(words: str) -> Callable[[re.Match[str], str], str]:
    """Return what asks, with these words, for what stands behind a verb; nobody asks so of themselves."""

    def ask(match: re.Match[str], subject: str) -> str:
        verb = match["verb"]
        does = "does" if verb in _VERBS else "do"
        return "" if subject == "I" else f"{words} {does} {subject} {_VERBS.get(verb, verb)}?"

    return ask


def _ask_measure(match: re.Match[str], subject: str) -> str:
    return f"How {match['how']} {match['verb']} {subject}?"


def _ask_place(match: re.Match[str], subject: str) -> str:
    return f"Where {match['verb']} {subject}?"


def _ask_maker(match: re.Match[str], subject: str) -> str:
    return f"Who {match['verb']} {subject} {match['done']} by?"


def _ask_clause(match: re.Match[str], subject: str) -> str:
    """Ask for when, how often, how long or where the rest of a clause holds."""
    verb = match["verb"]
    for end, asks in _ENDS:
        found = end.match(match["rest"])
        rest = found["rest"].split() if found else []
        if subject == "I":
            rest = ["my" if word == "your" else word for word in rest]
        odd = _NOT_IN_REST & {word.lower() for word in rest}
        if not rest or odd or rest[-1].lower() in _DANGLING or not _goes_on(verb, rest[0]):
            continue
        return f"{asks} {verb} {subject} {' '.join(rest)}?"
    return ""


def _goes_on(verb: str, first: str) -> bool:
    """Tell whether a verb is asked for together with the word behind it: a participle, or a verb after "must"."""
    if verb in ("has", "have"):
        return first == "been"
    return re.fullmatch(_BE, verb) is None or _PARTICIPLE.search(first) is not None


_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], str]], ...] = tuple(
    (re.compile(f"{_SUBJECT} {rest}"), make)
    for rest, make in (
        (rf"(?P<verb>{_BE}) {_ABOUT}{_MONEY}{_STOP}", _ask_amount),
        (rf"(?P<verb>costs?|pays?) {_ABOUT}{_MONEY}{_STOP}", _ask_with("How much")),
        (rf"(?P<verb>lasts?|takes?) {_ABOUT}{_SPAN}{_STOP}", _ask_with("How long")),
        (
            rf"(?P<verb>{_BE}) {_ABOUT}[\d,.]+ (?:metres|meters|feet|miles|kilometres|km|cm|mm|m|years|inches) "
            r"(?P<how>long|high|tall|wide|deep|old|thick)\b",
            _ask_measure,
        ),
        (
            rf"(?P<verb>begins?|starts?|ends?|opens?|closes?|expires?) (?:on |at |in )(?:{_DATE}|{_CLOCK}){_STOP}",
            _ask_with("When"),
        ),
        (rf"(?P<verb>{_BE}) (?P<done>[a-z]+ed) by {_PERSON}\b", _ask_maker),
        (rf"(?P<verb>{_BE}|{_MODAL}) (?P<rest>{_WORD} [^;:()]+)", _ask_clause),
        (rf"(?P<verb>is|are) {_PLACED}", _ask_place),
        (r"(?P<verb>covers?|includes?|contains?|needs?|requires?) (?!not |to |for )[a-z0-9£€$]", _ask_with("What")),
    )
)


def _from_field(line: str) -> str:
    """Ask for the value of a field such as "Landlord: Gerald Pym"."""
    match = _FIELD.fullmatch(line.rstrip("."))
    if match is None:
        return ""
    name = match["name"][0].lower() + match["name"][1:]
    last = name.split()[-1]
    if last in _ROLES and re.match(rf"{_PERSON}\b", match["value"]):
        return f"Who is the {name}?"
    if re.match(rf"{_MONEY}(?:\W|$)", match["value"]) and not last.endswith("s"):
        return f"How much is the {name}?"
    if re.match(rf"{_DATE}\b", match["value"]) and " " in name and not last.endswith("ed"):
        return f"{'What' if 'date' in name.split() else 'When'} is the {name}?"
    return f"What is the {name}?" if last in _KEYS else ""


def _inside(subject: str, plain: Collection[str]) -> str:
    """Return a subject as it stands within a sentence, "" if it is none that can be asked about by itself."""
    if subject == "You":
        return "I"
    first, *others = subject.split()
    headed, last = re.fullmatch(_HEAD, first), others[-1].lower() if others else ""
    if first.lower() in _POINTING or (first.isupper() and len(first) > 1) or (headed and not others):
        return ""
    if not headed and re.fullmatch(_NAME, subject) and first.lower() not in plain:
        return subject
    if {word.lower() for word in others} & (_CLAUSAL | _OURS | _COMPARED) or last in _DANGLING:
        return ""
    if headed or (first.lower() in plain and (first.endswith("s") or (first.endswith("ing") and not others))):
        return " ".join([first.lower(), *others])
    return ""
