"""Say lines of every kind to the sample documents, and print as a table what comes out, to be looked at.

    python tests/quality/utterances.py

Each row is a line as it was typed, what it was taken for, and the beginning of what is answered. Indented lines follow
on the one above them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from index import sync_paths
from rag import Answer, Turn, open_assistant, support_level
from rag.conversation.utterance import read_utterance

CORPUS = Path(__file__).parents[2] / "corpus"
CONVERSATIONS = (
    ("hello", "who are you?", "what can you do?", "thanks, that helps", "bye"),
    ("which documents do you have?", "how many documents are there?", "what documents are there about Baykar?"),
    ("what is in minutes-allotment-society.docx?", "sumarise the rental agrement", "what is the library about?"),
    ("summarise the rental agreement in two sentences", "timeline of Leonardo and Baykar"),
    ("what does section 3 of the rental agreement say?", "page 4 of the coffee machine manual"),
    ("which section of the rental agreement covers the deposit?",),
    ("When did Leonardo's CEO visit Baykar?", "And what did he announce there?", "who confirmed it?", "are you sure?"),
    ("How long is the warranty on the pump?", "what does it not cover?", "and the boiler?", "why?"),
    ("Which river touches the most countries?", "how long is it?", "and the Volga?"),
    ("How do I make Pincite forget a document at once?", "can i undo that", "what about a whole folder?"),
    ("Who is the landlord?", "and the tenant?", "how much is the deposit, and when is it due?"),
    ("can i keep a dog in the flat", "is smoking allowed?", "where is smoking not allowed?"),
    ("what is the difference between the pump and the boiler?", "which river is longer, the Danube or the Rhine?"),
    ("whats the waranty on teh pump", "rent how much??", "list everything that has to be descaled"),
    ("what is the capital of peru", "asdf", "you are stupid", "tell me a joke", "what is 2 + 2?"),
    ("Wie heißt der älteste Nachtzug?", "quando è stata fondata Baykar?"),
)


def told(answer: Answer) -> str:
    """Return what comes out of a line: how well it is supported, and how it begins."""
    if not answer.grounded and not answer.is_reply:
        return "refused"
    text = " ".join(answer.text.split())
    short = f"{text[:80]}…" if len(text) > 80 else text
    return short if answer.is_reply else f"{support_level(answer.sentences[0].support)}: {short}"


def said_in(conversations: Iterator[tuple[str, ...]], home: Path) -> Iterator[tuple[str, str, str]]:
    """Yield each line, what it was taken for, and what comes out."""
    assistant = open_assistant(home)
    sync_paths(assistant.library, [CORPUS])
    for lines in conversations:
        turns: list[Turn] = []
        for line in lines:
            answer = assistant.ask(line, turns)
            kind = read_utterance(line).said
            alone = answer.standalone_question
            taken = f"{kind}: {alone}" if kind == "question" and alone != line else kind
            yield f"{'↳ ' if turns else ''}{line}", taken, told(answer)
            turns.append(Turn(alone, answer.text if answer.grounded else ""))
    assistant.close()


def main() -> None:
    """Ask and print."""
    with tempfile.TemporaryDirectory() as home:
        print("| said | taken for | what comes out |\n|---|---|---|")
        for row in said_in(iter(CONVERSATIONS), Path(home)):
            print("|", " | ".join(cell.replace("|", "\\|") for cell in row), "|", flush=True)


if __name__ == "__main__":
    main()
