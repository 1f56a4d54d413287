"""`callwright import-openapi` drafts a folder, shows the risks, and never overwrites a decision."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.command_line import command

SAMPLE = Path(__file__).parents[2] / "companies" / "sample" / "backoffice.openapi.json"


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, ["import-openapi", *words], env={"COLUMNS": "200"})
    return result.exit_code, result.output


def test_a_draft_with_its_document(tmp_path: Path) -> None:
    out = tmp_path / "new"
    code, shown = run(str(SAMPLE), "--out", str(out))
    assert code == 0
    assert "GET /orders/{order_id}" in shown
    assert "decisions are yours" in shown
    assert "name: get_order\n" in (out / "actions.yaml").read_text("utf-8")
    assert json.loads((out / "backoffice.openapi.json").read_text("utf-8")) == json.loads(
        SAMPLE.read_text("utf-8")
    )

    decided = out / "actions.yaml"
    decided.write_text("decided", "utf-8")
    code, shown = run(str(SAMPLE), "--out", str(out))
    assert code == 1
    assert "is there already" in shown.replace("\n", " ")
    assert decided.read_text("utf-8") == "decided"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"swagger": "2.0", "paths": {}}', "Swagger 2.0"),
        ('{"openapi": "3.1.0", "paths": {}}', "no operations"),
        ("[", "neither JSON nor YAML"),
    ],
)
def test_what_cannot_be_drafted_is_refused_and_nothing_is_written(
    tmp_path: Path, text: str, why: str
) -> None:
    document = tmp_path / "document"
    document.write_text(text, "utf-8")
    code, shown = run(str(document), "--out", str(tmp_path / "out"))
    assert code == 1
    assert why in shown.replace("\n", " ")
    assert not (tmp_path / "out").exists()
