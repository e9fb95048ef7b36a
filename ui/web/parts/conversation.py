"""The conversation as HTML: from exchanges (questions, answers, refusals, faults) to `Html`, and nothing else.

Every word of a document, a question or a file name passes through `tag` or `join`, which escape it.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag import LONGEST_QUESTION, Answer, support_level
from ui.below import told
from ui.languages import counted, later, number, phrase, phrases
from ui.places import capital
from ui.text import SUPPORT, copy_text, plural
from ui.web.guard.bodies import write_json
from ui.web.parts.adding import DROPPED, NO_DOCUMENTS, adder
from ui.web.parts.answer import sentences, sources_differ
from ui.web.parts.cards import cards
from ui.web.parts.judging import judging
from ui.web.parts.markup import Html, join, sentence, tag
from ui.web.parts.refusal import refusal
from ui.web.parts.why import why, why_button
from ui.web.parts.written import written
from ui.web.state.exchange import Exchange, Scope
from ui.web.state.scopes import label_of, shown_picks

AT_ONCE = 50  # exchanges of a long conversation
UNPRINTED = counted(
    "{n} earlier question is not printed: press Ctrl P for the whole conversation.",
    "{n} earlier questions are not printed: press Ctrl P for the whole conversation.",
)
BROKEN = later("The connection to Pincite was lost: see that it is running, then ask again.")


def exchange(asked: Exchange, turn: int, *, beat: int = 0, resumed: bool = False) -> Html:
    """Render one question and what has come of it; `turn` is its place in the conversation, from 0.

    `beat` is another number whenever nothing has changed but that it is still being answered. `resumed` says that it is
    answered already, and to be followed by the page.
    """
    return tag(
        "article",
        tag("h2", asked.question, class_="question", dir="auto"),
        _scope(asked),
        _understood(asked),
        _outcome(asked, turn),
        judging(asked, turn),
        class_="turn",
        id=f"turn-{turn}",
        data_state=asked.state,
        data_beat=beat or None,
        data_follow=resumed,
    )


def conversation(exchanges: Sequence[Exchange], *, upto: int | None = None, whole: bool = False) -> Html:
    """Render the last exchanges of a conversation, or the last before `upto`, and a button for those before them.

    With `whole` it is all of them.
    """
    upto = len(exchanges) if upto is None else min(max(upto, 0), len(exchanges))
    begin = 0 if whole else max(0, upto - AT_ONCE)
    said = phrases("Show {n} earlier question", "Show {n} earlier questions", min(begin, AT_ONCE))
    more = tag("button", said, type="button", class_="plain small earlier", data_earlier=begin) if begin else None
    unprinted = tag("p", phrases(*UNPRINTED, begin), class_="unprinted") if begin else None  # said on paper only
    return join(more, unprinted, *(exchange(exchanges[turn], turn) for turn in range(begin, upto)))


def after_unseen() -> Html:
    """Render why an edited question doesn't stand in the place of the earlier one."""
    said = phrase("This conversation went on in another tab: nothing is replaced, your question comes after that.")
    return tag("p", said, class_="aside", role="status")


def welcome(examples: Sequence[str]) -> Html:
    """Render what stands there before the first question: what this is, and questions to try.

    Where the library's overview says that there are no documents, conversation.css shows how they are added instead.
    """
    buttons = [tag("li", tag("button", example, type="button", data_ask=example, dir="auto")) for example in examples]
    return tag(
        "section",
        tag("h2", phrase("Ask your documents")),
        tag("p", phrase("Every sentence of an answer is pinned to the exact words in your documents that say so.")),
        tag("div", tag("p", phrase(NO_DOCUMENTS)), tag("p", phrase(DROPPED)), adder(), class_="bare"),
        tag("ul", *buttons, class_="examples", aria_label=phrase("Questions to try")) if buttons else None,
        class_="welcome",
    )


def broken() -> Html:
    """Render what conversation.js makes of a turn that the server does not end, for want of a connection.

    It says how many characters a question may have, too.
    """
    fault = _fault(Exchange("", Scope(), "failed", fault=BROKEN))
    return tag("template", fault, id="broken", data_longest=LONGEST_QUESTION)


def notice(warning: str) -> Html:
    """Render what a person should know before asking, nothing if there is nothing."""
    return tag("p", capital(told(warning)), role="status") if warning else join()


