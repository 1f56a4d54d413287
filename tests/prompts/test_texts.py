"""Every sentence that a model is given, and the version that changes with each of them."""

from importlib import resources
from pathlib import Path

import pytest

import prompts

ROOT = Path(prompts.__file__).parent


def fresh_version(instructions: str = "") -> str:
    prompts.text.cache_clear()
    prompts.version.cache_clear()
    return prompts.version(instructions)


def test_every_text_counts() -> None:
    assert {path.name for path in ROOT.glob("*.md")} == set(prompts.TEXTS)


@pytest.mark.parametrize("name", prompts.TEXTS)
def test_a_changed_word_is_another_version(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fresh_version()
    for each in prompts.TEXTS:
        (tmp_path / each).write_bytes((ROOT / each).read_bytes())
    monkeypatch.setattr(resources, "files", lambda _package: tmp_path)
    assert fresh_version() == before
    (tmp_path / name).write_text(f"{prompts.text(name)} Please.")
    assert fresh_version() != before
    monkeypatch.undo()
    assert fresh_version() == before


@pytest.mark.parametrize("name", ["OPEN_NOW", "CLOSED_NOW", "HIDDEN_NUMBER"])
def test_a_changed_fact_is_another_version(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fresh_version()
    monkeypatch.setattr(prompts, name, "something else")
    assert fresh_version() != before
    monkeypatch.undo()
    assert fresh_version() == before


def test_a_company_with_other_words_has_another_version() -> None:
    assert prompts.version("Kind and brief.") != prompts.version("Brief and kind.")


def test_a_keypad_entry_is_told_key_by_key() -> None:
    assert prompts.keypad_entry("4712") == "(The caller pressed 4 7 1 2 on the keypad.)"


def test_a_summary_that_lacks_nothing_stays_as_it_is() -> None:
    assert prompts.summary_kept("They {talked}.", []) == "They {talked}."
    kept = prompts.summary_kept("They {talked}.", ["caller: It is {4712}.", "caller: It is {4712}."])
    assert kept == "They {talked}.\nWord for word from the call:\n- caller: It is {4712}."
