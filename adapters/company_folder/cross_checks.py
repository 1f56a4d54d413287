"""What no single file can know: names that must meet, and sentences that must be fillable."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from adapters.company_folder.operations import Operation, Operations
from adapters.company_folder.problems import Findings
from adapters.company_folder.shapes import ActionShape, ActionsShape, CompanyShape, PlaybooksShape
from adapters.company_folder.yaml_file import YamlFile
from domain.language import known_languages
from prompts.spoken import UnknownForm, forms_in
from tools.catalogue import BUILTINS

_CUSTOMER = "customer."
_OPENAPI_OUTCOMES = frozenset({"found", "not_found", "failed"})


def check_company(file: YamlFile, company: CompanyShape, operations: Operations, findings: Findings) -> None:
    _unique(file, "lines", "id", [line.id for line in company.lines], findings)
    _unique(file, "lines", "number", [line.number for line in company.lines], findings)
    _unique(file, "voices", "id", [voice.id for voice in company.voices], findings)
    voices = [voice.id for voice in company.voices]
    for at, line in enumerate(company.lines):
        if line.voice not in voices:
            _unknown(file, ("lines", at, "voice"), "voice", line.voice, voices, findings)
        if line.language.split("-", 1)[0] not in known_languages():
            path = ("lines", at, "language")
            _unknown(file, path, "language", line.language, known_languages(), findings)
        if line.recording and not line.recording_notice:
            where = file.line("lines", at)
            findings.add(
                file.name, where, f"line {line.id} records without a notice", "add `recording_notice`"
            )
    if company.recognise and operations.known:
        named = company.recognise.operation
        operation = operations.get(named)
        if operation is None:
            _unknown(file, ("recognise", "operation"), "operation", named, operations.names(), findings)
        elif company.recognise.argument not in operation.parameters:
            named, known = company.recognise.argument, operation.parameters
            _unknown(file, ("recognise", "argument"), "parameter", named, known, findings)


def check_playbooks(
    file: YamlFile, playbooks: PlaybooksShape, actions: ActionsShape | None, findings: Findings
) -> None:
    _unique(file, "goals", "id", [goal.id for goal in playbooks.goals], findings)
    if actions is None:
        return
    outcomes = {action.name: set(action.outcomes) for action in actions.actions}
    for at, goal in enumerate(playbooks.goals):
        for place, name in enumerate(goal.actions):
            if name not in outcomes:
                _unknown(file, ("goals", at, "actions", place), "action", name, outcomes, findings)
        action, dot, outcome = goal.resolved_when.partition(".")
        if dot and outcome not in outcomes.get(action, ()):
            known = [f"{name}.{each}" for name, declared in outcomes.items() for each in declared]
            path = ("goals", at, "resolved_when")
            _unknown(file, path, "outcome", goal.resolved_when, known, findings)


def check_actions(
    file: YamlFile,
    actions: ActionsShape,
    company: CompanyShape | None,
    operations: Operations,
    findings: Findings,
) -> None:
    _unique(file, "actions", "name", [action.name for action in actions.actions], findings)
    for at, action in enumerate(actions.actions):
        for place, argument in enumerate(action.arguments):
            _check_pattern(file, at, place, argument.pattern, findings)
        _check_binding(file, at, action, operations, findings)
        if any(source.startswith(_CUSTOMER) for source in action.binding.given.values()):
            if company is not None and company.recognise is None:
                line = file.line("actions", at, "binding")
                findings.add(
                    file.name, line, "nobody says how to recognise a customer", "`recognise:` in company.yaml"
                )
            _require(file, at, action, {"not_recognised"}, findings)
        for path, sentence in _sentences(action):
            _check_sentence(file, ("actions", at, *path), sentence, action, findings)


def _check_pattern(file: YamlFile, at: int, place: int, pattern: str | None, findings: Findings) -> None:
    try:
        re.compile(pattern or "")
    except re.error as error:
        line = file.line("actions", at, "arguments", place, "pattern")
        findings.add(
            file.name,
            line,
            f"the pattern does not compile: {error}",
            r"a regular expression, such as '\d{4}'",
        )


def _check_binding(
    file: YamlFile, at: int, action: ActionShape, operations: Operations, findings: Findings
) -> None:
    binding = action.binding
    if (binding.openapi is None) == (binding.builtin is None):
        line = file.line("actions", at, "binding")
        findings.add(
            file.name, line, f"{action.name} must be bound to one thing", "`openapi: ...` or `builtin: ...`"
        )
    elif binding.openapi is not None and operations.known:
        operation = operations.get(binding.openapi)
        if operation is None:
            path = ("actions", at, "binding", "openapi")
            _unknown(file, path, "operation", binding.openapi, operations.names(), findings)
            return
        _check_parameters(file, at, action, operation, findings)
        _require(file, at, action, _OPENAPI_OUTCOMES, findings)
    elif binding.builtin is not None:
        if (builtin := BUILTINS.get(binding.builtin)) is None:
            _unknown(
                file, ("actions", at, "binding", "builtin"), "built-in", binding.builtin, BUILTINS, findings
            )
            return
        _require(file, at, action, builtin.outcomes, findings)
        missing = builtin.arguments - {argument.name for argument in action.arguments}
        for name in sorted(missing):
            line = file.line("actions", at)
            findings.add(
                file.name, line, f"{binding.builtin} needs the argument `{name}`", f"`- name: {name}`"
            )


def _check_parameters(
    file: YamlFile, at: int, action: ActionShape, operation: Operation, findings: Findings
) -> None:
    if action.tier == "lookup" and operation.method != "get":
        line = file.line("actions", at, "tier")
        findings.add(
            file.name, line, f"a lookup cannot {operation.method.upper()}", "an operation that reads (GET)"
        )
    for place, argument in enumerate(action.arguments):
        path = ("actions", at, "arguments", place)
        if argument.name not in operation.parameters:
            _unknown(file, (*path, "name"), "parameter", argument.name, operation.parameters, findings)
            continue
        wanted = operation.parameters[argument.name]
        if wanted is not None and wanted != ("string" if argument.type == "date" else argument.type):
            what = f"`{argument.name}` is {wanted} in the back office's document"
            findings.add(file.name, file.line(*path, "type"), what, f"`type: {wanted}`")
    for name in action.binding.given:
        if name not in operation.parameters:
            path_ = ("actions", at, "binding", "given", name)
            _unknown(file, path_, "parameter", name, operation.parameters, findings)
    known = {argument.name for argument in action.arguments if argument.required} | set(action.binding.given)
    for name in sorted(operation.required - known):
        line = file.line("actions", at)
        what = f"{operation.id} needs `{name}`, which {action.name} does not have"
        findings.add(file.name, line, what, f"a required argument `{name}`, or `given: {{{name}: ...}}`")
    for name, source in action.binding.given.items():
        if source != "caller.number" and not source.startswith(_CUSTOMER):
            line = file.line("actions", at, "binding", "given", name)
            findings.add(
                file.name, line, f"`{source}` is no fact of a call", "`caller.number` or `customer.FIELD`"
            )


def _require(file: YamlFile, at: int, action: ActionShape, wanted: Iterable[str], findings: Findings) -> None:
    for outcome in sorted(set(wanted) - set(action.outcomes)):
        line = file.line("actions", at, "outcomes")
        findings.add(
            file.name, line, f"{action.name} has no words for `{outcome}`", f"`{outcome}: a sentence to say`"
        )


def _sentences(action: ActionShape) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, sentence in action.outcomes.items():
        yield ("outcomes", name), sentence
    for language, outcomes in action.translations.items():
        for name, sentence in outcomes.items():
            yield ("translations", language, name), sentence


def _check_sentence(
    file: YamlFile, path: tuple[str | int, ...], sentence: str, action: ActionShape, findings: Findings
) -> None:
    try:
        places = forms_in(sentence)
    except UnknownForm as error:
        findings.add(file.name, file.line(*path), str(error).split(":")[0], str(error).split(": write ")[1])
        return
    if action.binding.openapi is None:
        return
    for fact, _ in places:
        bare = ".".join(step for step in fact.split(".") if not step.isdecimal())
        if bare != "results" and not any(
            bare == open_ or bare.startswith(f"{open_}.") for open_ in action.facts
        ):
            findings.add(
                file.name,
                file.line(*path),
                f"`{fact}` is not among the facts of {action.name}",
                f"`- {bare}`",
            )


def _unique(file: YamlFile, key: str, name: str, values: list[str], findings: Findings) -> None:
    for at, value in enumerate(values):
        if value in values[:at]:
            line = file.line(key, at, name)
            findings.add(file.name, line, f"{name} {value} is there twice", f"another {name}, or remove one")


def _unknown(
    file: YamlFile,
    path: tuple[str | int, ...],
    kind: str,
    name: str,
    known: Iterable[str],
    findings: Findings,
) -> None:
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    write = f"`{near[0]}`?" if near else f"one of {', '.join(names)}" if names else "remove it"
    findings.add(file.name, file.line(*path), f"there is no {kind} `{name}`", write)
