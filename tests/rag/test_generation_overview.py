"""Summaries and comparisons by a model: part by part and then together, side by side, each sentence checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from scripted import Die, Raw, Reply, Sleep, scripted

from index.library import Library
from index.models import Encoder
from index.records import Document
from index.sync.sync import add_documents
from rag import Answer, Assistant, ModelServer, ModelUse, Update, Written
from rag.generation.overview import MOST_PARTS, parts_of
from rag.generation.use import AS_USUAL

NAMES = """Ada Bruno Carla Dario Elsa Fabio Greta Hugo Irma Jonas Karin Lars Mona Nils Olga Paul Rita Sven Tara Udo Vera
Wanda""".split()
FILLER = "The sheds along the canal were painted over the summer, and the paint was paid for by the parish council. "
TEXTS = {
    "report.txt": "\n\n".join(f"{name} keeps shed {n} by the canal. {FILLER * 12}" for n, name in enumerate(NAMES, 1)),
    "alto.txt": "The Alto bicycle weighs nine kilos. The Alto bicycle costs 800 euros. It is painted red.",
    "basso.txt": "The Basso bicycle weighs twelve kilos. The Basso bicycle costs 450 euros. It is painted blue.",
}
SMALL: dict[str, Any] = {"/props": {"default_generation_settings": {"n_ctx": 1600}}}
LIE = "Zanzibar sold all of the sheds to Solomon."


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    opened = Library(tmp_path_factory.mktemp("overview") / "home", Encoder())
    add_documents(opened, [Document(k, k, k[:-4], "text/plain", v, {}, (), k, 0.0) for k, v in TEXTS.items()])
    yield opened
    opened.close()


def ask(library: Library, address: str, question: str, *, use: ModelUse = AS_USUAL, **scope: Any) -> list[Update]:
    return list(Assistant(library, server=ModelServer(address), use=use).stream(question, **scope))


def told(body: dict[str, Any]) -> str:
    return str(body["messages"][-1]["content"])


def summarizing(body: dict[str, Any]) -> Reply:
    """Say of each part who keeps the first shed in it, and a lie; of the notes the first two."""
    keepers = re.findall(r"\w+ keeps shed \d+ by the canal\.", told(body))
    if "which are part" in told(body):
        return Reply([f"{keepers[0] if keepers else 'Nothing.'} {LIE}"])
    return Reply([" ".join(keepers[:2])])


def done(updates: list[Update]) -> tuple[Answer, Written]:
    answer = updates[-1].answer
    assert updates[-1].stage == "done"
    assert answer
    assert answer.written
    return answer, answer.written


def same_words(answer: Answer, plain: Answer) -> None:
    assert (answer.text, answer.sentences, answer.grounded) == (plain.text, plain.sentences, True)
    assert answer.citations[: len(plain.citations)] == plain.citations


def test_a_long_document_is_summarized_part_by_part_and_then_together(library: Library) -> None:
    plain = Assistant(library).ask("Summarize report.txt")
    with scripted(summarizing, about=SMALL) as server:
        updates = ask(library, server.address, "Summarize report.txt")
        asked = [told(body) for body in server.questions]
    answer, written = done(updates)
    same_words(answer, plain)
    first = next(update for update in updates if update.answer)
    assert (first.stage, first.answer and first.answer.written) == ("answering", None)  # the documents' words are there
    *parts, whole = asked
    assert len(parts) == MOST_PARTS
    firsts = [int(re.findall(r"keeps shed (\d+)", part)[0]) for part in parts if "keeps shed" in part]
    assert firsts == sorted(firsts)
    number = re.search(r"of (\d+) parts the first 12 were read", written.note)
    assert number
    assert int(number.group(1)) > MOST_PARTS
    assert LIE not in whole  # what isn't supported is told to it no more
    assert re.findall(r"(\w+) keeps shed", whole)[:2] == ["Ada", NAMES[firsts[1] - 1]]
    assert [one.verdict for one in written.sentences] == ["supported", "supported"]
    assert (written.state, written.groups) == ("done", ())
    for citation in answer.citations:
        assert library.document(citation.doc_id).text[citation.start : citation.end] == citation.quote


def test_while_the_parts_are_read_it_is_said_which_and_what_was_said_of_them_is_shown(library: Library) -> None:
    with scripted(summarizing, about=SMALL) as server:
        updates = ask(library, server.address, "Summarize report.txt")
    said = list(dict.fromkeys(update.message for update in updates if "Reading part" in update.message))
    assert said == [f"Reading part {number} of 12" for number in range(1, 13)]
    shown = [update.answer.written for update in updates if update.answer and update.answer.written]
    most = max(shown, key=lambda one: len(one.groups))
    assert [group.title for group in most.groups][:2] == [f"report, part {n} of 12" for n in (1, 2)]
    assert any(one.verdict == "unsupported" for one in most.sentences)


def test_a_document_read_anew_while_it_is_summarized_is_told_as_it_was_and_then_left_out(tmp_path: Path) -> None:
    library = Library(tmp_path / "home", Encoder())

    def put(text: str) -> None:
        document = Document("report.txt", "report.txt", "report", "text/plain", text, {}, (), "report.txt", 0.0)
        add_documents(library, [document])

    put(TEXTS["report.txt"])
    with scripted(summarizing, about=SMALL) as server:
        for update in Assistant(library, server=ModelServer(server.address)).stream("Summarize report.txt"):
            if update.stage == "answering":
                library.remove(["report.txt"])
                put(LIE)
        *parts, _ = (told(body) for body in server.questions)
    assert len(parts) == MOST_PARTS
    assert not any(LIE in part for part in parts)
    assert update.answer
    assert update.answer.written
    assert update.answer.written.sentences == ()
    assert "removed meanwhile" in update.answer.written.note
    library.close()


@pytest.mark.parametrize(
    "last", [Reply([Die()]), Reply([Raw(b"data: nonsense\n\n")]), Reply(["NOT IN THE DOCUMENTS"]), Reply(status=500)]
)
def test_where_the_whole_does_not_come_what_was_said_of_the_parts_stays(library: Library, last: Reply) -> None:
    def script(body: dict[str, Any]) -> Reply:
        return summarizing(body) if "which are part" in told(body) else last

    with scripted(script, about=SMALL) as server:
        _, written = done(ask(library, server.address, "Summarize report.txt"))
    assert len(written.groups) == MOST_PARTS
    assert written.supported >= MOST_PARTS - 1


def test_a_server_that_goes_away_half_way_leaves_what_is_there(library: Library) -> None:
    plain = Assistant(library).ask("Summarize report.txt")
    with scripted(summarizing, summarizing, Reply([Die()]), about=SMALL) as server:
        answer, written = done(ask(library, server.address, "Summarize report.txt"))
    same_words(answer, plain)
    assert (written.state, len(written.groups), written.supported) == ("failed", 3, 2)


def test_it_can_be_stopped_in_any_part(library: Library) -> None:
    with scripted(summarizing, Reply([Sleep(600)]), about=SMALL) as server:
        updates = Assistant(library, server=ModelServer(server.address)).stream("Summarize report.txt")
        next(update for update in updates if len(server.questions) == 2)
        updates.close()  # type: ignore[attr-defined]
        assert server.left.wait(60)


def test_a_short_document_is_summarized_at_once_and_in_as_many_sentences_as_are_asked_for(library: Library) -> None:
    with scripted(Reply(["The Alto bicycle costs 800 euros."])) as server:
        _, written = done(ask(library, server.address, "Summarize alto.txt in two sentences"))
        assert len(server.questions) == 1
        assert "at most 2 short sentences" in told(server.questions[0])
    assert (written.supported, written.total, written.note) == (1, 1, "")


def test_what_is_made_up_of_a_short_document_is_shown_as_such(library: Library) -> None:
    with scripted(Reply([LIE])) as server:
        _, written = done(ask(library, server.address, "Summarize alto.txt"))
    assert [(one.text, one.verdict) for one in written.sentences] == [(LIE, "unsupported")]


def test_of_everything_each_document_has_its_first_part_before_any_has_its_second(library: Library) -> None:
    with scripted(summarizing, about=SMALL) as server:
        ask(library, server.address, "Summarize everything")
        parts = [told(body) for body in server.questions if "which are part" in told(body)]
    assert len(parts) == MOST_PARTS
    assert sum("Alto bicycle" in part for part in parts) == sum("Basso bicycle" in part for part in parts) == 1


def test_a_model_that_does_not_write_summarizes_nothing(library: Library) -> None:
    with scripted(summarizing) as server:
        updates = ask(library, server.address, "Summarize alto.txt", use=ModelUse(writes=False))
        assert server.questions == []
    assert updates[-1].answer
    assert updates[-1].answer.written is None


COMPARING = "What is the difference in price between the Alto bicycle and the Basso bicycle?"


def sides(body: dict[str, Any]) -> Reply:
    """Say the price of the bicycle that is asked of, and that of the other one as if it were this one's."""
    mine = "Alto" if "say of the Alto" in told(body) else "Basso"
    return Reply(
        [f"The {mine} bicycle costs {'800' if mine == 'Alto' else '450'} euros. Solomon sells it in Zanzibar."]
    )


