"""The settings: the one table of what can be set, and what the layer below is given of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

from index import DEFAULT_MODEL, MAX_FILES
from rag import (
    DEFAULT_CHECKER,
    DEFAULT_READER,
    MOST_SEARCHES,
    REFUSALS,
    UNSUPPORTED,
    ModelServer,
    ModelUse,
    Refusal,
    Unsupported,
)
from ui.checks import (
    Switch,
    check_checker,
    check_folder,
    check_ip_address,
    check_model_address,
    check_model_name,
    check_name,
    check_none_or_whole,
    check_port,
    check_prompt,
    check_reader,
    check_whole,
)
from ui.keys import KEY, find_key
from ui.languages import LANGUAGES, later
from ui.setting_rows import FormField, Group, Setting, choice, setting, switch

if TYPE_CHECKING:
    from rag import Checker


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set, the one table of it: the command line, docs/settings.md and the page's form are made of it.

    A variable is `PINCITE_` and the name, a flag `--` and the name; "_" is "-" in flags and in the file. That is
    `settings.toml` in the home folder, which is therefore not in it.
    """

    home: Path = field(
        metadata={
            "setting": Setting(
                "DIR",
                check_folder,
                "the folder that holds the index",
                "the folder that holds the index; not in the file",
                unset="the system's user data folder",
            )
        }
    )
    model: str = setting(
        DEFAULT_MODEL,
        "NAME",
        check_name,
        "the embedding model: a name at the hub, or a folder",
        "the embedding model: that name, `all-MiniLM-L6-v2`, a folder, or a name on the Hugging Face hub; after a "
        "change run `pincite index --rebuild`",
        on_page=FormField(
            Group.LIBRARY,
            later("Embedding model"),
            later(
                "pincite, a folder, or a name at the hub. After a change end Pincite, run {command}, and start it "
                "again."
            ),
            command="pincite index --rebuild",
        ),
    )
    reader: str = setting(
        DEFAULT_READER,
        "NAME",
        check_reader,
        f"what reads the passages found: {DEFAULT_READER}, none, a folder, or a name at the hub",
        f"what reads the passages found: `{DEFAULT_READER}`, the small model inside; `none`, to answer by similarity "
        "only; a folder or hub name of a cross-encoder or an extractive question-answering model",
        of=("answering",),
        on_page=FormField(
            Group.ANSWERS,
            later("Reader"),
            later(
                "The model that reads the passages found: pincite, the one inside; none, to answer by similarity only; "
                "a folder, or a name at the hub. From the next question on."
            ),
            rank=1,
        ),
    )
    refusal: Refusal = choice(
        "balanced",
        REFUSALS,
        "how much support an answer needs",
        "how much support an answer needs: `strict` refuses more, `eager` answers whenever anything fits",
        of=("answering",),
        on_page=FormField(
            Group.ANSWERS,
            later("Strictness"),
            later(
                "How much support an answer needs: strict refuses more, eager answers whenever anything fits. "
                "From the next question on."
            ),
        ),
    )
    llm: str = setting(
        "",
        "ADDRESS",
        check_model_address,
        "the language model's server that writes an answer of its own, which is checked",
        "the base address of a language model's server (Ollama, llama.cpp, vLLM, LM Studio, a cloud) that writes an "
        "answer of its own, every sentence checked; the passages found are sent there. Its key is read from "
        f"`{KEY}`, or the system's keyring (`docs/usage.md`)",
        of=("answering",),
        unset="none",
        on_page=FormField(
            Group.LANGUAGE_MODEL,
            later("Server"),
            later(
                "The base address of Ollama, llama.cpp, vLLM, LM Studio or a cloud: http://127.0.0.1:11434, say. "
                "Questions and the passages found for them are sent to this address and to no other; with none, "
                "nothing is sent."
            ),
        ),
    )
    llm_model: str = setting(
        "",
        "NAME",
        check_model_name,
        "which of its models",
        "which of its models writes",
        of=("answering",),
        unset="its first",
        on_page=FormField(
            Group.LANGUAGE_MODEL,
            later("Model"),
            later("Which of its models; with none named, the first that it has."),
        ),
    )
    llm_context: int = setting(
        0,
        "TOKENS",
        check_none_or_whole,
        "how much that model reads",
        "how many tokens that model reads, if it is fewer than the server says, or the server doesn't say",
        of=("answering",),
        unset="what the server says, or 4096",
    )
    llm_wait: int = setting(
        60,
        "SECONDS",
        check_whole,
        "how long it may be silent",
        "how many seconds it may be silent before it is given up",
        of=("answering",),
    )
    llm_writes: str = switch(
        "on",
        "whether it writes an answer",
        "whether it writes an answer; `off` keeps its address, and asks it nothing",
        of=("answering",),
        on_page=FormField(
            Group.LANGUAGE_MODEL,
            later("Write answers"),
            later("In its own words, below the quotations, every sentence checked against your documents."),
        ),
    )
    llm_refused: str = switch(
        "off",
        "whether it is asked where the documents seem to hold no answer",
        "whether it is also asked where the documents seem to hold no answer, with the closest passages",
        of=("answering",),
        on_page=FormField(
            Group.LANGUAGE_MODEL,
            later("Ask it after a refusal"),
            later("Where your documents seem to hold no answer, it gets the closest passages all the same."),
            rank=1,
        ),
    )
    llm_first: str = choice(
        "documents",
        ("documents", "model"),
        "which answer stands first on the page",
        "which answer stands first on the page: in the `documents`' words, or in the `model`'s",
        of=("chat",),
        on_page=FormField(Group.LANGUAGE_MODEL, later("Shown first")),
    )
    llm_searches: int = choice(
        1,
        range(1, MOST_SEARCHES + 1),
        "how often it may have the documents searched for one question",
        "how often, at most, the documents are searched for one question that needs several steps: after the "
        "first time the model says for what",
        of=("answering",),
        on_page=FormField(
            Group.LANGUAGE_MODEL,
            later("Searches for a question"),
            later("From the second on it says what to look for next; each is shown, and takes its time."),
            rank=1,
        ),
    )
    llm_rewrites: str = switch(
        "off",
        "whether it makes follow-ups stand alone",
        "whether it makes follow-ups stand alone (what was said before is sent to it); where it fails, ours is taken",
        of=("answering",),
        on_page=FormField(
            Group.LANGUAGE_MODEL,
            later("Make follow-ups stand alone"),
            later("It is sent what was said before. Where it fails, Pincite’s own way is taken."),
            rank=1,
        ),
    )
    unsupported: Unsupported = choice(
        "mark",
        UNSUPPORTED,
        "what becomes of its sentences that the documents don't support",
        "what becomes of its sentences that the documents don't support: `mark`, `hide`, or `keep` unmarked",
        of=("answering",),
        on_page=FormField(
            Group.LANGUAGE_MODEL,
            later("Unsupported sentences"),
            later("What becomes of the model’s sentences that your documents don’t support."),
        ),
    )
    checker: str = setting(
        DEFAULT_CHECKER,
        "NAME",
        check_checker,
        "what checks sentences: pincite, a folder, or a name at the hub",
        f"what checks sentences: `{DEFAULT_CHECKER}`, the small model inside; a folder or hub name of a classifier "
        "that judges a claim by a text (FactCG, MiniCheck, LettuceDetect, an entailment model)",
        of=("answering",),
        on_page=FormField(
            Group.LANGUAGE_MODEL,
            later("Checked by"),
            later(
                "pincite, the model inside, or a folder or hub name of a stronger one (FactCG, MiniCheck, an "
                "entailment model). One that wants to run code of its own is refused here."
            ),
        ),
    )
    checker_code: str = switch(
        "off",
        "whether that one may run code of its own",
        "whether that one may run code of its own, with all that you may do: `on` only for one that you trust",
        of=("answering",),
    )
    prompt: str = setting(
        "",
        "FILE",
        check_prompt,
        "a file with your own prompt for it",
        "a changed copy of `rag/generation/prompt.md`, which is what it is told",
        of=("answering",),
        unset="that one",
    )
    host: str = setting(
        "127.0.0.1",
        "ADDRESS",
        check_name,
        "the address to serve at",
        "the address the page is served at; off loopback everyone is asked for a token",
        of=("chat",),
    )
    port: int = setting(7860, "PORT", check_port, "the port to serve at", "and its port", of=("chat",))
    watch: Switch = switch(
        "on",
        "whether changes in the folders are followed",
        "whether what changes in the synced folders is read while the page is served: `on` or `off`",
        of=("chat",),
    )
    inside: int = setting(
        MAX_FILES,
        "N",
        check_whole,
        "the most files to read in one",
        "how many files are read that lie inside one file, such as an archive, a mailbox or a mail",
        of=("chat", "index"),
    )
    proxy: str = setting(
        "",
        "ADDRESS",
        check_ip_address,
        "the reverse proxy before it, whose X-Forwarded headers are believed",
        "the IP address of a reverse proxy whose `X-Forwarded-Host`, `-Proto` and `-For` are believed; asks for the "
        "token, too",
        of=("chat",),
        unset="none",
    )
    language: str = choice(
        "browser",
        ("browser", *LANGUAGES),
        "the page's language, or the browser's",
        "the language of the page: `en`, `de`, `it` or `tr`, or the browser's",
        of=("chat",),
        on_page=FormField(Group.APPEARANCE, later("Language"), later("The page is loaded anew when it is changed.")),
    )
    theme: str = choice(
        "system",
        ("system", "light", "dark"),
        "light or dark, or as the system is",
        "the page's colours",
        of=("chat",),
        on_page=FormField(Group.APPEARANCE, later("Colours")),
    )
    text: int = choice(
        100,
        (90, 100, 115, 130, 150),
        "the size of the page's text, in percent",
        of=("chat",),
        on_page=FormField(Group.APPEARANCE, later("Text size"), number=later("{share} %")),
    )
    keep: str = choice(
        "all",
        ("all", "none"),
        "whether new conversations are kept",
        "whether new conversations on the page are kept: `none` writes none of them; those that are there stay",
        of=("chat",),
        on_page=FormField(
            Group.CONVERSATIONS,
            later("New conversations"),
            later("Those that are kept already stay until you delete them."),
        ),
    )


