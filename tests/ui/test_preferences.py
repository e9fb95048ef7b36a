"""A setting that is changed on the page: it is checked, kept in the file, and one that a flag has settled stays."""

from __future__ import annotations

import re
from dataclasses import make_dataclass
from pathlib import Path

import pytest
from settings_table import BEGIN, END, with_settings

from index import SettingsError
from rag import ModelUse
from ui.cli.parser import make_parser
from ui.preferences import Preferences, write_setting
from ui.setting_rows import FormField, Group, choice
from ui.settings import DEFAULTS, TABLE, Settings, form_fields, model_use
from ui.settings_sources import fixed_by, read_settings
from ui.web.parts.preferences import preferences as form


def test_a_change_is_in_force_and_read_at_the_next_start(tmp_path: Path) -> None:
    preferences = Preferences(read_settings({"home": str(tmp_path)}, {}))
    for name, value in (
        ("refusal", "strict"),
        ("text", "130"),
        ("theme", "dark"),
        ("reader", "none"),
        ("keep", "none"),
        ("llm", "http://127.0.0.1:11434"),
        ("llm_model", "small"),
        ("llm_first", "model"),
        ("llm_refused", "on"),
    ):
        preferences.change(name, value)
    assert (preferences.settings.refusal, preferences.settings.text) == ("strict", 130)
    assert read_settings({"home": str(tmp_path)}, {}) == preferences.settings
    assert model_use(preferences.settings) == ModelUse(even_if_refused=True, leads=True)


def test_the_other_lines_of_the_file_stay_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("# mine\nport = 7861\n  refusal = 'strict'\n# the end", encoding="utf-8")
    write_setting(file, "refusal", "eager")
    write_setting(file, "model", 'a "b" \\ ü')
    assert file.read_text(encoding="utf-8") == (
        '# mine\nport = 7861\nrefusal = "eager"\n# the end\nmodel = "a \\"b\\" \\\\ ü"\n'
    )
    assert [path.name for path in tmp_path.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("text", "7", "none of 90, 100"),
        ("refusal", "", "none of strict"),
        ("reader", "a b", "no folder"),
        ("model", " ", "give it a name"),
        ("port", "80", "not changed here"),
        ("__class__", "x", "not changed here"),
    ],
)
def test_what_is_no_such_value_changes_nothing(tmp_path: Path, name: str, value: str, said: str) -> None:
    preferences = Preferences(Settings(home=tmp_path))
    with pytest.raises(SettingsError, match=said):
        preferences.change(name, value)
    assert preferences.settings == Settings(home=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("llm", "file:///etc/passwd", "is no base address"),
        ("llm", "http://me:secret@host/v1", "with a name or password in it is no base address"),
        ("llm_model", "a\x1b[31m", "without control characters"),
        ("llm_refused", "maybe", "llm-refused 'maybe' is neither on nor off"),
        ("llm_first", "both", "llm-first 'both' is none of documents, model"),
        ("llm_context", "1", "not changed here"),
        ("prompt", "/etc/passwd", "not changed here"),
    ],
)
def test_of_the_language_model_nothing_odd_is_set_here(tmp_path: Path, name: str, value: str, said: str) -> None:
    preferences = Preferences(Settings(home=tmp_path))
    with pytest.raises(SettingsError, match=said) as error:
        preferences.change(name, value)
    assert "secret" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_an_address_whose_key_can_not_be_sent_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINCITE_LLM_KEY", "ключ")
    preferences = Preferences(Settings(home=tmp_path))
    with pytest.raises(SettingsError, match="PINCITE_LLM_KEY") as error:
        preferences.change("llm", "http://127.0.0.1:11434")
    assert "ключ" not in str(error.value)
    assert (preferences.settings.llm, list(tmp_path.iterdir())) == ("", [])


def test_what_a_flag_or_the_environment_has_settled_wins_and_is_named(tmp_path: Path) -> None:
    fixed = fixed_by({"refusal": "strict", "port": None, "stopping": 1}, {"PINCITE_THEME": "dark", "OTHER": "1"})
    assert fixed == {"refusal": "--refusal", "theme": "PINCITE_THEME"}
    preferences = Preferences(Settings(home=tmp_path), fixed=fixed)
    with pytest.raises(SettingsError, match="settled by --refusal"):
        preferences.change("refusal", "eager")


@pytest.mark.parametrize("text", ['model = """\na"""\n', "= broken", "[models]\nmodel = 'x'\n"])
def test_a_file_that_can_not_be_changed_soundly_is_left_alone(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="yourself"):
        write_setting(file, "model", "other")
    assert file.read_text(encoding="utf-8") == text


def test_every_setting_that_is_changed_on_the_page_has_one_field_there() -> None:
    assert sorted(re.findall(r'data-setting="(\w+)"', form())) == sorted(form_fields())


def test_a_setting_is_one_row_of_the_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    field = FormField(Group.APPEARANCE, "Toys", "How many <toys> run {command}.", command="toy", number="{share} toys")
    row = choice(1, (1, 2), "how many toys there are", of=("answering",), on_page=field)
    with_toys = make_dataclass("WithToys", [("toys", int, row)], bases=(Settings,), frozen=True, slots=True)
    monkeypatch.setitem(TABLE, "toys", row.metadata["setting"])
    monkeypatch.setitem(DEFAULTS, "toys", 1)
    monkeypatch.setattr("ui.settings_sources.Settings", with_toys)
    options = make_parser().parse_args(["ask", "How many?", "--toys", "2", "--home", str(tmp_path)])
    preferences = Preferences(read_settings(vars(options), {}))
    assert preferences.settings.toys == 2
    assert preferences.change("toys", "1").toys == 1
    assert (tmp_path / "settings.toml").read_text(encoding="utf-8") == "toys = 1\n"
    assert "| `toys` | `--toys` | `PINCITE_TOYS` | `1` | how many toys there are |" in with_settings(BEGIN + END)
    appearance, _ = form().split("<h3>Answers</h3>")
    assert appearance.endswith(
        '<div class="setting"><label for="setting-toys">Toys</label>'
        '<select id="setting-toys" data-setting="toys" aria-describedby="hint-toys">'
        '<option value="1">1 toys</option><option value="2">2 toys</option></select>'
        '<p class="hint" id="hint-toys"><span class="meaning">How many &lt;toys&gt; run <code>toy</code>.</span>'
        '<span class="outcome" role="status"></span></p></div>'
    )