def test_what_is_compared_is_told_side_by_side(library: Library) -> None:
    plain = Assistant(library).ask(COMPARING)
    with scripted(sides) as server:
        answer, written = done(ask(library, server.address, COMPARING))
        assert len(server.questions) == 2
    same_words(answer, plain)
    assert written.kind == "comparison"
    assert [title for title, _ in written.grouped()] == ["the Alto bicycle", "the Basso bicycle"]
    assert [[one.verdict for one in group] for _, group in written.grouped()] == [["supported", "unsupported"]] * 2


def test_documents_that_a_question_names_are_compared_each_by_its_own_words_alone(library: Library) -> None:
    def swapped(body: dict[str, Any]) -> Reply:  # says of each what stands in the other
        other = ("Basso", 450) if "say of alto" in told(body) else ("Alto", 800)
        return Reply([f"The {other[0]} bicycle costs {other[1]} euros."])

    with scripted(swapped) as server:
        _, written = done(
            ask(library, server.address, "What do alto.txt and basso.txt say about what the bicycle costs?")
        )
        for body, (mine, other) in zip(server.questions, (("Alto", "Basso"), ("Basso", "Alto")), strict=True):
            passages = told(body).partition("Question:")[0]
            assert mine in passages
            assert other not in passages
    assert [title for title, _ in written.grouped()] == ["alto", "basso"]
    assert written.supported == 0


