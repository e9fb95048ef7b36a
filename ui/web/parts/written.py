"""What a language model wrote, below the answer in the documents' own words: each sentence with what the check says.

Nothing is told by colour alone: a sentence that isn't supported is underlined, and says so in words.
"""

from __future__ import annotations

from collections.abc import Mapping

from rag import CheckedSentence, Written
from ui.below import told
from ui.languages import phrase
from ui.places import capital
from ui.text import VERDICT_LABELS, model_words, one_line, supported_text
from ui.web.parts.answer import cited, marks
from ui.web.parts.markup import Html, join, tag
from ui.web.state.exchange import Exchange


def written(asked: Exchange, turn: int) -> Html | None:
    """Render what there is of a model's words, None if none were asked for."""
    given = asked.answer.written if asked.answer else None
    if given is None:
        return None
    writing = asked.state == "asking" and given.state == "writing"
    if not writing and not given.total:  # there is nothing but why
        return tag("p", capital(one_line(told(given.note))), class_="unwritten") if given.note else None
    heading = f"written-{turn}"
    return tag(
        "section",
        tag("h3", model_words(given), id=heading),
        _steps(given),
        _groups(given, marks(asked, turn), _draft(given.draft) if writing and given.draft else None),
        _told(given, asked.stage if writing else ""),
        class_="written",
        aria_labelledby=heading,
    )


def _groups(given: Written, numbers: Mapping[int, Html], draft: Html | None) -> Html:
    """Render the sentences, each group under its title; of a comparison as the rows of a table."""
    groups = given.grouped() or [("", ())]
    rows = []
    for number, (title, sentences) in enumerate(groups, start=1):
        shown = [_sentence(one, numbers, marked=given.marked) for one in sentences]
        parts = [*(part for one in shown for part in (one, " ")), draft if number == len(groups) else None]
        if given.kind == "comparison":
            rows.append(tag("tr", tag("th", one_line(title), scope="row", dir="auto"), tag("td", *parts, dir="auto")))
        else:
            head = tag("h4", one_line(title), dir="auto") if title else None
            rows.append(join(head, tag("p", *parts, class_="claims", dir="auto")))
    return tag("table", tag("tbody", *rows), class_="compared") if given.kind == "comparison" else join(*rows)


def _steps(given: Written) -> Html | None:
    """Say what was searched for beside the question."""
    items = [tag("li", capital(one_line(told(step)))) for step in given.steps]
    return tag("ol", *items, class_="searched", aria_label=phrase("Searched for the answer")) if items else None


def _sentence(one: CheckedSentence, numbers: Mapping[int, Html], *, marked: bool) -> Html:
    """Render a sentence; what its numbers stand behind is what they show: the sentence, or that it is contradicted."""
    text, label = one_line(one.text), VERDICT_LABELS.get(one.verdict)
    if label is None or not marked:
        return tag("span", cited(text, one.citations, numbers), class_="claim")
    why = one_line(told(one.why))
    said = join(phrase(label), tag("span", f": {why}", class_="unseen") if why else None)
    if one.verdict == "contradicted":
        shown = join(tag("span", text, class_="said"), " ", _label(said, why), _numbers(one, numbers))
    else:
        shown = join(tag("span", cited(text, one.citations, numbers), class_="said"), " ", _label(said, why))
    return tag("span", shown, class_=f"claim {one.verdict}")


def _label(said: Html, why: str) -> Html:
    return tag("span", said, class_="finding", title=why or None)


def _numbers(one: CheckedSentence, numbers: Mapping[int, Html]) -> Html:
    return join(*(numbers[number] for number in one.citations if number in numbers))


def _draft(text: str) -> Html:
    return tag("span", one_line(text), tag("span", " ", phrase("(not checked yet)"), class_="unseen"), class_="draft")


def _told(given: Written, stage: str) -> Html:
    """Say how many sentences hold, what a person should know, and what is going on."""
    counted = supported_text(given) if given.total else ""
    said = " · ".join(filter(None, (counted, capital(one_line(told(given.note))), one_line(told(stage)))))
    return tag("p", said, class_="counted")
