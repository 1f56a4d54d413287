"""The command `callwright import-openapi`: drafts `actions.yaml` from a document, and shows what it found."""

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from adapters.openapi import DocumentRefused
from adapters.openapi.document import Document
from adapters.openapi_draft import DraftedAction, SourceRefused, draft, read_source, written

MOST_ROWS = 40
_STYLES = {
    "read": "green",
    "write": "yellow",
    "money": "bold magenta",
    "irreversible": "bold red",
    "admin": "red",
}
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def import_openapi(
    source: Annotated[
        str, typer.Argument(help="A file, or an https address; JSON or YAML, OpenAPI 3.0 or 3.1.")
    ],
    out_dir: Annotated[Path, typer.Option("--out", help="The folder that gets the draft.")] = Path("drafted"),
) -> None:
    """Draft actions from an OpenAPI document: their risks, and what a person must decide."""
    target = out_dir / "actions.yaml"
    if target.exists():
        _fail(f"{target} is there already: choose another folder with --out, or remove it")
    try:
        tree = read_source(source)
        document = Document(tree)
        actions = draft(document)
    except (SourceRefused, DocumentRefused) as refused:
        _fail(str(refused))
    if not actions:
        _fail(f"{source} holds no operations")
    text = written(document.title, actions)
    out_dir.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    _keep_document(out_dir / "backoffice.openapi.json", tree)
    out.print(_table(actions))
    out.print(_sums(actions))
    decisions = text.count("DECIDE:")
    out.print(
        f"{escape(str(target))}: {len(actions)} actions, {decisions} decisions are yours.", soft_wrap=True
    )


def _keep_document(path: Path, tree: object) -> None:
    """The folder's own copy, under the name that the actions' bindings are looked up in."""
    if not path.exists():
        path.write_text(json.dumps(tree, indent=1, ensure_ascii=False, default=str), encoding="utf-8")


def _table(actions: Sequence[DraftedAction]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("Action", "Operation", "Tier", "Risks", "Undo"):
        table.add_column(name, overflow="fold")
    for action in actions[:MOST_ROWS]:
        risks = Text(", ").join(Text(risk, _STYLES.get(risk, "")) for risk in action.assessment.reasons)
        operation = Text(f"{action.operation.method.upper()} {action.operation.path}")
        table.add_row(Text(action.name), operation, Text(action.tier), risks, Text(action.undo or ""))
    if len(actions) > MOST_ROWS:
        table.add_row(f"… and {len(actions) - MOST_ROWS} more in the file")
    return table


def _sums(actions: Sequence[DraftedAction]) -> Text:
    counted = Counter(risk for action in actions for risk in action.assessment.reasons)
    return Text("\n") + Text(" · ").join(
        Text(f"{count} {risk}", _STYLES.get(risk, "")) for risk, count in counted.most_common()
    )


def _fail(message: str) -> NoReturn:
    err.print(escape(message), style="red", soft_wrap=True)
    raise typer.Exit(1)
