"""A company's folder is read whole, and whatever is wrong with it is told with file, line and what to write."""

# ruff: noqa: E501 - a row of the table stays whole

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from adapters.company_folder import CompanyFolderRefused, load_company

SAMPLE = Path(__file__).parents[3] / "companies" / "sample"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SAMPLE, tmp_path / "sample"))


def refused(folder: Path) -> CompanyFolderRefused:
    with pytest.raises(CompanyFolderRefused) as caught:
        load_company(folder)
    return caught.value


def test_the_sample_company_is_whole() -> None:
    company = load_company(SAMPLE)
    assert company.name == "Larkfield"
    assert {line.language for line in company.lines} == {"en-US", "de-DE"}
    assert len({document.id for document in company.documents}) >= 25
    assert all(len(goal.phrases) >= 10 for goal in company.goals)
    assert all(line.disclosure and line.recording_notice for line in company.lines)


def test_actions_stand_in_several_files_in_the_order_of_their_names() -> None:
    names = [action.name for action in load_company(SAMPLE).actions]
    assert names[:3] == ["find_order", "list_orders", "track_parcel"]
    assert names.index("end_call") < names.index("change_phone") < names.index("book_appointment")


def test_a_problem_names_the_file_that_it_is_in(folder: Path) -> None:
    more = folder / "actions"
    replace("actions/orders.yaml", "openapi: changeOrderLine}", "openapi: changeOrdrLine}")(folder)
    replace("actions/account.yaml", "{phone|digits}", "{phone|loud}")(folder)
    (more / "zoo.yaml").write_text("actions:\n  - name: find_order\n", encoding="utf-8")
    assert {(it.file, it.line) for it in refused(folder).problems} >= {("actions/zoo.yaml", 2)}
    lookup = (SAMPLE / "actions.yaml").read_text(encoding="utf-8")
    twice = lookup[: lookup.index("  - name: list_orders")]
    (more / "zoo.yaml").write_text(twice, encoding="utf-8")
    lines = {it.file: it for it in refused(folder).problems}
    assert lines.keys() == {"actions/account.yaml", "actions/orders.yaml", "actions/zoo.yaml"}
    for name, marked in (
        ("orders", "changeOrdrLine"),
        ("account", "{phone|loud}"),
        ("zoo", "name: find_order"),
    ):
        told = lines[f"actions/{name}.yaml"]
        assert marked in (more / f"{name}.yaml").read_text(encoding="utf-8").splitlines()[told.line - 1]
    assert "find_order is there twice" in lines["actions/zoo.yaml"].wrong


def test_a_rule_that_changed_has_one_version_in_force_on_each_day() -> None:
    returns = [document for document in load_company(SAMPLE).documents if document.id == "returns"]
    for day, version in ((date(2026, 3, 31), "1"), (date(2026, 4, 1), "2")):
        in_force = [
            each.version
            for each in returns
            if each.effective_from <= day <= (each.effective_until or date.max)
        ]
        assert in_force == [version]


