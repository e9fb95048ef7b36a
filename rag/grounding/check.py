"""The grounding check: a text and sources go in; what these say to each of its sentences comes out, with their words.

Each claim of a sentence is held against the likeliest places of all sources, whatever number was written behind it:
an entailment model judges, and numbers, dates and names must agree whatever it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index import Document, content_words, split_sentences, split_words, whole_characters
from rag.grounding.bounds import in_numbers
from rag.grounding.claims import Said, sentences_of
from rag.grounding.entailment import EntailmentModel, Pair, shipped_entailment
from rag.grounding.evidence import SourcePlace, Sources, Texts, saying
from rag.grounding.facts import in_words, is_said, missing_facts, says_little, says_otherwise, share_in_order
from rag.records import Checked, CheckedSentence, Citation, Verdict

SUPPORTED, PARTLY = 0.6, 0.4  # probability of support from which a claim has it, or half
CONTRADICTED = 0.5  # probability of the contrary
_LOOKED_AT_FIRST = 4  # places; the others only if none of these supports the claim
_WITHOUT_FACTS = 0.3  # of the probability that is left where a number or name is not there
_WORD_FOR_WORD = 0.98  # probability of what a sentence of the source says in the same words
_OF_LITTLE = 0.5  # probability at the most of what says nothing by itself, as a number alone
_IN_ITS_WORDS = 0.85  # share of a claim's words that supports it, where another place says them of something else
_IN_ORDER, _SURELY = 0.5, 0.75  # of what has fewer of a claim's words in their order the model must be surer
_IN_OTHER_WORDS = 0.7  # of the probability that is left where it isn't: it is in doubt
_OF_THE_SAME = 0.5  # share of a claim's words that words must hold to contradict it
_SAYS_LITTLE = "by itself it says nothing that could be checked"
_SAYS_IN_PART = "the source says only a part of this, or in other words"
_MOST_TOGETHER = 2  # places whose words together may support what none does alone


@dataclass(frozen=True, slots=True)
class Judged:
    """What the sources say to one claim, with the places that say so, and what they lack."""

    verdict: Verdict
    support: float
    places: tuple[SourcePlace, ...] = ()
    why: str = ""
    is_otherwise: bool = False  # a source says it in the same words of something else


class Checker:
    """Checks texts against sources; `model` judges whether words support a claim."""

    def __init__(self, model: EntailmentModel | None = None) -> None:
        self.model = model or shipped_entailment()

    @property
    def warning(self) -> str:
        """What is wrong with the model, in one line with the cure; "" if nothing is known to be."""
        return self.model.warning

    def check(self, text: str, sources: Sources) -> Checked:
        """Return the sentences of `text`, each with what the sources say to it."""
        sentences: list[CheckedSentence] = []
        citations: list[Citation] = []
        for said in sentences_of(text):
            sentences.append(self.check_sentence(text, said, sources, citations))
        return Checked(tuple(sentences), tuple(citations))

    def check_sentence(self, text: str, said: Said, sources: Sources, citations: list[Citation]) -> CheckedSentence:
        """Return one sentence with what the sources say to it; the words that they say it with join `citations`."""
        judged = self._judge_sentence(said, sources)
        numbers = tuple(dict.fromkeys(_number(place, judged.support, citations) for place in judged.places))
        whole = text[said.start : said.end]
        return CheckedSentence(
            whole, said.start, said.end, judged.verdict, round(judged.support, 4), numbers, judged.why
        )

    def _judge_sentence(self, said: Said, sources: Sources) -> Judged:
        """Judge a sentence by its claims: it has the support of the least supported, and the places of all.

        Of what a source says otherwise in the same words, its parts are not asked by themselves: they lack the others.
        """
        whole = self.judge(said.whole, sources)
        if len(said.claims) == 1 or whole.verdict == "supported" or whole.is_otherwise:
            return whole
        return _together([self.judge(claim, sources) for claim in said.claims])

    def judge(self, claim: str, sources: Sources) -> Judged:
        """Return what the sources say to one claim."""
        places = list(sources.near(claim))
        if not places:
            return Judged("unsupported", 0.0, why="no source says this")
        found = self._read(claim, places[:_LOOKED_AT_FIRST])
        if found.best < SUPPORTED and len(places) > _LOOKED_AT_FIRST:
            found = found.with_more(self._read(claim, places[_LOOKED_AT_FIRST:]))
        if found.best < SUPPORTED and len(places) > 1 and not any(found.otherwise):
            found = found.with_more(self._read_together(claim, found))
        return _verdict(claim, found)

    def _read(self, claim: str, places: Sequence[SourcePlace]) -> _Found:
        pairs = [Pair(claim, place.header, place.around) for place in places]
        return self._judged(pairs, [(place,) for place in places])

    def _read_together(self, claim: str, found: _Found) -> _Found:
        """Read the two likeliest places as one: a sentence may be made of what two say.

        Not where a place says it of something else: another that has the name that it lacks would make it good.
        """
        likeliest = [places[0] for places in found.in_order()[:_MOST_TOGETHER]]
        likeliest.sort(key=lambda place: (place.document.doc_id, place.start))
        evidence = " ".join(place.around for place in likeliest)
        return self._judged([Pair(claim, likeliest[0].header, evidence)], [tuple(likeliest)])

    def _judged(self, pairs: Sequence[Pair], places: Sequence[tuple[SourcePlace, ...]]) -> _Found:
        counted = [in_numbers(pair.claim, pair.evidence) for pair in pairs]
        pairs = [Pair(claim, pair.header, pair.evidence) for pair, (claim, _) in zip(pairs, counted, strict=True)]
        judged = self.model.judge(pairs)
        support = np.asarray([_overlap(pair) for pair in pairs]) if judged is None else judged[:, 0].copy()
        contrary = np.zeros(len(pairs)) if judged is None else judged[:, 1].copy()
        missing = [missing_facts(pair.claim, f"{pair.header}\n{pair.evidence}") for pair in pairs]
        otherwise, shared = [False] * len(pairs), [_shared(pair) for pair in pairs]
        for i, (pair, (_, holds)) in enumerate(zip(pairs, counted, strict=True)):
            sentences = [pair.evidence[s:e] for s, e in split_sentences(pair.evidence)]
            said = is_said(pair.claim, sentences)
            if said:
                support[i] = max(support[i], _WORD_FOR_WORD)
            elif missing[i]:
                support[i] *= _WITHOUT_FACTS
            otherwise[i] = not said and says_otherwise(pair.claim, sentences)
            if not holds or otherwise[i]:
                contrary[i], support[i] = max(contrary[i], support[i]), support[i] * _WITHOUT_FACTS
            if SUPPORTED <= support[i] < _SURELY and share_in_order(pair.claim, sentences) < _IN_ORDER:
                support[i] *= _IN_OTHER_WORDS
            if says_little(pair.claim, pair.header, pair.evidence):
                support[i], contrary[i] = min(support[i], _OF_LITTLE), 0.0
            if shared[i] < _OF_THE_SAME:
                contrary[i] = 0.0
        return _Found(list(places), support, contrary, missing, otherwise, shared)


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What places say to a claim: the probability [places] that they support it, and that they contradict it.

    `missing` is what of its facts each lacks, `otherwise` whether it says the claim of something else, `shared` the
    share of its words that each holds.
    """

    places: list[tuple[SourcePlace, ...]]
    support: np.ndarray
    contrary: np.ndarray
    missing: list[list[str]]
    otherwise: list[bool]
    shared: list[float]

    @property
    def best(self) -> float:
        return float(self.support.max())

    def in_order(self) -> list[tuple[SourcePlace, ...]]:
        return [self.places[i] for i in np.argsort(-self.support, kind="stable")]

    def with_more(self, other: _Found) -> _Found:
        return _Found(
            self.places + other.places,
            np.concatenate([self.support, other.support]),
            np.concatenate([self.contrary, other.contrary]),
            self.missing + other.missing,
            self.otherwise + other.otherwise,
            self.shared + other.shared,
        )


