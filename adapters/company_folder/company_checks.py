"""What `company.yaml` and `playbooks.yaml` say of each other, of actions, messages and operations."""

from adapters.company_folder.binding_checks import check_filled, check_operation_exists
from adapters.company_folder.names import Place, note, unique, unknown
from adapters.company_folder.parts import Parts
from adapters.company_folder.patterns import SYNTAX, flaw_of
from adapters.company_folder.shapes import (
    CompanyShape,
    FindShape,
    LineShape,
    RecogniseShape,
    VerificationShape,
)
from adapters.company_folder.yaml_file import YamlFile
from domain.language import known_languages

_CUSTOMER = "customer."


def check_company(parts: Parts, company: CompanyShape) -> None:
    file, findings = parts.files["company.yaml"], parts.findings
    unique(file, "lines", "id", [line.id for line in company.lines], findings)
    unique(file, "lines", "number", [line.number for line in company.lines], findings)
    unique(file, "voices", "id", [voice.id for voice in company.voices], findings)
    unique(file, "mcp_servers", "name", [server.name for server in company.mcp_servers], findings)
    for at, line in enumerate(company.lines):
        _check_line(parts, file, at, line, [voice.id for voice in company.voices])
    for at, server in enumerate(company.mcp_servers):
        if bool(server.command) == bool(server.url):
            wrong = f"the server {server.name} must be a command or an address"
            note(file, ("mcp_servers", at), wrong, "`command: [...]` or `url: https://...`", findings)
    for at, pattern in enumerate(company.restricted_patterns):
        if flaw := flaw_of(pattern):
            wrong = f"the pattern does not compile: {flaw}"
            note(file, ("restricted_patterns", at), wrong, SYNTAX, findings)
    if company.recognise:
        _check_recognition(parts, file, company.recognise)
    if company.verification:
        _check_verification(parts, file, company.verification)


def _check_line(parts: Parts, file: YamlFile, at: int, line: LineShape, voices: list[str]) -> None:
    if line.voice not in voices:
        unknown(file, ("lines", at, "voice"), "voice", line.voice, voices, parts.findings)
    if line.language.split("-", 1)[0] not in known_languages():
        place = ("lines", at, "language")
        unknown(file, place, "language", line.language, known_languages(), parts.findings)
    if line.recording and not line.recording_notice:
        wrong = f"line {line.id} records without a notice"
        note(file, ("lines", at), wrong, "add `recording_notice`", parts.findings)


def _check_recognition(parts: Parts, file: YamlFile, rules: RecogniseShape) -> None:
    bound = FindShape(openapi=rules.operation, mcp=rules.mcp, given={rules.argument: "caller.number"})
    if not check_operation_exists(parts, file, ("recognise",), bound, openapi="operation"):
        return
    operation = parts.operations.of(bound)
    assert operation is not None
    if rules.argument not in operation.parameters:
        known = operation.parameters
        unknown(file, ("recognise", "argument"), "parameter", rules.argument, known, parts.findings)
    elif not operation.reads:
        wrong = f"{operation.id} changes something"
        note(file, ("recognise",), wrong, "an operation that reads (GET)", parts.findings)


def _check_verification(parts: Parts, file: YamlFile, rules: VerificationShape) -> None:
    findings = parts.findings
    place: Place
    for name, path in rules.facts.items():
        if not path.startswith(_CUSTOMER):
            place = ("verification", "facts", name)
            note(file, place, f"`{path}` is no field of a customer's record", f"`customer.{path}`?", findings)
    if rules.needed > len(rules.facts):
        place, count = ("verification", "needed"), len(rules.facts)
        note(file, place, f"{rules.needed} facts are needed and {count} declared", f"up to {count}", findings)
    if rules.find is not None:
        place = ("verification", "find")
        if check_operation_exists(parts, file, place, rules.find):
            check_filled(parts, file, place, rules.find)
    if (rules.code_template is None) != (rules.code_to is None):
        wrong = "a code needs both a message and an address"
        note(file, ("verification",), wrong, "`code_template` and `code_to`", findings)
    if rules.code_to and not rules.code_to.startswith(_CUSTOMER):
        place = ("verification", "code_to")
        wrong = f"`{rules.code_to}` is no field of a customer's record"
        note(file, place, wrong, f"`customer.{rules.code_to}`?", findings)
    if rules.code_template and parts.messages and not parts.messages.message(rules.code_template):
        place, known = ("verification", "code_template"), [each.name for each in parts.messages.messages]
        unknown(file, place, "message", rules.code_template, known, findings)


def check_playbooks(parts: Parts) -> None:
    if parts.playbooks is None:
        return
    file, goals, findings = parts.files["playbooks.yaml"], parts.playbooks.goals, parts.findings
    unique(file, "goals", "id", [goal.id for goal in goals], findings)
    if parts.actions is None:
        return
    outcomes = {action.name: set(action.outcomes) for action in parts.actions.actions}
    hidden = {action.name for action in parts.actions.actions if not action.offered}
    for at, goal in enumerate(goals):
        for place, name in enumerate(goal.actions):
            if name not in outcomes:
                unknown(file, ("goals", at, "actions", place), "action", name, outcomes, findings)
            elif name in hidden:
                wrong = f"{name} is not offered: only steps and undos use it"
                note(file, ("goals", at, "actions", place), wrong, "another action", findings)
        action, dot, outcome = goal.resolved_when.partition(".")
        if dot and outcome not in outcomes.get(action, ()):
            known = [f"{name}.{each}" for name, declared in outcomes.items() for each in declared]
            unknown(file, ("goals", at, "resolved_when"), "outcome", goal.resolved_when, known, findings)