TABLE: Mapping[str, Setting] = {one.name: one.metadata["setting"] for one in fields(Settings)}
DEFAULTS: Mapping[str, object] = {one.name: one.default for one in fields(Settings) if one.name != "home"}


def form_fields() -> dict[str, FormField]:
    """Return the settings that can be changed on the page, by name, with their fields; in the order of the table."""
    return {name: one.on_page for name, one in TABLE.items() if one.on_page}


def model_server(settings: Settings, environment: Mapping[str, str] | None = None) -> ModelServer | None:
    """Return the language model's server that is set, with its key; None if none is."""
    variables = os.environ if environment is None else environment
    if not settings.llm:
        return None
    key = find_key(settings.llm, variables)
    return ModelServer(settings.llm, settings.llm_model, key, settings.llm_context, float(settings.llm_wait))


def checker_of(settings: Settings) -> Checker:
    """Return what checks sentences; it may run code of its own only where a flag, a variable or the file says so."""
    from rag import open_checker  # for those who check only

    return open_checker(settings.checker, allow_code=settings.checker_code == "on")


def model_use(settings: Settings) -> ModelUse:
    """Return what the language model is used for."""
    return ModelUse(
        writes=settings.llm_writes == "on",
        even_if_refused=settings.llm_refused == "on",
        leads=settings.llm_first == "model",
        unsupported=settings.unsupported,
        prompt=Path(settings.prompt) if settings.prompt else None,
        searches=settings.llm_searches,
        rewrites=settings.llm_rewrites == "on",
    )