def check(text: str, sources: Sequence[str]) -> Checked:
    """Return the sentences of `text`, each with what the `sources` say to it: texts, of which nothing is kept.

    A citation's `doc_id` is the number of its source, from "1" on.
    """
    return Checker().check(text, Texts([document_of(str(i), source) for i, source in enumerate(sources, start=1)]))


def document_of(doc_id: str, text: str) -> Document:
    """Return a text as a document; a half of a character is replaced, as no index takes it."""
    return Document(doc_id, "", "", "text/plain", whole_characters(text), {}, (), "", 0.0)


def _verdict(claim: str, found: _Found) -> Judged:
    supports = found.support
    if any(found.otherwise):
        supports = np.where(np.asarray(found.shared) < _IN_ITS_WORDS, supports * _WITHOUT_FACTS, supports)
    best = int(np.argmax(supports))
    support, places = float(supports[best]), saying(claim, found.places[best])
    if support >= SUPPORTED:
        return Judged("supported", support, places)
    worst = int(np.argmax(found.contrary))
    if found.contrary[worst] >= max(CONTRADICTED, support):
        return Judged(
            "contradicted",
            support,
            saying(claim, found.places[worst]),
            _lacking(found.missing[worst], "the source says otherwise"),
            found.otherwise[worst],
        )
    if support >= PARTLY:
        likeliest = found.places[best][0]
        little = says_little(claim, likeliest.header, likeliest.around)
        why = _SAYS_LITTLE if little else _SAYS_IN_PART
        return Judged("partly", support, places, _lacking(found.missing[best], why))
    return Judged("unsupported", support, why=_lacking(found.missing[best], "no source says this"))


def _lacking(missing: Sequence[str], otherwise: str) -> str:
    return f"the source has no {in_words(missing)}" if missing else otherwise


def _together(judged: Sequence[Judged]) -> Judged:
    verdicts = {one.verdict for one in judged}
    places = tuple(dict.fromkeys(place for one in judged for place in one.places))
    support = min(one.support for one in judged)
    why = next((one.why for one in judged if one.why), "")
    if verdicts == {"supported"}:
        return Judged("supported", support, places)
    if "contradicted" in verdicts:
        return Judged("contradicted", support, places, why)
    if verdicts == {"unsupported"}:
        return Judged("unsupported", support, (), why)
    return Judged("partly", support, places, why)


def _number(place: SourcePlace, score: float, citations: list[Citation]) -> int:
    document = place.document
    for citation in citations:
        if (citation.doc_id, citation.start, citation.end) == (document.doc_id, place.start, place.end):
            return citation.number
    citations.append(
        Citation(
            len(citations) + 1,
            document.doc_id,
            document.path,
            document.title,
            document.page_of(place.start),
            place.start,
            place.end,
            place.sentence,
            round(score, 4),
        )
    )
    return len(citations)


def _overlap(pair: Pair) -> float:
    """Return how likely words support a claim by the words alone: the share that they hold, squared."""
    return _shared(pair) ** 2


def _shared(pair: Pair) -> float:
    wanted = set(content_words(pair.claim))
    return len(wanted & set(split_words(f"{pair.header}\n{pair.evidence}"))) / max(1, len(wanted))
