"""What `actions.yaml` says of itself: arguments, reads, and the sentences of every outcome."""

from collections.abc import Iterator

from adapters.company_folder.action_shapes import ActionShape, ArgumentShape
from adapters.company_folder.binding_checks import (
    check_binding,
    check_filled,
    check_operation_exists,
)
from adapters.company_folder.deed_checks import check_deed
from adapters.company_folder.names import Place, note, unique
from adapters.company_folder.parts import Parts
from adapters.company_folder.path_checks import BEFORE_READS, check_path, check_sentence
from adapters.company_folder.patterns import SYNTAX, flaw_of
from adapters.company_folder.secret_checks import check_secrets
from adapters.company_folder.yaml_file import YamlFile

_TAKEN = frozenset({"args", "caller", "customer", "call", "deed", "now", "result"})


def check_actions(parts: Parts) -> None:
    if parts.actions is None:
        return
    file, actions = parts.files["actions.yaml"], parts.actions.actions
    unique(file, "actions", "name", [action.name for action in actions], parts.findings)
    for at, action in enumerate(actions):
        for place, argument in enumerate(action.arguments):
            _check_argument(parts, file, ("actions", at, "arguments", place), argument)
        _check_reads(parts, file, at, action)
        check_binding(parts, file, at, action)
        check_secrets(parts, file, at, action)
        for path, sentence in _sentences(action):
            _check_outcome(parts, file, ("actions", at, *path), sentence, action)
        check_deed(parts, file, at, action)


def _check_argument(parts: Parts, file: YamlFile, place: Place, argument: ArgumentShape) -> None:
    if argument.pattern and (flaw := flaw_of(argument.pattern)):
        wrong = f"the pattern does not compile: {flaw}"
        note(file, (*place, "pattern"), wrong, SYNTAX, parts.findings)
    if (argument.type == "money") != (argument.currency is not None):
        wrong = f"`{argument.name}` is money without a currency, or has one and is none"
        note(file, place, wrong, "`type: money` and `currency: EUR` go together", parts.findings)


def _check_reads(parts: Parts, file: YamlFile, at: int, action: ActionShape) -> None:
    names = [read.name for read in action.reads]
    for number, read in enumerate(action.reads):
        place: Place = ("actions", at, "reads", number)
        if read.name in _TAKEN or read.name in names[:number]:
            wrong = f"the name {read.name} is taken"
            note(file, (*place, "name"), wrong, "another name, such as `order`", parts.findings)
        if check_operation_exists(parts, file, place, read):
            check_filled(parts, file, place, read, owner=f"the read `{read.name}`")
            operation = parts.operations.of(read)
            if operation is not None and not operation.reads:
                wrong = f"{operation.id} changes something: a read cannot {operation.method.upper()}"
                note(file, (*place, "openapi"), wrong, "an operation that reads (GET)", parts.findings)
        for name, path in read.given.items():
            check_path(parts, file, (*place, "given", name), path, action, BEFORE_READS)


def _sentences(action: ActionShape) -> Iterator[tuple[Place, str]]:
    for name, sentence in action.outcomes.items():
        yield ("outcomes", name), sentence
    for language, outcomes in action.translations.items():
        for name, sentence in outcomes.items():
            if name != "read_back":
                yield ("translations", language, name), sentence


def _check_outcome(parts: Parts, file: YamlFile, place: Place, sentence: str, action: ActionShape) -> None:
    """What was agreed may be said again; of the answer, only what is declared as a fact."""
    if action.binding.builtin is not None:
        check_sentence(parts, file, place, sentence, action, facts=None)
        return
    said_again = () if action.tier == "lookup" else (argument.name for argument in action.plain)
    by_step = (fact.replace(".", "_") for fact in action.facts) if action.steps else ()
    check_sentence(parts, file, place, sentence, action, facts=(*action.facts, *said_again, *by_step))
