"""The settings: flags over environment over file over defaults, read once at the entry point."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import platformdirs

from index import DEFAULT_MODEL, MAX_FILES, SettingsError
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
    check_refusal,
    check_switch,
    check_whole,
    one_of,
    spelt,
)
from ui.keys import KEY, find_key
from ui.languages import LANGUAGES

if TYPE_CHECKING:
    from rag import Checker

FILE = "settings.toml"
_REFUSAL = f"{{{','.join(REFUSALS)}}}"
THEMES = ("system", "light", "dark")
SIZES = (90, 100, 115, 130, 150)  # percent
KEEPS = ("all", "none")
SPOKEN = ("browser", *LANGUAGES)
LEADS = ("documents", "model")
SEARCHES = tuple(range(1, MOST_SEARCHES + 1))


class Setting(NamedTuple):
    """What there is to know of a setting, beside its name and default.

    `check` turns what was given for the name into the value, or raises `SettingsError`. `help` is what the command
    line says of it, `meaning` what docs/settings.md does, in Markdown; if that is empty, the same. `of` names the
    commands that have it as a flag: all of them, those that answer ("answering"), or these. `unset` says what it is
    where there is no default that could be shown.
    """

    metavar: str
    check: Callable[[str, object], Any]
    help: str
    meaning: str = ""
    of: tuple[str, ...] = ("all",)
    unset: str = ""


def _setting(default: object, *given: Any, **more: Any) -> Any:
    return field(default=default, metadata={"setting": Setting(*given, **more)})


def _choice(default: str | int, choices: Sequence[str | int], *said: str) -> Any:
    return _setting(default, f"{{{','.join(map(str, choices))}}}", one_of(choices), *said, of=("chat",))


def _switch(default: Switch, *said: str) -> Any:
    return _setting(default, "{on,off}", check_switch, *said, of=("answering",))


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set, the one table of it: the command line and docs/settings.md are made of it.

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
    model: str = _setting(
        DEFAULT_MODEL,
        "NAME",
        check_name,
        "the embedding model: a name at the hub, or a folder",
        "the embedding model: that name, `all-MiniLM-L6-v2`, a folder, or a name on the Hugging Face hub; after a "
        "change run `pincite index --rebuild`",
    )
    reader: str = _setting(
        DEFAULT_READER,
        "NAME",
        check_reader,
        f"what reads the passages found: {DEFAULT_READER}, none, a folder, or a name at the hub",
        f"what reads the passages found: `{DEFAULT_READER}`, the small model inside; `none`, to answer by similarity "
        "only; a folder or hub name of a cross-encoder or an extractive question-answering model",
        of=("answering",),
    )
    refusal: Refusal = field(
        default="balanced",
        metadata={
            "setting": Setting(
                _REFUSAL,
                check_refusal,
                "how much support an answer needs",
                "how much support an answer needs: `strict` refuses more, `eager` answers whenever anything fits",
                of=("answering",),
            )
        },
    )
    llm: str = _setting(
        "",
        "ADDRESS",
        check_model_address,
        "the language model's server that writes an answer of its own, which is checked",
        "the base address of a language model's server (Ollama, llama.cpp, vLLM, LM Studio, a cloud) that writes an "
        "answer of its own, every sentence checked; the passages found are sent there. Its key is read from "
        f"`{KEY}`, or the system's keyring (`docs/usage.md`)",
        of=("answering",),
        unset="none",
    )
    llm_model: str = _setting(
        "",
        "NAME",
        check_model_name,
        "which of its models",
        "which of its models writes",
        of=("answering",),
        unset="its first",
    )
    llm_context: int = _setting(
        0,
        "TOKENS",
        check_none_or_whole,
        "how much that model reads",
        "how many tokens that model reads, if it is fewer than the server says, or the server doesn't say",
        of=("answering",),
        unset="what the server says, or 4096",
    )
    llm_wait: int = _setting(
        60,
        "SECONDS",
        check_whole,
        "how long it may be silent",
        "how many seconds it may be silent before it is given up",
        of=("answering",),
    )
    llm_writes: str = _switch(
        "on",
        "whether it writes an answer",
        "whether it writes an answer; `off` keeps its address, and asks it nothing",
    )
    llm_refused: str = _switch(
        "off",
        "whether it is asked where the documents seem to hold no answer",
        "whether it is also asked where the documents seem to hold no answer, with the closest passages",
    )
    llm_first: str = _choice(
        "documents",
        LEADS,
        "which answer stands first on the page",
        "which answer stands first on the page: in the `documents`' words, or in the `model`'s",
    )
    llm_searches: int = field(
        default=1,
        metadata={
            "setting": Setting(
                f"{{{','.join(map(str, SEARCHES))}}}",
                one_of(SEARCHES),
                "how often it may have the documents searched for one question",
                "how often, at most, the documents are searched for one question that needs several steps: after the "
                "first time the model says for what",
                of=("answering",),
            )
        },
    )
    llm_rewrites: str = _switch(
        "off",
        "whether it makes follow-ups stand alone",
        "whether it makes follow-ups stand alone (what was said before is sent to it); where it fails, ours is taken",
    )
    unsupported: Unsupported = field(
        default="mark",
        metadata={
            "setting": Setting(
                f"{{{','.join(UNSUPPORTED)}}}",
                one_of(UNSUPPORTED),
                "what becomes of its sentences that the documents don't support",
                "what becomes of its sentences that the documents don't support: `mark`, `hide`, or `keep` unmarked",
                of=("answering",),
            )
        },
    )
    checker: str = _setting(
        DEFAULT_CHECKER,
        "NAME",
        check_checker,
        "what checks sentences: pincite, a folder, or a name at the hub",
        f"what checks sentences: `{DEFAULT_CHECKER}`, the small model inside; a folder or hub name of a classifier "
        "that judges a claim by a text (FactCG, MiniCheck, LettuceDetect, an entailment model)",
        of=("answering",),
    )
    checker_code: str = _switch(
        "off",
        "whether that one may run code of its own",
        "whether that one may run code of its own, with all that you may do: `on` only for one that you trust",
    )
    prompt: str = _setting(
        "",
        "FILE",
        check_prompt,
        "a file with your own prompt for it",
        "a changed copy of `rag/generation/prompt.md`, which is what it is told",
        of=("answering",),
        unset="that one",
    )
    host: str = _setting(
        "127.0.0.1",
        "ADDRESS",
        check_name,
        "the address to serve at",
        "the address the page is served at; off loopback everyone is asked for a token",
        of=("chat",),
    )
    port: int = _setting(7860, "PORT", check_port, "the port to serve at", "and its port", of=("chat",))
    watch: Switch = field(
        default="on",
        metadata={
            "setting": Setting(
                "{on,off}",
                check_switch,
                "whether changes in the folders are followed",
                "whether what changes in the synced folders is read while the page is served: `on` or `off`",
                of=("chat",),
            )
        },
    )
    inside: int = _setting(
        MAX_FILES,
        "N",
        check_whole,
        "the most files to read in one",
        "how many files are read that lie inside one file, such as an archive, a mailbox or a mail",
        of=("chat", "index"),
    )
    proxy: str = _setting(
        "",
        "ADDRESS",
        check_ip_address,
        "the reverse proxy before it, whose X-Forwarded headers are believed",
        "the IP address of a reverse proxy whose `X-Forwarded-Host`, `-Proto` and `-For` are believed; asks for the "
        "token, too",
        of=("chat",),
        unset="none",
    )
    language: str = _choice(
        "browser",
        SPOKEN,
        "the page's language, or the browser's",
        "the language of the page: `en`, `de`, `it` or `tr`, or the browser's",
    )
    theme: str = _choice("system", THEMES, "light or dark, or as the system is", "the page's colours")
    text: int = _choice(100, SIZES, "the size of the page's text, in percent")
    keep: str = _choice(
        "all",
        KEEPS,
        "whether new conversations are kept",
        "whether new conversations on the page are kept: `none` writes none of them; those that are there stay",
    )


TABLE: Mapping[str, Setting] = {one.name: one.metadata["setting"] for one in fields(Settings)}
DEFAULTS: Mapping[str, object] = {one.name: one.default for one in fields(Settings) if one.name != "home"}


def read_settings(flags: Mapping[str, object], environment: Mapping[str, str] | None = None) -> Settings:
    """Put the settings together; a flag that is None was not given.

    Raises `SettingsError` naming a setting that is unknown or a value that is out of range.
    """
    variables = os.environ if environment is None else environment
    given = {name: value for name, value in flags.items() if value is not None}
    if given.get("home") == "":  # an unset variable in a script, which must not become another folder
        raise SettingsError("--home '': name a folder")
    named = str(given.get("home") or variables.get(variable("home")) or _default_home())
    home = check_folder("home", named)
    values = {**DEFAULTS, **_read_file(home / FILE)}
    values |= {name: variables[variable(name)] for name in TABLE if variable(name) in variables}
    values |= given | {"home": home}
    return Settings(**{name: one.check(name, values[name]) for name, one in TABLE.items()})


def fixed_by(flags: Mapping[str, object], environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return what has settled a setting so that the file doesn't count: its flag, or its variable."""
    variables = os.environ if environment is None else environment
    found = {name: variable(name) for name in TABLE if variable(name) in variables}
    return found | {name: f"--{spelt(name)}" for name in TABLE if flags.get(name) is not None}


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


def variable(name: str) -> str:
    """Return the name of the environment's variable for a setting."""
    return f"PINCITE_{name.upper()}"


def _default_home() -> Path:
    return Path(platformdirs.user_data_dir("pincite", appauthor=False))


def _read_file(path: Path) -> dict[str, object]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except PermissionError as error:
        raise SettingsError(
            f"{path}: {error.strerror}: make it readable, or choose another folder with --home"
        ) from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: {error}: write TOML, such as `port = 7861`") from error
    names = {spelt(name): name for name in DEFAULTS}
    unknown = sorted(found.keys() - names.keys())
    if unknown:
        raise SettingsError(f"{path}: unknown setting {unknown[0]!r}: there are {', '.join(sorted(names))}")
    return {names[name]: value for name, value in found.items()}
