"""Whether what an action is bound to exists, and is given what it needs."""

from collections.abc import Iterable, Mapping

from adapters.company_folder.action_shapes import ActionShape, ArgumentShape
from adapters.company_folder.names import Place, note, unknown
from adapters.company_folder.operations import Bound, Operation
from adapters.company_folder.parts import Parts
from adapters.company_folder.path_checks import check_path, roots
from adapters.company_folder.yaml_file import YamlFile
from tools.catalogue import BUILTINS

_JSON_TYPES: Mapping[str, frozenset[str]] = {
    "string": frozenset({"string"}),
    "date": frozenset({"string"}),
    "integer": frozenset({"integer", "number"}),
    "number": frozenset({"number"}),
    "boolean": frozenset({"boolean"}),
    "money": frozenset({"object"}),
}
_READING = ("found", "not_found", "failed")
_DRAFTING = ("done", "failed")
_KINDS = ("openapi", "mcp", "builtin", "message")
_WHO_RINGS = ("customer.", "caller.number")


def check_binding(parts: Parts, file: YamlFile, at: int, action: ActionShape) -> None:
    place, binding = ("actions", at, "binding"), action.binding
    named = [kind for kind in _KINDS if getattr(binding, kind) is not None]
    if len(named) + bool(action.steps) != 1:
        wrong = f"{action.name} must be bound to one thing"
        write = "`openapi: ...`, `mcp: ...`, `message: ...`, `builtin: ...`, or `steps:` and no binding"
        note(file, place, wrong, write, parts.findings)
        return
    match named:
        case ["builtin"]:
            _check_builtin(parts, file, at, action, binding.builtin or "")
        case ["message"]:
            _check_message(parts, file, at, action, binding.message or "")
        case ["openapi"] | ["mcp"]:
            _check_operation(parts, file, at, action)
        case _:
            return
    for name, path in binding.given.items():
        check_path(parts, file, (*place, "given", name), path, action, roots(action, "deed"))


def _check_builtin(parts: Parts, file: YamlFile, at: int, action: ActionShape, name: str) -> None:
    if (builtin := BUILTINS.get(name)) is None:
        unknown(file, ("actions", at, "binding", "builtin"), "built-in", name, BUILTINS, parts.findings)
        return
    require_words(parts, file, at, action, builtin.outcomes)
    for missing in sorted(builtin.arguments - {argument.name for argument in action.arguments}):
        wrong = f"{name} needs the argument `{missing}`"
        note(file, ("actions", at), wrong, f"`- name: {missing}`", parts.findings)


def _check_message(parts: Parts, file: YamlFile, at: int, action: ActionShape, name: str) -> None:
    place = ("actions", at, "binding", "message")
    if parts.messages is not None and parts.messages.message(name) is None:
        known = [message.name for message in parts.messages.messages]
        unknown(file, place, "message", name, known, parts.findings)
    if not action.binding.given.get("to", "").startswith("customer."):
        wrong = "the message goes to nobody on record"
        write = "`given: {to: customer.FIELD}`, where the customer's address stands"
        note(file, ("actions", at, "binding"), wrong, write, parts.findings)


def _check_operation(parts: Parts, file: YamlFile, at: int, action: ActionShape) -> None:
    binding = action.binding
    if action.identity == "unknown" and any(path.startswith(_WHO_RINGS) for path in binding.given.values()):
        require_words(parts, file, at, action, ("not_recognised",))
    if not action.writes:
        wanted = _READING if action.tier == "lookup" else _DRAFTING
        require_words(parts, file, at, action, wanted)
    if not check_operation_exists(parts, file, ("actions", at, "binding"), binding):
        return
    if (operation := parts.operations.of(binding)) is None:
        return
    if action.tier == "lookup" and not operation.reads:
        wrong = f"a lookup cannot {operation.method.upper()}"
        note(file, ("actions", at, "tier"), wrong, "an operation that reads (GET)", parts.findings)
    if action.writes and operation.reads:
        wrong = f"{operation.id} only reads"
        note(file, ("actions", at, "tier"), wrong, "`tier: lookup`", parts.findings)
    mentioned = {path.split(".")[1] for path in binding.given.values() if path.startswith("args.")}
    own = [argument for argument in action.arguments if argument.name not in mentioned]
    for place, argument in enumerate(action.arguments):
        if argument in own:
            _check_own(parts, file, ("actions", at, "arguments", place), argument, operation)
    sent = {argument.name for argument in own if argument.required}
    check_filled(parts, file, ("actions", at, "binding"), binding, sent, owner=action.name)


