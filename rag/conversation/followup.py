"""Follow-ups: a question that leans on the conversation is made to stand alone, without a language model.

What points back ("it", "her assistant", "that car", "there") is replaced by what it stands for; of "and the Osprey?"
and "why?" the question before is asked anew with that part of it exchanged. What the question before asked is not asked
again. Mentions are found in `mentions.py`; a question that stands alone is left as it is. The search needs that; the
reader understands a follow-up better as it was typed, in its context.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set
from dataclasses import replace

from index import content_words, is_english
from rag.conversation.leaning import leaning, points_back
from rag.conversation.mentions import PREPOSITIONS, Mention, find_mentions, parts_of
from rag.conversation.referents import ASKS_MORE, Referents
from rag.conversation.salience import first_said, told
from rag.question import Question, read_question
from rag.records import Turn
from rag.tagger.inputs import Word, forms_in
from rag.tagger.tagger import DOUBTED, SURE, Tags

_AND = re.compile(r"^(?:(?:and|but|so|or|also|then|ok(?:ay)?|hmm+|well|oh|thanks|great|und|et|y)\b[,. ]*)+", re.I)
_WHAT_ABOUT = re.compile(
    r"^(?:(?:and|but|so|ok(?:ay)?|hmm+|well|oh|thanks|great)\b[,. ]*)*(?:what|how) about\s+|^(?:und|et|y)\s+", re.I
)
_WH = r"(?:what|which|who|whom|whose|when|where|why|how)"
_CLAUSE = re.compile(
    rf"^(?:(?:by|to|with|for|in|on|at|from|since|until) )?{_WH}\b|^(?:is|are|was|were|do|does|did|has|have|had|can"
    r"|could|will|would|should|shall|may|might|must|tell|explain|describe|list|name|give|show|compare|summari[sz]e)\b",
    re.I,
)
# A question word with no more: "why?", "since when?", "how much then?"
_BARE = re.compile(
    r"^(?P<word>(?:(?:by|to|with|for|in|on|at|from|since|until) )?(?:whom?|when|where|why(?: not)?|how(?: (?:much|many"
    r"|long|often|far|old|big|high|come|so))?|what for|what time"
    r"|(?:which|what|how many|how much) (?!is |are |was |were |else|about)[a-z]+s?(?<!else)))"
    r"(?:['’]s that| (?:exactly|then|so|is that|was that|that))?[?.! ]*$",
    re.I,
)
_LEAD = re.compile(
    rf"^(?:(?:by|to|with|for|in|on|at|from|since|until) )?{_WH}\b"
    r"(?: (?:many|much|long|far|old|often|big|high|tall|year|date|day|time|place)\b)?"
    r"(?P<rest> (?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|must)\b.*)$",
    re.I | re.S,
)
_SUBJECT = re.compile(r"^(?:who|which(?: \w+)?|what(?! else)) (?P<rest>\w+.*)$", re.I | re.S)
_POINTING = frozenset("he she it they him her them this that these those there me you us".split())
_LONGEST = 500  # characters of a question: what is longer explains itself
_NAME_WORDS = 3  # of a follow-up that may be nothing but a name: "the Café Müller?"
_FRAGMENT_WORDS = 6
_LEANS = 0.5  # probability from which a question is taken for one that leans on what was said
_BREAK = re.compile(r"[.?!;:,]")  # between phrases
_OF_ANSWER = 30  # words of the answer before, behind which a question is read
_CHARACTERS_OF_ANSWER = 240  # that are looked at for these: some languages have no spaces
_OF_BEFORE = 0.5  # how much the words count of the question that another one leans on
_BEHIND = re.compile(r"(?<=\?)(?: \([^()]*\))+$")  # what was put behind the question before
_WHO = re.compile(r"^who(?= (?:is|are|was|were)\b)", re.I)
_DOES = re.compile(r"(?:er|or|ist|ian|ant|ee|man|woman|people)$")  # who does something: "plumber", "tenant"
_OWNER = re.compile(r"\b(?:my|your|our|his|her|their|its|this|that)\s+$", re.I)
_COMPARATIVE = re.compile(r"^(?:more|less|\w{3,}er)\b.*\bthan\b", re.I)
_TYPES = (
    re.compile(r"^(?:in |since |of )?(?:1[0-9]|20)\d\d$"),
    re.compile(r"^(?:(?:on|in|at) )?(?:mon|tues|wednes|thurs|fri|satur|sun)days?$", re.I),
    re.compile(
        r"^(?:in )?(?:january|february|march|april|may|june|july|august|september|october|november|december)$", re.I
    ),
    re.compile(r"^(?:after |for )?(?:\d[\d.,]*|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)$", re.I),
)
_PREPOSITION = re.compile(r"^(in|on|at|for|from|with|by|to|under|after|before|during|of)\s+", re.I)
_LABEL = r"(?:\d[\w.-]*|[a-z])"
_NUMBERED = re.compile(rf"^(?:the )?(?P<noun>[a-z]{{2,}}) {_LABEL}$", re.I)  # "room 12", "class B"
_NAME_ALONE = re.compile(
    r"^(?:(?:in|on|at|for|with|from|to) )?(?:the [A-Z][\w'’-]*|[A-Z][\w'’-]*(?= [A-Z\d]))(?: [A-Z\d][\w'’-]*)*\?$"
)
_POSSESSIVE_START = re.compile(r"^(?:its|his|her|their)\s+\w", re.I)


def stand_alone(question: str, history: Sequence[Turn], tags: Tags | None = None) -> str:
    """Return `question` with what it leans on in `history` (oldest first) put in the place of what points to it.

    A question that stands alone already is returned as it is. `tags` tell which words it leans on: what has no place in
    the question is put behind it, in brackets, and what it doesn't lean on is not put in.
    """
    replaced = without_pointing(question, history, tags)
    if tags is None or _is_by_rules(question) or tags.leans < _LEANS:
        return replaced
    missing = {form for form, p in tags.probabilities.items() if p >= SURE} - forms_in(replaced)
    if not history[-1].answer and _is_whole(question):
        missing -= forms_in(history[-1].question)  # of which nothing is known: this is another one
    if replaced != question and phrase_of(question.strip()):
        missing -= forms_in(history[-1].question)  # that of it which is left out was exchanged
    return _with_behind(replaced, _phrases(tags, missing))


def without_pointing(question: str, history: Sequence[Turn], tags: Tags | None = None) -> str:
    """Return `question` as `stand_alone` does, with nothing put behind it."""
    if tags is None or _is_by_rules(question):
        return _replaced(question, history, tags)
    if tags.leans < _LEANS:
        return question
    replaced = _replaced(question, history, tags)
    put_in = (forms_in(replaced) - forms_in(question)) & tags.probabilities.keys()
    doubtful = put_in and not any(tags.of(form) >= DOUBTED for form in put_in)
    return question if doubtful else replaced


def _is_by_rules(question: str) -> bool:
    """Tell whether tags tell little of a question: it is nothing but a name, or "cheaper than the Merlin 3?"."""
    return bool(_NAME_ALONE.match(question.strip()) or _COMPARATIVE.match(question.strip()))


def _is_whole(question: str) -> bool:
    """Tell whether a question asks of something by itself: a clause with a word for it, and none that points back."""
    return bool(_CLAUSE.match(question.strip()) and content_words(question)) and not points_back(question)


def _with_behind(question: str, phrases: Sequence[str]) -> str:
    """Return `question` with what it is about behind it: "how often? (descale the kettle)"."""
    return f"{question.strip()} ({', '.join(phrases)})" if phrases else question


def _phrases(tags: Tags, forms: Set[str]) -> list[str]:
    """Return the words with these forms, each once, as they were said last: those that stand together in one phrase."""
    left, phrases = set(forms), []
    for turns_ago, text in enumerate(tags.texts):
        run: list[Word] = []
        for word in [word for word in tags.words if word.turns_ago == turns_ago]:
            joins = run and not _BREAK.search(text[run[-1].end : word.start])
            if not joins or not (word.form in left or not word.is_content):
                phrases += _phrase(text, run, left)
                run = []
            if word.form in left or run:
                run.append(word)
        phrases += _phrase(text, run, left)
    return phrases


def _phrase(text: str, run: list[Word], left: set[str]) -> list[str]:
    """Return what a run of words says, without what is no content at its end; its forms are taken from `left`."""
    while run and run[-1].form not in left:
        run.pop()
    left -= {word.form for word in run}
    return [text[run[0].start : run[-1].end]] if run else []


def _replaced(question: str, history: Sequence[Turn], tags: Tags | None) -> str:
    """Return `question` with what it leans on put in the place of what points to it."""
    turns = [turn for turn in history if 0 < len(turn.question.strip()) <= _LONGEST]
    turns = [*turns[:-1], *(replace(turn, question=_BEHIND.sub("", turn.question.strip())) for turn in turns[-1:])]
    asked = question.strip()
    if not turns or not 0 < len(asked) <= _LONGEST:
        return question
    if len(asked.split()) > _NAME_WORDS and not is_english(asked):
        return question  # what points back is known in English only
    bare = _BARE.match(_AND.sub("", asked))
    if bare:
        return _asked_anew(bare["word"], turns[-1])
    phrase = phrase_of(asked)
    if phrase and _COMPARATIVE.match(phrase):
        return _compared(phrase, Referents(turns, tags), turns[-1])
    if phrase and not ASKS_MORE.search(phrase) and not _POSSESSIVE_START.match(phrase):
        exchanged = _exchanged(Referents(turns, tags).resolve(phrase), turns[-1], tags)
        if exchanged:
            return exchanged
    condition = re.match(r"^(?:(?:and|but|so)\b,? )+(?P<if>(?:if|in case) .+)$", asked, re.I)
    if condition and not any(m.named for m in find_mentions(condition["if"])):
        return f"{turns[-1].question.strip().rstrip('?. ')} {condition['if']}"
    clause = _AND.sub("", asked) if _CLAUSE.match(_AND.sub("", asked)) else asked
    resolved = Referents(turns, tags).resolve(clause)
    if resolved == clause:
        return question if clause == asked else _upper(clause)
    return _upper(resolved) if asked[:1].isupper() else resolved


def read_in_context(
    question: str, standalone: str, before: Turn | None, rarity: Callable[[str], float], tags: Tags | None = None
) -> Question:
    """Return `question` ready to be answered, which was made to stand alone as `standalone`.

    If it most likely leans on `before`, the turn before it (None if there is none), it is searched for and read as it
    was typed, behind that: made to stand alone it often lacks what it is about. It is read twice, for behind the answer
    it is known who "she" is, but the sentence that was just told looks like an answer once more. The words of what was
    said count as much as the question leans on them; without `tags` those of the question before, half.
    """
    understood = read_question(standalone, rarity)
    if before is None or (tags.leans if tags else leaning(question)) < _LEANS:
        return understood
    words = dict.fromkeys(content_words(before.question), _OF_BEFORE)
    if tags:
        words = {word: p for form, p in tags.probabilities.items() for word in content_words(form)}
    context = {word: share * rarity(word) for word, share in words.items() if share >= DOUBTED}
    wordings = behind(question, Turn(before.question)), behind(question, before)
    return replace(understood, in_context=tuple(dict.fromkeys(wordings)), context=context)


def behind(question: str, before: Turn) -> str:
    """Return `question` behind the one that it follows on and the first words of its answer."""
    answer = before.answer[:_CHARACTERS_OF_ANSWER].split()[:_OF_ANSWER]
    said = (f"{before.question.strip().rstrip('?.! ')}?", *answer, question.strip())
    return " ".join(said)


def phrase_of(asked: str) -> str:
    """Return X of "what about X?", "and X?" and a lone "X?"; "" if it is a question with a verb of its own."""
    about = _WHAT_ABOUT.match(asked)
    bare = re.sub(r"[\s?.!]+$", "", asked[about.end() :] if about else _AND.sub("", asked))
    if not bare or _CLAUSE.match(bare) or bare.lower() in _POINTING or re.search(r"[.?!]\s|^if ", bare, re.I):
        return ""
    if about or _AND.match(asked):
        certain = about or not _has_verb(bare)
        return bare if certain and len(bare.split()) <= 2 * _FRAGMENT_WORDS else ""
    if "," in bare or bare.split()[-1].lower() in PREPOSITIONS:
        return ""
    few = len(bare.split()) <= _FRAGMENT_WORDS and asked.endswith("?")
    return bare if few and (find_mentions(f"{bare}?") or _COMPARATIVE.match(bare)) and not _has_verb(bare) else ""


def _has_verb(text: str) -> bool:
    return bool(re.search(r"\b(?:is|are|was|were|do|does|did|has|have|had|can|will|would|i|we|you)\b", text, re.I))


def _exchanged(phrase: str, turn: Turn, tags: Tags | None) -> str:
    """Return the question before with the part that corresponds to `phrase` exchanged; "" if none does."""
    before = turn.question.strip()
    for kind in _TYPES:
        if kind.match(phrase):
            return _exchanged_word(phrase, before, kind)
    led = _PREPOSITION.match(phrase)
    inner = phrase[led.end() :] if led else phrase
    numbered = _NUMBERED.match(inner)
    alike = re.search(rf"\b{numbered['noun']} {_LABEL}\b", before, re.I) if numbered else None
    if alike:
        return f"{before[: alike.start()]}{inner}{before[alike.end() :]}"
    chosen = _slot(inner, before, led[1].lower() if led else "", tags)
    if chosen is None:
        tail = re.search(rf"\b{led[1]} [\w'’-]+[?. ]*$", before, re.I) if led else None
        if tail:
            return f"{before[: tail.start()]}{phrase}?"
        return f"{before.rstrip('?. ')} {phrase if led else f'for {phrase}'}?"
    end = chosen.end
    text = before[chosen.start : end]
    owner = re.match(r"^(?:the )?(.*?['’]s)\s", text)
    if owner and _is_name(inner) and not re.search(r"['’]s ", inner):
        return f"{before[: chosen.start]}{inner}'s{before[chosen.start + owner.end(1) :]}"
    if re.search(r"['’]s$", text) and not re.search(r"['’]s$", inner):
        inner += "'s"
    led_by = before[: chosen.start]
    if re.match(r"^(?:a|an|the)\s", inner, re.I):
        led_by = _OWNER.sub("", led_by)
    if chosen.is_person and not _may_be_person(inner):
        led_by = _WHO.sub("What", led_by)
    return f"{led_by}{inner}{before[end:]}"


def _may_be_person(phrase: str) -> bool:
    """Tell whether one may ask who it is: a name, a word for a person, or for who does something ("the plumber")."""
    found = find_mentions(f"about {phrase}")[-1:]
    return not found or found[0].named or found[0].is_person or bool(_DOES.search(found[0].head))


def _exchanged_word(phrase: str, before: str, kind: re.Pattern[str]) -> str:
    """Return `before` with its last word of a kind (a year, a weekday, a number) exchanged, or `phrase` put behind."""
    bare = _PREPOSITION.sub("", phrase)
    for found in reversed(list(re.finditer(r"[\w.,]*\w", before))):
        if kind.match(found.group()):
            return f"{before[: found.start()]}{bare}{before[found.end() :]}"
    led = phrase if _PREPOSITION.match(phrase) else f"in {phrase}"
    return f"{before.rstrip('?. ')} {led}?"


def _slot(phrase: str, before: str, preposition: str, tags: Tags | None) -> Mention | None:
    """Return the mention in `before` that is like `phrase`: a name for a name, one with the same last word.

    Of several that fit, `tags` tell which one the phrase leans on least: the others stay.
    """
    found = [mention for mention in find_mentions(before) if not mention.asked]
    after = [m for m in found if preposition and re.search(rf"\b{preposition}\s+$", before[: m.start], re.I)]
    inner = [m for mention in found for m in (parts_of(mention) or [mention])]
    if after:
        return after[-1]
    if preposition and not _is_name(phrase):
        return None
    head = find_mentions(f"about {phrase}")[-1:]
    alike = [m for m in inner if head and m.head == head[0].head]
    if alike:
        return alike[-1]
    if _is_name(phrase):
        named = [m for m in inner if m.named]
        same = [m for m in named if head and m.is_person == head[0].is_person]
        return _last(same or named or [m for m in inner if not m.is_plural])
    common = [m for m in inner if not m.named]
    article = re.match(r"^(a|an|the)\s", phrase, re.I)
    if article:  # "undo" is none of those, though it is taken for a mention in "can I undo that"
        common = [m for m in common if _is_noun(m, before)]
    fitting = [m for m in common if bool(re.match(r"^an?\s", m.text, re.I)) == bool(article and article[1] != "the")]
    if article and article[1].lower() == "the" and fitting:
        return min(fitting, key=lambda mention: told(mention, tags))
    if article:
        return next(iter(fitting or common), None)
    return _last(fitting or common or inner)


def _is_noun(mention: Mention, before: str) -> bool:
    """Tell whether a mention is none that may be a verb: one word behind "I", "to" or a name."""
    led = before[: mention.start].split()
    if " " in mention.text or not led:
        return True
    return led[-1].lower() not in ("i", "we", "you", "one", "they", "to") and not (led[1:] and led[-1][0].isupper())


def _last(mentions: Sequence[Mention]) -> Mention | None:
    return mentions[-1] if mentions else None


def _is_name(phrase: str) -> bool:
    return bool(re.search(r"(?:^|\s)[A-ZÀ-Þ“\"]", re.sub(r"^(?:the|a|an)\s", "", phrase, flags=re.I)))


def _is_all_name(text: str) -> bool:
    """Tell whether a mention is nothing but a name: not "The Danube touches ten countries"."""
    return all(
        word[:1].isupper() or word[:1].isdigit() for word in re.sub(r"^(?:the|a|an)\s", "", text, flags=re.I).split()
    )


def _asked_anew(word: str, turn: Turn) -> str:
    """Return what the question before spoke of, with another question word: "Why?" after "When did she leave?"."""
    before = turn.question.strip()
    word = re.sub(r" (?:so|that)$", "", word)
    lead = _LEAD.match(before)
    if lead:
        return f"{_upper(word)}{lead['rest']}"
    subject = _SUBJECT.match(before)
    if subject:
        found = find_mentions(first_said(turn))
        names = [m for m in found if m.named and m.text not in before and _is_all_name(m.text)]
        return f"{_upper(word)} {names[0].text if names else 'was it that'} {subject['rest']}"
    if re.match(r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|must)\b", before, re.I):
        return f"{_upper(word)} {before[:1].lower()}{before[1:]}"
    topic = Referents([turn]).topic()
    return f"{_upper(word)}, about {topic}?" if topic else f"{_upper(word)}?"


def _compared(phrase: str, referents: Referents, turn: Turn) -> str:
    """Return "cheaper than X?" with what is compared in front."""
    before = turn.question.strip()
    lead = _LEAD.match(before)
    aux = re.match(r" (?:is|are|was|were) ", lead["rest"], re.I) if lead else None
    phrase = phrase[:1].lower() + phrase[1:]
    if lead and aux:
        return f"{_upper(lead['rest'].strip().rstrip('?. '))} {phrase}?"
    topic = referents.topic()
    return f"Is {topic} {phrase}?" if topic else f"{_upper(phrase)}?"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
