"""What is being said: a line that a person typed goes in, what kind of thing it is comes out.

Precision first: a rule matches a whole line or nothing, and what no rule knows is a question of the documents. Nothing
here knows the library; a place or a summary that it can't provide is a question of the documents after all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Said = Literal[
    "question",  # of the documents
    "greeting",
    "thanks",
    "farewell",
    "sure",  # "are you sure?"
    "assistant",  # "what can you do?"
    "library",  # "which documents do you have?"; with `about`, "what documents are there about X?"
    "count",  # "how many documents?"
    "place",  # "what does section 4.2 say?"
    "section",  # "which section covers X?"
    "summary",  # "what is X about?"; without `about`, of everything
    "timeline",  # "timeline of X"; without `about`, of everything
]
CHATTER: frozenset[Said] = frozenset(("greeting", "thanks", "farewell", "sure", "assistant", "library", "count"))


@dataclass(frozen=True, slots=True)
class Utterance:
    """What was said: its kind, and as far as the kind has it, what it is about.

    Of a place, `noun` and `label` ("section", "4.2"), `document` what it is said to be in, and `about` what is asked of
    it. Of a summary, `about` is the document and `sentences` how many are wanted (0: as many as fit).
    """

    said: Said
    about: str = ""
    noun: str = ""
    label: str = ""
    document: str = ""
    sentences: int = 0


_QUESTION = Utterance("question")
_END = r"[\s.!?]*$"
_POLITE = (
    r"(?:(?:please|ok|okay|so|well|and|now|hey|hi|hello|pincite)[, ]+)*(?:(?:can|could|would|will) you (?:please )?)?"
)
_DOCS = r"(?:documents?|docs?|files?|texts?|papers?|pdfs?|sources?)"
_MINE = r"(?:(?:all|the|my|our|these|those|your|indexed|available) )*"

_ALONE_TEXT: tuple[tuple[Said, str], ...] = (
    (
        "greeting",
        r"(?:hi|hello|hey|hiya|howdy|greetings|good (?:morning|afternoon|evening|day)|hallo|guten (?:tag"
        r"|morgen|abend)"
        r"|bonjour|salut|hola|moin|servus)(?: (?:there|pincite|again|everyone|all))?"
        r"(?:[,.!]* (?:how are you(?: (?:doing|today))*|how do you do|nice to meet you))?"
        r"|how are you(?: (?:doing|today))*|nice to meet you",
    ),
    (
        "thanks",
        r"(?:(?:ok(?:ay)?|great|perfect|good|nice|cool|super|wonderful|excellent|alright|yes|no)[,.!]* )*"
        r"(?:thanks?|thank you|thx|cheers|many thanks|much appreciated|danke|merci|gracias)"
        r"(?:[,.!]* (?:a lot|so much|very much|again|a million|pincite|(?:for|that was|you) (?:your |the |very |so )?"
        r"(?:help(?:ful)?|answer|information|all)|that helps?(?: a lot)?))*"
        r"|(?:ok(?:ay)?|great|perfect|cool|nice|super|wonderful|excellent|well done|good job|got it|i see"
        r"|understood"
        r"|that helps?(?: a lot)?|that(?:'s| is) (?:great|perfect|helpful|all|good))",
    ),
    (
        "farewell",
        r"(?:good)?bye(?:[- ]?bye)?|see you(?: (?:later|soon|tomorrow))?|good ?night|tschüss|au revoir|adios",
    ),
    (
        "sure",
        r"(?:but )?(?:are you (?:really |quite |absolutely |completely )?(?:sure|certain)"
        r"(?: (?:about|of) (?:that|this|it))?|really|is (?:that|this) (?:really )?(?:right|true|correct|so|certain)"
        r"|how (?:sure|certain|confident) are you(?: (?:about|of) (?:that|this|it))?"
        r"|how do you know(?: (?:that|this))?"
        r"|where did you (?:get|find|read) (?:that|this|it)|says who|who says(?: (?:so|that))?"
        r"|i (?:don't|do not) (?:think so|believe (?:that|this|it|you)))",
    ),
    (
        "assistant",
        r"(?:who|what) are you(?: exactly)?|what(?:'s| is) your name|what is this(?: (?:program|app|tool|thing))?"
        r"|what (?:can|do|could) you (?:do|help(?: me)? with)(?: for me)?(?: here)?|how (?:can|do) you help(?: me)?"
        r"|what can i (?:ask|do)(?: (?:you|here|with you|with this))?|how (?:do|does) (?:you|this|it) work"
        r"|what (?:kind|sort)s? of (?:questions|things) can (?:i ask|you answer)(?: you)?"
        r"|(?:can|could) you help(?: me)?|help|help me|how do i use (?:you|this|it|pincite)"
        r"|what should i ask(?: you)?"
        r"|are you (?:an? )?(?:ai|bot|chatbot|robot|human|person|llm|language model|chatgpt|machine|real)"
        r"|do you use (?:an? )?(?:ai|llm|language model|chatgpt)|who (?:made|built|wrote) you"
        r"|(?:tell|write|sing)(?: me)? (?:an?|another) (?:joke|poem|song|riddle|haiku|limerick)"
        r"|(?:what(?:'s| is)|how much is|calculate|compute) [\d.,]+(?: ?[-+*/x×÷^] ?[\d.,]+)+",
    ),
    (
        "count",
        rf"{_POLITE}(?:how many {_MINE}{_DOCS}(?: (?:are (?:there|indexed|in (?:the|your|my) (?:library"
        rf"|index|collection)"
        r"|loaded)|do you (?:have|know|hold|see)|have (?:you|i) (?:got|read|indexed|loaded|added)?|(?:can|did) you"
        r" (?:read|see|search|find)))?(?: (?:now|here|in total|altogether|in (?:the|your|my) (?:library|index)))?"
        r"|how (?:big|large) is (?:the|my|your) (?:library|index|collection))",
    ),
    (
        "library",
        rf"{_POLITE}(?:(?:what|which) {_MINE}{_DOCS} (?:do you (?:have|know|hold|see)|have you (?:got|read"
        rf"|indexed)|"
        r"are (?:there|indexed|loaded|available|in (?:the|your|my) (?:library|index|collection|folder))|"
        r"(?:can|did) you (?:read|see|search)|have i (?:added|loaded|indexed)|is there)"
        rf"|(?:list|show|name|give)(?: me)?(?: a list of)? (?:all |the |my |your )+{_DOCS}(?: (?:you have"
        rf"|there are))?"
        rf"|(?:list|show)(?: me)? {_DOCS}"
        r"|what(?:'s| is) (?:in|inside) (?:the|your|my) (?:library|index|collection)|what do you know"
        rf"|what (?:have|did) you (?:read|index|loaded)|a? ?list of (?:all |the |my )*{_DOCS})",
    ),
)
_ALONE = tuple((said, re.compile(rf"^(?:{pattern}){_END}", re.I)) for said, pattern in _ALONE_TEXT)
_ABOUT = r"(?:about|on|regarding|concerning|that (?:mention|speak of|talk about|deal with|cover)s?)"
_LIBRARY_ABOUT = re.compile(
    rf"^{_POLITE}(?:(?:what|which) {_MINE}{_DOCS} (?:are there|do you have|have you got|do i have|are) {_ABOUT}"
    rf"|(?:what|which) {_MINE}{_DOCS} (?:mention|talk about|speak of|deal with|discuss|refer to|are about)s?"
    rf"|(?:list|show|find|name|give)(?: me)? (?:all |the |my |any )*{_DOCS} {_ABOUT}"
    rf"|(?:do you have|are there|is there|have you got) (?:any |some |a )?{_DOCS} {_ABOUT})\s+(?P<about>\S.*?){_END}",
    re.I,
)
_PLACES = (
    r"sections?|clauses?|articles?|art\.|paragraphs?|para\.?|§§?|chapters?|steps?|pages?|p\.|slides?|sheets?|appendix"
    r"|schedules?|annex|rules?|items?|parts?|points?"
)
_LABEL = r"(?:\d+(?:\.\d+)*[a-z]?(?:\(\w\))?|[IVXLC]+|[A-H])"
_PLACE = rf"(?:the )?(?P<noun>{_PLACES})\s?(?:no\.? |number )?[(\[]?(?P<label>{_LABEL})[)\]]?"
_IN = r"(?:,? (?:of|in|from|on) (?P<document>(?:the |my |our )?\S.*?))?"
_OF_PLACE = tuple(
    re.compile(rf"^{_POLITE}{pattern}{_END}", re.I)
    for pattern in (
        rf"what (?:does|do|did) {_PLACE}{_IN} (?:say|state|contain|cover|deal with|mean|provide|require"
        rf"|regulate|describe"
        r"|explain|read)(?: (?:about|on|regarding) (?P<about>\S.*?))?",
        rf"what(?:'s| is| stands| was| does it say| do i find)? (?:there )?(?:written |said |stated )?(?:in|on"
        rf"|under|at) "
        rf"{_PLACE}{_IN}(?: about (?P<about>\S.*?))?",
        rf"what(?:'s| is) {_PLACE}{_IN}(?: about)?",
        rf"what (?:should|must|do|can) (?:i|you|we|one) do (?:in|at|on) {_PLACE}{_IN}",
        rf"(?:show|read|quote|cite|give|tell)(?: me)?(?: (?:about|what is in|the text of))? {_PLACE}{_IN}",
        rf"{_PLACE}{_IN}",
    )
)
_SECTION = re.compile(
    rf"^{_POLITE}(?:(?:in )?(?:which|what) (?P<noun>section|clause|article|paragraph|chapter|page|part|step"
    rf"|slide|sheet)s?"
    rf"(?: of (?P<document>(?:the |my |our )?\S.*?))? (?:covers?|deals? with|is about|talks? about|speaks? of"
    rf"|describes?"
    rf"|mentions?|discuss(?:es)?|regulates?|explains?|is on|treats?|contains?|says? something about)\s+(?P<about>\S.*?)"
    rf"|where (?:in (?P<where>\S.*?) )?(?:is|are) (?P<what>\S.*?) (?:covered|described|dealt with|regulated"
    rf"|discussed)){_END}",
    re.I,
)
_NUMBERS = "one two three four five six seven eight nine ten".split()
_LENGTH = re.compile(
    rf",? in (?:about |at most |no more than |max(?:imum)? )?(?P<number>\d{{1,2}}|{'|'.join(_NUMBERS)}|a few"
    rf"|a couple of)"
    r" (?:short )?(?:sentences?|lines?|points?|bullets?)|,? (?P<short>briefly|in short|in brief|in a nutshell)",
    re.I,
)
_THING = r"(?P<about>\S.*?)"
_SUMMARY = tuple(
    re.compile(rf"^{_POLITE}{pattern}{_END}", re.I)
    for pattern in (
        rf"(?:summari[sz]e|sum up|outline|recap|tl;?dr:?)(?: (?:for me|me))?(?: {_THING})?",
        rf"(?:(?:give|show|write|make)(?: me)? |i (?:want|need) |i'd like )?(?:an?|the) (?:\w+ )?(?:summary"
        rf"|overview|outline)"
        rf"(?: (?:of|for|about) {_THING})?",
        rf"(?:summary|overview|gist)(?: of)?:? {_THING}",
        rf"what(?:'s| is| are| was) {_THING} (?:all )?about",
        rf"what(?:'s| is) (?:the gist of|the content of|the contents of|in|inside) {_THING}",
        rf"what (?:does|do) {_THING} (?:cover|explain|describe|contain|deal with|discuss|talk about|say)",
        rf"(?:tell|explain to) me (?:briefly )?what (?:is in )?{_THING} (?:is|are|says?)(?: all)?(?: about)?",
    )
)
_TIMELINE = re.compile(
    rf"^{_POLITE}(?:(?:give|show|write|make|draw up)(?: me)? )?(?:an?|the)? ?(?:\w+ )?(?:timeline|chronology)"
    rf"(?:(?:,? (?:of|for|about|on)|:) {_THING})?{_END}"
    r"|^(?:please )?list (?:the |all |all the )?(?:events|dates|what happened)(?: (?:of|in|about|for|on) "
    rf"(?P<listed>\S.*?))?,? (?:in (?:chronological )?order(?: of time)?|chronologically|by date){_END}",
    re.I,
)
_EVERYTHING = re.compile(
    rf"^(?:it all|all|everything|{_MINE}{_DOCS}|(?:the|this|my|your) (?:whole |entire )?(?:library|folder"
    rf"|collection|corpus)"
    r"|all of (?:it|them|this))$",
    re.I,
)


def read_utterance(text: str) -> Utterance:
    """Tell what kind of thing a line says; a doubtful one is a question of the documents."""
    line = " ".join(text.split()).replace("’", "'")
    if len(line) > _LONGEST:
        return _QUESTION
    for said, pattern in _ALONE:
        if pattern.match(line):
            return Utterance(said)
    found = _LIBRARY_ABOUT.match(line)
    if found:
        return Utterance("library", about=found["about"])
    for pattern in _OF_PLACE:
        found = pattern.match(line)
        if found and not (found["label"].isalpha() and found["label"].islower()):
            asked = found.groupdict()
            return Utterance(
                "place",
                about=asked.get("about") or "",
                noun=_singular(found["noun"]),
                label=found["label"],
                document=found["document"] or "",
            )
    found = _SECTION.match(line)
    if found:
        document = found["document"] or found["where"] or ""
        noun = (found["noun"] or "section").lower()
        return Utterance("section", about=found["about"] or found["what"], noun=noun, document=document)
    found = _TIMELINE.match(line)
    if found:
        about = found["about"] or found["listed"] or ""
        return Utterance("timeline", about="" if _EVERYTHING.match(about) else about)
    return _read_summary(line)


def _read_summary(line: str) -> Utterance:
    length = _LENGTH.search(line)
    bare = f"{line[: length.start()]}{line[length.end() :]}" if length else line
    for pattern in _SUMMARY:
        found = pattern.match(bare)
        if found and not (found["about"] or "").lower().endswith(" not"):
            about = found["about"] or ""
            return Utterance("summary", about="" if _EVERYTHING.match(about) else about, sentences=_sentences(length))
    return _QUESTION


def _sentences(length: re.Match[str] | None) -> int:
    """Return how many sentences are asked for; 0 if that is not said."""
    if length is None:
        return 0
    if length["short"]:
        return 2
    number = length["number"].lower()
    if number.startswith("a "):
        return 3
    return int(number) if number.isdigit() else _NUMBERS.index(number) + 1


def _singular(noun: str) -> str:
    noun = noun.lower().rstrip(".")
    return {"art": "article", "para": "paragraph", "p": "page", "§": "section", "§§": "section"}.get(
        noun, noun.removesuffix("s")
    )


_LONGEST = 300  # characters