def _check_own(
    parts: Parts, file: YamlFile, place: Place, argument: ArgumentShape, operation: Operation
) -> None:
    """An argument that goes to the parameter of its own name."""
    if argument.name not in operation.parameters:
        known = operation.parameters
        unknown(file, (*place, "name"), "parameter", argument.name, known, parts.findings)
        return
    wanted = operation.parameters[argument.name]
    if not wanted or _JSON_TYPES[argument.type] & wanted:
        return
    kinds = " or ".join(sorted(wanted))
    wrong = f"`{argument.name}` is {kinds} in the back office's document"
    money = f"`given: {{{argument.name}: args.{argument.name}.minor}}`"
    write = money if argument.type == "money" else f"`type: {sorted(wanted)[0]}`"
    note(file, (*place, "type"), wrong, write, parts.findings)


def check_operation_exists(
    parts: Parts, file: YamlFile, place: Place, bound: Bound, *, openapi: str = "openapi"
) -> bool:
    """True where it is there, and known. `openapi`: under which key the file names it."""
    if (bound.openapi is None) == (bound.mcp is None):
        note(file, place, "it must name one operation", f"`{openapi}: ...` or `mcp: ...`", parts.findings)
        return False
    if bound.mcp is not None:
        server, dot, tool = bound.mcp.partition(".")
        servers = [each.name for each in parts.company.mcp_servers] if parts.company else [server]
        if server not in servers or not (dot and tool):
            unknown(file, (*place, "mcp"), "server of tools", server, servers, parts.findings)
            return False
        return _tool_exists(parts, file, place, bound.mcp)
    if not parts.operations.known:
        return False
    if parts.operations.get(bound.openapi or "") is None:
        known = parts.operations.names()
        unknown(file, (*place, openapi), "operation", bound.openapi or "", known, parts.findings)
        return False
    return True


def _tool_exists(parts: Parts, file: YamlFile, place: Place, tool: str) -> bool:
    """Of a server that was not reached nobody knows."""
    server = tool.partition(".")[0]
    known = [name for name in parts.operations.tools if name.partition(".")[0] == server]
    if known and tool not in known:
        unknown(file, (*place, "mcp"), "tool", tool, known, parts.findings)
    return tool in known


def check_filled(
    parts: Parts, file: YamlFile, place: Place, bound: Bound, sent: Iterable[str] = (), *, owner: str = "it"
) -> None:
    """Everything that is given is a parameter, and every parameter that is needed is given or sent."""
    operation = parts.operations.of(bound)
    if operation is None:
        return
    for name in bound.given:
        if name not in operation.parameters and name.partition(".")[0] not in operation.parameters:
            known = operation.parameters
            unknown(file, (*place, "given", name), "parameter", name, known, parts.findings)
    filled = {*sent, *bound.given, *(name.partition(".")[0] for name in bound.given)}
    for name in sorted(operation.required - filled):
        wrong = f"{operation.id} needs `{name}`, which {owner} does not have"
        write = f"a required argument `{name}`, or `given: {{{name}: ...}}`"
        note(file, place, wrong, write, parts.findings)


def require_words(parts: Parts, file: YamlFile, at: int, action: ActionShape, wanted: Iterable[str]) -> None:
    for outcome in sorted(set(wanted) - set(action.outcomes)):
        wrong = f"{action.name} has no words for `{outcome}`"
        note(file, ("actions", at, "outcomes"), wrong, f"`{outcome}: a sentence to say`", parts.findings)
