"""A setting that is changed on the page: it is checked, kept in the file, and one that a flag has settled stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from index import SettingsError
from rag import ModelUse
from ui.preferences import Preferences, write_setting
from ui.settings import Settings, fixed_by, model_use, read_settings


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
