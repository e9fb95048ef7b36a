"""Mentions: a question or an answer goes in, the names and noun phrases in it come out, by lists of words and position.

It is no grammar: English has words that are noun and verb, and which it is here is guessed from what stands around.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

ASKING = frozenset("what which who whom whose when where why how".split())
DO = frozenset("do does did can could will would shall should may might must has have had".split())
BE = frozenset("is are was were be been being isn't aren't wasn't weren't".split())
PREPOSITIONS = frozenset(
    """of on in at to for from with by about between across into through towards toward near under over against during
    before after since until till without within among around behind beyond upon per like as than inside outside beside
    besides along off up down out onto regarding concerning versus via""".split()
)
_PRONOUNS = frozenset(
    """i me my mine we us our you your he him his she her hers they them their theirs it its this that these those one
    ones someone somebody anyone anybody everyone there here himself herself itself themselves myself yourself nobody
    something anything everything nothing none""".split()
)
_DETERMINERS = frozenset("the a an any some every each no another".split())
# They stand in a noun phrase, but are none.
_ADJECTIVES = frozenset(
    """new old good bad better best different same similar possible important great special certain several own next
    last few further early late other main first second third successful popular famous due open
    closed free available true false heavy high low tall deep wide cheap expensive ready full empty alive dead married
    nice sure right wrong bad known able likely""".split()
)
_OTHERS = _ADJECTIVES | frozenset(
    """and or but so if because while that not n't also ever still now then too very just only again already always
    often never else more most much many less least long far instead first actually really please tell explain describe
    give show list me yes ok okay thanks don't doesn't didn't can't won't let's away back today there's what's who's
    where's how's when's it's that's ago well maybe perhaps both either all later earlier soon together yet even almost
    about hello hi hey interesting am i'm i've i'd i'll you're it'd they're he's she's heard hmm such
    further""".split()
)
# What stands after "did he" in conversations, by far the most of it; many are nouns as well.
_VERBS = frozenset(
    """accept accompany achieve act add adopt affect agree allow announce answer appear apply arrive ask attack attempt
    attend attract avoid be beat become begin behave believe belong bother break bring build buy call carry catch cause
    change charge check choose claim clean close coach collaborate collapse collect come compare compete complete
    consider consist contain continue contribute control convert convince cook cost cover create criticize cross cut
    damage dance deal decide defend deliver design destroy develop die differ direct disband discover divorce do draw
    drink drive earn eat employ encourage end endorse enjoy enter escape establish exist expand expect experience
    explain explore express fail fall feel fight fill find finish fire fit flee follow form found gain get give go
    graduate grow handle happen have hear help hire hit hold host hurt improve include increase influence inherit
    inspire interact introduce invent invest invite involve issue join judge keep kill know last launch lead learn
    leave let like listen live look lose love make manage marry matter mean meet mention migrate miss move need obtain
    occur offer open operate oppose own paint participate pass pay perform pick plan play prefer prepare prevent produce
    promise promote protect prove provide publish pull push put quit raise reach react read receive recommend record
    recover reduce refer refuse regain reject relate release rely remain remarry remember rent replace report
    represent require resign resolve respond rest result retire return reveal rise rule run save say seek seem sell send
    serve set settle share show shut sign sing sleep sleeps speak spend spread stand star start stay step stop struggle
    study succeed suffer suggest supply support surrender survive take talk teach tell think tour train travel treat try
    turn use vary visit vote wait walk want warn wear win wish work write""".split()
)
_IRREGULAR = frozenset(
    """built made held sold born known found founded written won lost led left went came said told got gave took saw ran
    sang wrote met put set cut hit kept fell felt fought grew began became bought brought broke caught chose drew drove
    ate heard hurt laid lay paid read rose sent shot shown slept spoke spent stood stole taught thought threw wore done
    gone given taken seen grown drawn driven broken chosen""".split()
)
_PERSONS = frozenset(
    """executive chair chairman chairwoman president director author founder assistant manager king queen landlord
    landlady tenant owner doctor teacher coach captain engineer nurse minister mayor secretary treasurer wife husband
    mother father son daughter brother sister uncle aunt cousin writer actor actress singer player scientist ceo boss
    man woman boy girl person grandson granddaughter grandfather grandmother friend lodger neighbour master painter
    baker priest judge buyer seller partner client customer driver inventor architect officer head member guitarist
    drummer bassist successor predecessor editor chef cook""".split()
)
# So that "she" is not Craig; who is in neither may be either.
_WOMEN = frozenset(
    """mary anna anne ann emma olivia sarah laura julia maria elizabeth jane kate katherine catherine susan linda helen
    ruth alice agnes edith ellen emily charlotte sophie claire marie karen nancy betty carol diane judith janet rachel
    hannah margaret martha lucy grace rose ingrid astrid signe beth jess joan mabel winifred hester mireille nell amy
    ilse greta petra paula lena eva clara nora vera irena ines heather jennifer jessica megan kirsten""".split()
)
_MEN = frozenset(
    """john james robert michael william david richard joseph thomas charles daniel matthew anthony mark paul steven
    andrew george kenneth edward brian ronald kevin jason jeffrey frank gary eric stephen peter henry arthur walter karl
    hans otto oskar lukas tomas ravi bo mikkel sven theo craig dougal bertrand gareth edwin callum jack tom tim ben sam
    max leo jan erik lars anders martin simon philip patrick hugh harry fred albert louis victor oscar samuel""".split()
)
_NO_PERSON = re.compile(
    r"\d|\b(?:[A-Z]|[A-Z]{2,}|\w+(?:land|shire|burg|stan)|Inc|Ltd|GmbH|Company|Corporation|University|School|College"
    r"|Museum|Bank|River|Lake|Mount|Street|Road|City|County|State|States|Sea|Ocean|Island|War|Band|Group|Party|Club"
    r"|Records?|Association|Institute|Hospital|Church|Council|Award|Prize|Cup|Act|Article|Section|Report|Project|Mr"
    r"|Show|League|Games|Olympics|Series|Festival|Tour|Party|New|North|South|East|West|United)\b$"
    r"|^(?:New|North|South|East|West|United|Lake|Mount|Fort|Port|Saint|San|St|The)\b"
)
_TITLED = re.compile(r"^(?:Mr|Mrs|Ms|Dr|Sir|Lady|Lord|King|Queen|Pope|Prince|Princess|Uncle|Aunt|Frau|Herr)\b")
_TOKEN = re.compile(r"“[^”]{1,80}”|\"[^\"]{1,80}\"|[^\W_](?:[\w’'&/.-]*\w)?|[^\w\s]")
_NAMELIKE = re.compile(r"[A-ZÀ-Þ“\"]|\d")
_JOINS = frozenset("of the de la del van von der den al bin ibn and & du le".split())
_GENERIC = re.compile(
    r"^(?:(?:the|a|an|some|any|different|other|main|various|common) )*(?:types?|kinds?|sorts?|names?|list|history"
    r"|causes?|origins?|effects?|purpose|definition|meaning|role|price|cost|examples?|number|amount|size|age|importance"
    r"|symptoms?|benefits?|advantages?|disadvantages?|difference|characteristics|members?|rest|parts?|habits|features"
    r"|signs|stages|results?|reasons?|pros|cons|uses?) of ",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name or a noun phrase: `text[start:end]`. `asked` tells that it is what the question asks for ("what year")."""

    text: str
    start: int
    end: int
    named: bool
    asked: bool = False

    @property
    def head(self) -> str:
        """Its last word, in lower case, and without an "s" at the end."""
        words = re.split(r" of | on | in | for ", self.text)[0].split()
        return re.sub(r"['’]s?$", "", words[-1].lower()).removesuffix("s") if words else ""

    @property
    def core(self) -> str:
        """The words that name it: without an article and without "types of"."""
        bare = re.sub(r"^(?:a|an|any|some) ", "", _GENERIC.sub("", self.text), flags=re.I)
        return re.sub(r"['’]s$|(?<=s)['’]$", "", bare)

    @property
    def is_person(self) -> bool:
        """Whether it may be a person: two or three words like a name's, or a word for one ("chair")."""
        if not self.named or re.search(r"['’]s? ", self.text):
            return self.head in _PERSONS or bool(re.search(r"\b(?:who|person)\b", self.text))
        bare = re.sub(r"['’]s?$", "", self.text.removeprefix("the ").removeprefix("The "))
        if _TITLED.match(bare):
            return True
        return not self.text.lower().startswith("the ") and 2 <= len(bare.split()) <= 4 and not _NO_PERSON.search(bare)

    def may_be(self, pronoun: str) -> bool:
        """Tell whether its first name does not speak against a "she" or "he"."""
        first = re.sub(r"['’]s$", "", self.text.split()[0].lower())
        woman = pronoun in ("she", "her", "hers", "herself")
        return first not in (_MEN if woman else _WOMEN)

    @property
    def is_plural(self) -> bool:
        """Whether it is several."""
        last = re.split(r" of | on | in | for ", self.core)[0].split()[-1:] or [""]
        plural = last[0].endswith("s") and not last[0].endswith(("ss", "'s", "’s", "us", "is"))
        return (plural and not self.named) or " and " in self.text or last[0].lower() in ("people", "children", "men")


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    start: int
    end: int

    @property
    def low(self) -> str:
        return self.text.lower().replace("’", "'")

    @property
    def capital(self) -> bool:
        return self.text[:1].isupper() or self.text[:1] in '“"'