def _scope(asked: Exchange) -> Html | None:
    """Say what a question was asked of; scope.js asks the next one of the same where a conversation is opened."""
    if not asked.scope.label:
        return None
    picks = write_json(shown_picks(asked.scope)).decode()
    said = sentence(phrase("Asked of {scope}"), scope=tag("b", label_of(asked.scope), dir="auto"))
    return tag("p", said, class_="aside", data_scope_of=picks)


def _understood(asked: Exchange) -> Html | None:
    understood = asked.answer.standalone_question if asked.answer else ""
    if not understood or understood == asked.question:
        return None
    title = phrase("Put it in the question box")
    edit = tag("button", phrase("Edit"), type="button", class_="quiet", data_fill=understood, title=title)
    said = sentence(
        phrase("Understood as: {question}"), question=tag("span", understood, class_="understood", dir="auto")
    )
    return tag("p", said, " ", edit, class_="aside")


def _outcome(asked: Exchange, turn: int) -> Html:
    answer = asked.answer
    said = sentences(asked, turn)
    if asked.state == "failed":
        return join(said, written(asked, turn), _fault(asked))
    if asked.state == "asking" and not (answer and answer.written):
        return join(said, tag("p", told(asked.stage) or phrase("Searching"), class_="stage"))
    if asked.state == "stopped":
        return join(
            said, tag("p", tag("span", phrase("Stopped."), class_="words"), _anew(asked, turn), class_="verdict")
        )
    if answer is not None and answer.kind == "reply":
        return tag("p", told(answer.text), class_="answer")
    if answer is None:
        return refusal(asked, turn, again=_anew(asked, turn), why=join())
    if not answer.grounded:
        again = join(_anew(asked, turn), why_button(turn))
        return _in_order(answer, refusal(asked, turn, again=again, why=why(asked, answer, turn)), written(asked, turn))
    quoted = join(said, sources_differ(asked, turn), _verdict(asked, answer, turn))
    return join(_in_order(answer, quoted, written(asked, turn)), cards(asked, answer, turn))


def _in_order(answer: Answer, quoted: Html, theirs: Html | None) -> Html:
    """Put the documents' words first, or a model's, as a person has set it."""
    return join(theirs, quoted) if answer.written and answer.written.leads else join(quoted, theirs)


def _verdict(asked: Exchange, answer: Answer, turn: int) -> Html:
    """Say how well the answer in the documents' words is supported; a model's words have a line of their own."""
    count = len(answer.citations) - len(_only_written(answer))
    took = answer.timings_ms.get("total", 0.0) - answer.timings_ms.get("write", 0.0)
    support = phrase(SUPPORT[support_level(answer.sentences[0].support)])
    time = phrase("{time} s", time=number(max(took / 1000, 0.1), 1)) if asked.state == "answered" else ""
    words = " · ".join(filter(None, (support, plural(count, "source"), time)))
    copy = tag("button", phrase("Copy"), type="button", class_="quiet", data_copy=copy_text(answer, asked.places))
    line = tag("p", tag("span", words, class_="words"), copy, _anew(asked, turn), why_button(turn), class_="verdict")
    return join(line, why(asked, answer, turn))


def _only_written(answer: Answer) -> set[int]:
    """Return the numbers of the citations that a model's words rest on, and the documents' don't."""
    theirs = {number for one in (answer.written.sentences if answer.written else ()) for number in one.citations}
    return theirs - {number for one in answer.sentences for number in one.citations}


def _anew(asked: Exchange, turn: int) -> Html:
    """Render what asks a question again, which conversation.css shows at the last turn only, or has it edited first."""
    again = tag(
        "button", phrase("Ask again"), type="button", class_="quiet", data_ask=asked.question, data_instead=turn
    )
    edit = tag(
        "button",
        phrase("Edit"),
        type="button",
        class_="quiet",
        aria_label=phrase("Edit question"),
        data_fill=asked.question,
        data_instead=turn,
    )
    return join(again, edit)


def _fault(asked: Exchange) -> Html:
    again = tag("button", phrase("Ask again"), type="button", class_="plain", data_ask=asked.question)
    if asked.lost:
        again = tag("button", phrase("Reload the page"), type="button", class_="plain", data_reload=True)
    return tag(
        "div",
        tag("p", phrase("This question was not answered."), class_="lead"),
        tag("p", told(asked.fault), class_="what"),
        again,
        class_="fault",
        role="alert",
    )