def test_a_summary_is_no_comparison_and_a_question_is_neither(library: Library) -> None:
    with scripted(Reply(["The Alto bicycle costs 800 euros."])) as server:
        _, written = done(ask(library, server.address, "How much is the Alto bicycle?"))
    assert (written.kind, written.groups, written.steps) == ("answer", (), ())


def test_parts_are_whole_passages_in_their_order(library: Library) -> None:
    document = library.document("report.txt")
    snapshot = library.look()
    parts = parts_of(snapshot, [document], characters=1500)
    spans = [(hit.passage.start, hit.passage.end) for part in parts for hit in part.hits]
    assert spans == sorted((one.start, one.end) for one in snapshot.passages("report.txt"))
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert all(sum(hit.passage.end - hit.passage.start for hit in part.hits) <= 1500 for part in parts)


def test_a_timeline_is_put_into_words_and_checked_below_the_sentences_with_the_dates(library: Library) -> None:
    text = "The mill was sold in 1950. The mill was built in 1904. It burnt down on 3 May 1932."
    add_documents(library, [Document("mill.txt", "mill.txt", "Mill", "text/plain", text, {}, (), "mill", 0.0)])
    with scripted(
        Reply(["1904: the mill was built. 1950: the mill was sold. 1961: the mill was sold to Solomon."])
    ) as server:
        answer, written = done(ask(library, server.address, "Timeline of mill.txt"))
        assert "in order of time" in told(server.questions[0])
    assert answer.text == "The mill was built in 1904. It burnt down on 3 May 1932. The mill was sold in 1950."
    assert [one.verdict == "supported" for one in written.sentences] == [True, True, False]
