"""Whether a secret argument can stay one: typed by the caller, seen by one system, named nowhere else."""

import re

from adapters.company_folder.action_shapes import ActionShape, ArgumentShape
from adapters.company_folder.names import Place, note
from adapters.company_folder.parts import Parts
from adapters.company_folder.yaml_file import YamlFile

_NAMED = re.compile(r"\bargs\.([A-Za-z_]\w*)")


def check_secrets(parts: Parts, file: YamlFile, at: int, action: ActionShape) -> None:
    """Paths and sentences that name one are refused where all paths and sentences are checked."""
    for number, argument in enumerate(action.arguments):
        place: Place = ("actions", at, "arguments", number)
        if argument.secret:
            _check_secret(parts, file, place, action, argument)
        elif argument.digits is not None:
            wrong = f"`{argument.name}` has `digits` and is not secret"
            note(file, (*place, "digits"), wrong, "`secret: true`, or a `pattern`", parts.findings)
    for secret in action.secrets:
        _check_unnamed(parts, file, ("actions", at), action, secret.name)
        _check_rules(parts, action, secret.name)


def _check_secret(
    parts: Parts, file: YamlFile, place: Place, action: ActionShape, argument: ArgumentShape
) -> None:
    name = argument.name
    if argument.digits is None:
        note(file, place, f"nobody says how long the secret `{name}` is", "`digits: 16`", parts.findings)
    if argument.type != "string" or not argument.required or argument.pattern or argument.choices:
        wrong = f"the secret `{name}` is more than a number that has to be typed"
        write = "`type: string` and `digits`, and nothing else that bounds it"
        note(file, place, wrong, write, parts.findings)
    if action.tier != "execute":
        wrong = f"a {action.tier} cannot ask for the secret `{name}`"
        note(file, (*place, "secret"), wrong, "`tier: execute`", parts.findings)
    if action.binding.openapi is None and action.binding.mcp is None:
        wrong = f"the secret `{name}` would go to no system of record"
        note(file, (*place, "secret"), wrong, "`binding: {openapi: ...}` or `{mcp: ...}`", parts.findings)
    operation = parts.operations.of(action.binding)
    if operation is not None and name in operation.beside_body:
        wrong = f"`{name}` would stand in the address or a header of {operation.id}"
        note(file, (*place, "name"), wrong, "an operation that takes it in its body", parts.findings)


def _check_unnamed(parts: Parts, file: YamlFile, place: Place, action: ActionShape, name: str) -> None:
    for number, fact in enumerate(action.facts):
        if name in fact.split("."):
            wrong = f"the answer's `{fact}` would give the secret `{name}` away"
            note(file, (*place, "facts", number), wrong, "remove it", parts.findings)
    if name in action.binding.given:
        wrong = f"the secret `{name}` goes to the parameter of its own name"
        note(file, (*place, "binding", "given", name), wrong, "remove this line", parts.findings)
    if action.reconcile is not None and name in _NAMED.findall(action.reconcile.done_when):
        wrong = f"`done_when` looks at the secret `{name}`, which nobody keeps"
        note(file, (*place, "reconcile", "done_when"), wrong, "`deed.id`, or another fact", parts.findings)


def _check_rules(parts: Parts, action: ActionShape, name: str) -> None:
    if parts.policy is None:
        return
    file = parts.files["policy.yaml"]
    for at, rule in enumerate(parts.policy.rules):
        concerned = action.name in rule.actions if rule.actions else action.writes
        if concerned and name in _NAMED.findall(rule.when):
            wrong = f"{rule.id} looks at the secret `{name}` of {action.name}, which no rule can see"
            note(file, ("rules", at, "when"), wrong, "a rule about other facts", parts.findings)