def find_mentions(text: str) -> list[Mention]:
    """Return the names and noun phrases of a text, in its order; an "of" joins two into one."""
    words = [_Word(found.group(), found.start(), found.end()) for found in _TOKEN.finditer(text)]
    found: list[Mention] = []
    i, expects_verb, asking = 0, False, False
    while i < len(words):
        low = words[i].low
        end = _phrase_end(words, i, expects_verb=expects_verb)
        if end > i:
            found.append(_mention(text, words, i, end, asked=asking))
            i, asking = end, False
            expects_verb = False if found[-1].asked else expects_verb
            continue
        if low in DO:
            expects_verb = True
        elif low in BE or low in PREPOSITIONS or not words[i].text[0].isalnum():
            expects_verb = False
        asking = (low in ("what", "which", "whose")) or (asking and low in ("many", "much", "other", "else", "more"))
        asking = asking or (low in ("many", "much") and i > 0 and words[i - 1].low == "how")
        i += 1
    return _joined(text, found)


def parts_of(mention: Mention) -> list[Mention]:
    """Return the mentions inside of one: what an "of" joins, and the owner in a genitive."""
    parts: list[Mention] = []
    at = 0
    for part in re.split(r"(\s+of\s+|(?<=['’]s)\s+)", mention.text):
        if part.strip() and part.strip().lower() != "of":
            start = mention.start + at
            parts.append(Mention(part, start, start + len(part), mention.named and bool(_NAMELIKE.search(part))))
        at += len(part)
    return parts if len(parts) > 1 else []