def replace(name: str, before: str, after: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert before in text
        (folder / name).write_text(text.replace(before, after, 1), encoding="utf-8")

    return change


BROKEN = {
    "wrong zone": (replace("company.yaml", "Europe/Dublin", "Europe/Dubln"), "company.yaml", "zone: Europe/", "time zone", "IANA"),
    "no E.164": (replace("company.yaml", '"+14155550100"', '"0415 555"'), "company.yaml", 'number: "0415', "E.164", "+14155550100"),
    "number as a number": (replace("company.yaml", '"+14155550100"', "14155550100"), "company.yaml", "number: 1415", "string", "quotes"),
    "same number": (replace("company.yaml", "+4930901820100", "+14155550100"), "company.yaml", 'number: "+1', "twice", "another number"),
    "unknown voice": (replace("company.yaml", "voice: jana", "voice: janna"), "company.yaml", "voice: janna", "no voice", "`jana`?"),
    "no language file": (replace("company.yaml", "de-DE", "fr-FR"), "company.yaml", "language: fr-FR", "no language", "de, en"),
    "hours backwards": (replace("company.yaml", '"10:00-14:00"', '"14:00-10:00"'), "company.yaml", "hours:", "closes before", "09:00-18:00"),
    "misspelt key": (replace("company.yaml", "closed_on:", "closedon:"), "company.yaml", "closedon:", "means nothing", "closed_on"),
    "missing key": (replace("company.yaml", "name: Larkfield\n", ""), "company.yaml", None, "`name` is missing", "spoken"),
    "no notice": (replace("company.yaml", "    recording_notice: This call is recorded to improve our service.\n", ""), "company.yaml", "id: main", "without a notice", "recording_notice"),
    "recognise nobody": (replace("company.yaml", "argument: phone", "argument: fone"), "company.yaml", "argument: fone", "no parameter", "`phone`?"),
    "broken YAML": (replace("company.yaml", "lines:", "lines: ["), "company.yaml", None, "not valid YAML", "indentation"),
    "doubled key": (replace("company.yaml", "zone:", "name: Twice\nzone:"), "company.yaml", "name: Twice", "not valid YAML", "doubled"),
    "unknown action": (replace("playbooks.yaml", "[find_order, list", "[fnd_order, list"), "playbooks.yaml", "[fnd_order", "no action `fnd_order`", "`find_order`?"),
    "unprovable goal": (replace("playbooks.yaml", "find_order.found", "find_order.fond"), "playbooks.yaml", "find_order.fond", "no outcome", "`find_order.found`?"),
    "same goal": (replace("playbooks.yaml", "id: goodbye", "id: order_status"), "playbooks.yaml", "- id: order_status", "twice", "another id"),
    "no phrases": (replace("playbooks.yaml", "    phrases:\n      - goodbye", "    phrases: []\n    x:\n      - goodbye"), "playbooks.yaml", "phrases: []", "at least 3", "phrases"),
    "unknown operation": (replace("actions.yaml", "openapi: getOrder}", "openapi: getOrdr}"), "actions.yaml", "getOrdr", "no operation", "`getOrder`?"),
    "operation that writes": (replace("actions.yaml", "openapi: getShipment}", "openapi: createTicket}"), "actions.yaml", "tier: lookup", "cannot POST", "GET"),
    "unknown parameter": (replace("actions.yaml", "- name: order_id", "- name: order"), "actions.yaml", "- name: order", "no parameter", "`order_id`?"),
    "wrong type": (replace("actions.yaml", "        type: string\n        description: The order number, four digits, as", "        type: integer\n        description: The order number, four digits, as"), "actions.yaml", "type: integer", "is string", "`type: string`"),
    "pattern": (replace("actions.yaml", r"pattern: '\d{4}'", r"pattern: '(\d{4}'"), "actions.yaml", r"'(\d{4}'", "does not compile", "regular expression"),
    "pattern that looks back": (replace("actions.yaml", r"pattern: '\d{4}'", r"pattern: '(\d)\d{2}\1'"), "actions.yaml", r"\1'", "does not compile", "no back references"),
    "restricted pattern": (replace("company.yaml", "restricted_words:", "restricted_patterns: ['(a']\nrestricted_words:"), "company.yaml", "restricted_patterns: ['(a']", "does not compile", "regular expression"),
    "tier": (replace("actions.yaml", "tier: lookup", "tier: peek"), "actions.yaml", "tier: peek", "Input should be", "lookup, draft"),
    "no words": (replace("actions.yaml", "      not_found: There is no parcel for that order yet.\n", ""), "actions.yaml", "outcomes:", "no words for `not_found`", "a sentence"),
    "not a fact": (replace("actions.yaml", "{carrier}", "{customer_name}"), "actions.yaml", "{customer_name}", "not among the facts", "customer_name"),
    "unknown form": (replace("actions.yaml", "{carrier}", "{carrier|loud}"), "actions.yaml", "{carrier|loud}", "no spoken form", "one of"),
    "given from nowhere": (replace("actions.yaml", "customer.customer_id", "model.customer_id"), "actions.yaml", "model.customer_id", "no fact of a call", "caller.number"),
    "unknown built-in": (replace("actions.yaml", "builtin: end_call", "builtin: end_cal"), "actions.yaml", "end_cal}", "no built-in", "`end_call`?"),
    "built-in lacks words": (replace("actions.yaml", "      ending: Goodbye.", "      bye: Goodbye."), "actions.yaml", "outcomes:", "no words for `ending`", "a sentence"),
    "two bindings": (replace("actions.yaml", "{openapi: getOrder}", "{openapi: getOrder, builtin: end_call}"), "actions.yaml", "builtin: end_call}", "one thing", "openapi"),
    "date": (replace("knowledge/stock.md", "2026-01-01", "1st of May"), "knowledge/stock.md", "1st of May", "date", "2026-01-01"),
    "ends before it begins": (replace("knowledge/returns-v1.md", "2026-03-31", "2024-03-31"), "knowledge/returns-v1.md", "2024-03-31", "before it begins", "on or after"),
    "overlap": (replace("knowledge/returns-v1.md", "2026-03-31", "2026-04-01"), "knowledge/returns-v2.md", "---", "version 1 is in force", "before 2026-04-01"),
    "same version": (replace("knowledge/returns-v2.md", 'version: "2"', 'version: "1"'), "knowledge/returns-v2.md", "---", "there twice", "another `version`"),
    "empty section": (replace("knowledge/stock.md", "## If something", "## Nothing\n\n## If something"), "knowledge/stock.md", "## Nothing", "is empty", "40 to 90"),
    "no front matter": (replace("knowledge/stock.md", "---\nid", "id"), "knowledge/stock.md", "id: stock", "no front matter", "---"),
    "no API document": (lambda folder: (folder / "backoffice.openapi.json").unlink(), "backoffice.openapi.json", None, "missing", "OpenAPI"),
    "no API": (lambda folder: (folder / "backoffice.openapi.json").write_text("[]"), "backoffice.openapi.json", None, "no OpenAPI document", "paths"),
    "API document is no JSON": (lambda folder: (folder / "backoffice.openapi.json").write_text("{\n,"), "backoffice.openapi.json", ",", "not valid JSON", "as JSON"),
    "no persona": (lambda folder: (folder / "persona.md").write_text(" "), "persona.md", None, "empty", "how the agent speaks"),
    "not UTF-8": (lambda folder: (folder / "persona.md").write_bytes(b"\xff\xfe"), "persona.md", None, "not UTF-8", "save it"),
    "no playbooks": (lambda folder: (folder / "playbooks.yaml").unlink(), "playbooks.yaml", None, "missing", "companies/sample"),
    "a list": (lambda folder: (folder / "playbooks.yaml").write_text("- a"), "playbooks.yaml", None, "does not hold keys", "key: value"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_folder_is_refused(folder: Path, name: str) -> None:
    break_it, file, at, wrong, write = BROKEN[name]
    break_it(folder)
    problems = [problem for problem in refused(folder).problems if wrong in problem.wrong]
    assert [problem.file for problem in problems] == [file] * len(problems)
    assert problems
    problem = problems[0]
    assert write in problem.write
    if at is not None:
        assert at in (folder / file).read_text(encoding="utf-8").splitlines()[problem.line - 1]


def test_every_problem_is_told_at_once(folder: Path) -> None:
    for name in ("wrong zone", "unknown action", "pattern", "empty section", "no persona"):
        BROKEN[name][0](folder)
    error = refused(folder)
    assert [problem.file for problem in error.problems] == sorted(problem.file for problem in error.problems)
    assert {problem.file for problem in error.problems} == {
        "actions.yaml",
        "company.yaml",
        "knowledge/stock.md",
        "persona.md",
        "playbooks.yaml",
    }
    assert str(error).splitlines()[0].endswith("sample: 5 problems")
    assert "company.yaml:4: `zone`" in str(error)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert {problem.file for problem in refused(tmp_path / "nobody").problems} == {
        "actions.yaml",
        "company.yaml",
        "persona.md",
        "playbooks.yaml",
    }