def find_names(text: str) -> list[Mention]:
    """Return the names of a text: words with capitals that no sentence explains, and what is in quotation marks."""
    return [mention for mention in find_mentions(text) if mention.named]


def is_clause(text: str) -> bool:
    """Tell whether a text holds a verb that is certain: it is a question or a sentence, and no phrase."""
    words = [found.group().lower() for found in _TOKEN.finditer(text)]
    return any(word in DO or word in BE or word in ASKING or word in ("what's", "who's", "where's") for word in words)


def _phrase_end(words: Sequence[_Word], start: int, *, expects_verb: bool) -> int:
    """Return where the noun phrase ends that begins with word `start`, or `start` if none does."""
    first = words[start]
    i = start
    if first.low in _DETERMINERS and not (first.low == "no" and start == 0):
        i += 1
    if i < len(words) and _is_named(words, i):
        end = _name_end(words, i)
        if i > start and end < len(words) and _is_content(words[end]):  # "the Dahl lease"
            return _before_verb(words, end, _content_end(words, end), expects_verb=expects_verb, determined=False)
        return _with_owner(words, end, expects_verb=expects_verb)
    run = i
    while i > start and run < len(words) and words[run].low in _ADJECTIVES:
        run += 1
    while run < len(words) and _is_content(words[run]) and not (run > i and _is_named(words, run)):
        run += 1
    if run == i or (run == i + 1 == start + 1 and _is_lone_verb(words, i)):
        return start
    if run < len(words) and _is_named(words, run) and i > start and words[run - 1].low not in _VERBS:
        return _name_end(words, run)  # "the band Exile"
    return _before_verb(words, i, run, expects_verb=expects_verb, determined=i > start)


def _is_lone_verb(words: Sequence[_Word], i: int) -> bool:
    """Tell whether one word between others is rather a verb, or "high" in "how high"."""
    low, before = words[i].low, words[i - 1].low if i else ""
    determined = i + 1 < len(words) and words[i + 1].low in _DETERMINERS
    verb = low in _VERBS or low.removesuffix("s") in _VERBS or low in _IRREGULAR or low.endswith(("ed", "ing"))
    return before == "how" or (before == "to" and determined) or verb


def _with_owner(words: Sequence[_Word], end: int, *, expects_verb: bool) -> int:
    """Return the end of a phrase that a name in the genitive is in front of: "Leonardo's chief executive"."""
    if not re.search(r"(?:['’]s|s['’])$", words[end - 1].text) and not (end < len(words) and words[end].text in "'’"):
        return end
    run = _content_end(words, end)
    return max(end, _before_verb(words, end, run, expects_verb=expects_verb, determined=True)) if run > end else end


def _before_verb(words: Sequence[_Word], start: int, run: int, *, expects_verb: bool, determined: bool) -> int:
    """Return where the noun phrase ends in a run of words that may hold its verb."""
    bases = [i for i in range(start, run) if words[i].low in _VERBS]
    if expects_verb and bases and (bases[-1] > start or not determined):
        return bases[-1] if bases[-1] > start else start
    for i in range(start, run):
        low = words[i].low
        past = low in _IRREGULAR or (low.endswith("ed") and len(low) > 4)
        lone = not determined and i == start and (low in _VERBS or low.removesuffix("s") in _VERBS) and run - i > 1
        third = i > start and low.endswith("s") and low.removesuffix("s") in _VERBS and run - i > 1
        if (past and (i > start or not determined)) or lone or third:
            return i
    return run


def _content_end(words: Sequence[_Word], i: int) -> int:
    while i < len(words) and _is_content(words[i]):
        i += 1
    return i


def _is_content(word: _Word) -> bool:
    low = word.low
    known = low in ASKING or low in DO or low in BE or low in PREPOSITIONS or low in _PRONOUNS or low in _DETERMINERS
    adverb = low.endswith("ly") and len(low) > 5 and not word.capital
    return (
        word.text[0].isalnum()
        and not known
        and not adverb
        and (low not in _OTHERS or (word.capital and low in _ADJECTIVES))
    )


def _is_named(words: Sequence[_Word], i: int) -> bool:
    """Tell whether a name begins at word `i`; at the beginning of a sentence only a second capital or "'s" tells."""
    word = words[i]
    if not word.capital or (word.text[0] not in '“"' and not _is_content(word)):
        return False
    opens = i == 0 or words[i - 1].text in ".!?:"
    if not opens:
        return True
    following = words[i + 1] if i + 1 < len(words) else None
    known = word.low in _VERBS or word.low in _IRREGULAR
    return bool(following and following.capital and _is_content(following)) or (
        not known and (word.low.endswith("'s") or not word.text[1:].islower())
    )


def _name_end(words: Sequence[_Word], start: int) -> int:
    i = start + 1
    while i < len(words):
        if re.search(r"['’]s$", words[i - 1].text):
            break
        bare = words[i].text
        if (words[i].capital and _is_content(words[i])) or bare.isdigit() or (bare == "." and _is_initial(words, i)):
            i += 1
            continue
        step = i
        while step < len(words) and words[step].low in _JOINS:
            step += 1
        if not (i < step <= i + 2 and step < len(words) and words[step].capital and _is_content(words[step])):
            break
        i = step + 1
    return i


def _is_initial(words: Sequence[_Word], i: int) -> bool:
    short = len(words[i - 1].text) == 1 or words[i - 1].text in ("Mr", "Mrs", "Ms", "Dr", "St")
    return short and i + 1 < len(words) and words[i + 1].capital


def _mention(text: str, words: Sequence[_Word], first: int, last: int, *, asked: bool) -> Mention:
    start, end = words[first].start, words[last - 1].end
    return Mention(text[start:end], start, end, any(_is_named(words, i) for i in range(first, last)), asked)


def _joined(text: str, found: Sequence[Mention]) -> list[Mention]:
    """Join phrases that only an "of" stands between."""
    joined: list[Mention] = []
    for mention in found:
        last = joined[-1] if joined else None
        if last and text[last.end : mention.start].strip().lower() == "of":
            whole = text[last.start : mention.end]
            joined[-1] = Mention(whole, last.start, mention.end, last.named or mention.named, last.asked)
        else:
            joined.append(mention)
    return joined
