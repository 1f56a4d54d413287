"""What an action that changes something must declare: to be agreed to, bounded, done once and undone."""

from collections.abc import Iterator, Mapping

from adapters.company_folder.action_shapes import ActionShape, ActionsShape, ArgumentShape
from adapters.company_folder.binding_checks import check_filled, check_operation_exists, require_words
from adapters.company_folder.names import Place, note, unknown
from adapters.company_folder.parts import Parts
from adapters.company_folder.path_checks import check_path, check_sentence, roots
from adapters.company_folder.yaml_file import YamlFile
from domain.actions import Identity
from tools.policy.conditions import RECONCILE, ConditionWrong

_ENDS = ("done", "failed", "unknown", "already")
_UNHEARD_ENDS = ("done", "failed")


def check_deed(parts: Parts, file: YamlFile, at: int, action: ActionShape) -> None:
    place: Place = ("actions", at)
    if action.owner is not None:
        reads = [read.name for read in action.reads]
        check_path(parts, file, (*place, "owner"), action.owner, action, reads)
    if action.steps and action.tier != "coordinate":
        note(file, (*place, "tier"), "steps make it coordinate", "`tier: coordinate`", parts.findings)
    if action.tier == "coordinate" and not action.steps:
        note(file, (*place, "tier"), f"{action.name} coordinates nothing", "`steps:`", parts.findings)
    if action.writes:
        _check_amount(parts, file, place, action)
        _check_subject(parts, file, place, action)
        _check_read_back(parts, file, place, action)
        require_words(parts, file, at, action, _ENDS if action.offered else _UNHEARD_ENDS)
    else:
        _refuse_on_reading(parts, file, place, action)
    if action.undo is not None:
        _check_undo(parts, file, (*place, "undo"), action)
    if action.reconcile is not None:
        _check_reconcile(parts, file, (*place, "reconcile"), action)
    _check_steps(parts, file, place, action)


def _refuse_on_reading(parts: Parts, file: YamlFile, place: Place, action: ActionShape) -> None:
    for name in ("amount", "read_back", "once_per", "limits", "undo", "reconcile"):
        if getattr(action, name):
            wrong = f"`{name}` means nothing for a {action.tier}"
            note(file, (*place, name), wrong, "`tier: execute`, or remove it", parts.findings)


def _check_amount(parts: Parts, file: YamlFile, place: Place, action: ActionShape) -> None:
    bounded = [at for at, limit in enumerate(action.limits) if limit.amount is not None]
    money = [argument for argument in action.arguments if argument.type == "money"]
    if action.amount is None:
        if money or bounded:
            wrong = f"{action.name} moves money and does not say where it stands"
            name = money[0].name if money else "amount"
            note(file, place, wrong, f"`amount: args.{name}`", parts.findings)
        return
    reads = [read.name for read in action.reads]
    if not check_path(parts, file, (*place, "amount"), action.amount, action, ("args", *reads)):
        return
    argument = _argument(action, action.amount)
    if argument is not None and argument.type != "money":
        wrong = f"`{argument.name}` is no money"
        note(file, (*place, "amount"), wrong, "an argument of `type: money`", parts.findings)
        return
    authority = parts.policy is not None and action.name in parts.policy.authorities.agent
    if parts.policy is not None and not (bounded or authority):
        wrong = f"nothing bounds the money of {action.name}"
        write = "`limits: [{per: action, amount: 50.00 EUR}]`, or an authority in policy.yaml"
        note(file, (*place, "amount"), wrong, write, parts.findings)
    _check_currencies(parts, file, place, action, argument.currency if argument else None)


def _check_currencies(
    parts: Parts, file: YamlFile, place: Place, action: ActionShape, currency: str | None
) -> None:
    """All bounds of one action count the same money."""
    for at, limit in enumerate(action.limits):
        found = (limit.amount or "").rpartition(" ")[2]
        currency = currency or found
        if found and found != currency:
            where = (*place, "limits", at, "amount")
            wrong = f"the limit counts {found} and {action.name} moves {currency}"
            note(file, where, wrong, f"an amount in {currency}", parts.findings)


def _check_subject(parts: Parts, file: YamlFile, place: Place, action: ActionShape) -> None:
    sent_by_code = action.binding.message is not None and not action.offered
    if not action.once_per and not sent_by_code:
        wrong = f"nobody says what {action.name} is about: it could be done twice"
        note(file, place, wrong, "`once_per: [args.order_id]`", parts.findings)
    for at, path in enumerate(action.once_per):
        where = (*place, "once_per", at)
        check_path(parts, file, where, path, action, roots(action))
        argument = _argument(action, path)
        by_model = action.offered and argument is not None and argument.type == "string"
        if argument and by_model and not (argument.pattern or argument.choices):
            wrong = f"`{argument.name}` can be written in many ways: it could be done twice"
            note(
                file,
                where,
                wrong,
                f"a `pattern` for `{argument.name}`, or a path into a read",
                parts.findings,
            )


def _check_read_back(parts: Parts, file: YamlFile, place: Place, action: ActionShape) -> None:
    if not action.offered:
        return
    if action.read_back is None:
        wrong = f"{action.name} would be done without a yes"
        note(file, place, wrong, "`read_back: a sentence that ends in a question`", parts.findings)
        return
    for where, sentence in _read_backs(action):
        arguments = [argument.name for argument in action.plain]
        allowed = roots(action)
        named = check_sentence(
            parts, file, (*place, *where), sentence, action, allowed=allowed, facts=arguments
        )
        for path in filter(None, (action.amount, *action.once_per)):
            told = {name.removeprefix("args.") for name in named}
            matters = path == action.amount or path.startswith("args.")
            if named and matters and path.removeprefix("args.") not in told:
                wrong = f"the read-back of {action.name} leaves out `{path}`"
                form = "|money" if path == action.amount else ""
                note(file, (*place, *where), wrong, f"`{{{path}{form}}}` in the sentence", parts.findings)
        if not named and (action.amount or action.once_per):
            wrong = f"the read-back of {action.name} names nothing"
            note(file, (*place, *where), wrong, "{path|form} for everything that matters", parts.findings)
    for language in parts.languages[1:]:
        if "read_back" not in action.translations.get(language, {}):
            wrong = f"{action.name} is not read back in `{language}`, which a line speaks"
            write = f"`translations: {{{language}: {{read_back: ...}}}}`"
            note(file, (*place, "read_back"), wrong, write, parts.findings)


def _read_backs(action: ActionShape) -> Iterator[tuple[Place, str]]:
    yield ("read_back",), action.read_back or ""
    for language, sentences in action.translations.items():
        if "read_back" in sentences:
            yield ("translations", language, "read_back"), sentences["read_back"]


def _check_undo(parts: Parts, file: YamlFile, place: Place, action: ActionShape) -> None:
    undo = action.undo
    assert undo is not None
    if action.steps and undo.action == action.name:
        _check_steps_can_be_undone(parts, file, place, action)
        return
    if (other := _other(parts, file, (*place, "action"), action, undo.action)) is None:
        return
    _check_handed_over(parts, file, place, action, other, undo.arguments, {"result": action})
    _check_certain(parts, file, place, other)


def _check_certain(parts: Parts, file: YamlFile, place: Place, undo: ActionShape) -> None:
    """An undo whose answer was lost is looked up, or sent again under its key.

    Without either it is done twice, or refused and taken for not done.
    """
    operation = parts.operations.of(undo.binding)
    if operation is not None and not operation.takes_key and undo.reconcile is None:
        wrong = f"{operation.id} takes no idempotency key: whether it took anything back could stay unknown"
        note(file, (*place, "action"), wrong, f"`reconcile:` under {undo.name}", parts.findings)


def _check_steps_can_be_undone(parts: Parts, file: YamlFile, place: Place, action: ActionShape) -> None:
    """A coordinate action that names itself is undone by its steps' own undos."""
    steps = [parts.actions and parts.actions.action(step.action) for step in action.steps]
    for step in steps:
        if step and step.writes and step.undo is None and step.binding.message is None:
            wrong = f"{action.name} cannot be undone while {step.name} cannot"
            note(file, place, wrong, f"`undo:` under {step.name}, or remove this one", parts.findings)


def _check_reconcile(parts: Parts, file: YamlFile, place: Place, action: ActionShape) -> None:
    look = action.reconcile
    assert look is not None
    try:
        RECONCILE.compile(look.done_when)
    except ConditionWrong as error:
        wrong = f"`done_when` does not compile: {error}"
        note(file, (*place, "done_when"), wrong, "CEL over `answer`, `args` and `deed`", parts.findings)
    if check_operation_exists(parts, file, place, look):
        check_filled(parts, file, place, look, owner=f"the reconciliation of {action.name}")
        operation = parts.operations.of(look)
        if operation is not None and not operation.reads:
            wrong = f"{operation.id} changes something: a reconciliation only reads"
            note(file, (*place, "openapi"), wrong, "an operation that reads (GET)", parts.findings)
    for name, path in look.given.items():
        check_path(parts, file, (*place, "given", name), path, action, roots(action, "deed"))


def _check_steps(parts: Parts, file: YamlFile, place: Place, action: ActionShape) -> None:
    earlier: dict[str, ActionShape] = {}
    for at, step in enumerate(action.steps):
        where = (*place, "steps", at)
        if (other := _other(parts, file, (*where, "action"), action, step.action)) is None:
            continue
        _check_handed_over(parts, file, where, action, other, step.arguments, earlier)
        if at < len(action.steps) - 1 and other.writes and other.undo is None:
            wrong = f"{other.name} cannot be undone, and a later step may fail"
            note(file, where, wrong, f"`undo:` under {other.name}, or make it the last step", parts.findings)
        earlier[other.name] = other


def _other(parts: Parts, file: YamlFile, place: Place, action: ActionShape, name: str) -> ActionShape | None:
    """The action that code asks for in this one's name, whose caller must be known as surely."""
    actions = parts.actions or ActionsShape(actions=[action])
    other = actions.action(name)
    if other is action or (other is not None and other.steps):
        wrong = f"{name} is this action itself, or one of several steps"
        note(file, place, wrong, "another action, bound to one thing", parts.findings)
        return None
    if other is None:
        known = [each.name for each in actions.actions if each is not action and not each.steps]
        unknown(file, place, "action", name, known, parts.findings)
        return None
    if Identity[other.identity.upper()] > Identity[action.identity.upper()]:
        wrong = f"{name} needs identity {other.identity} and {action.name} only {action.identity}"
        note(file, place, wrong, f"`identity: {other.identity}` under {action.name}", parts.findings)
    return other


def _check_handed_over(
    parts: Parts,
    file: YamlFile,
    place: Place,
    action: ActionShape,
    other: ActionShape,
    given: Mapping[str, str],
    answers: Mapping[str, ActionShape],
) -> None:
    """It gets the arguments that it takes, no other, each of its type."""
    for name, path in given.items():
        where = (*place, "arguments", name)
        wanted = other.argument(name)
        if wanted is None:
            known = [argument.name for argument in other.arguments]
            unknown(file, where, f"argument of {other.name}", name, known, parts.findings)
        elif check_path(parts, file, where, path, action, roots(action, "deed"), answers):
            source = _argument(action, path)
            if source is not None and source.type != wanted.type:
                wrong = f"{other.name} takes `{name}` as {wanted.type} and `{path}` is {source.type}"
                note(file, where, wrong, f"a path to a {wanted.type}", parts.findings)
    if other.secrets:
        wrong = f"{other.name} asks the caller to type, which only an action of its own can"
        note(file, place, wrong, f"another action than {other.name}", parts.findings)
    for argument in other.plain:
        if argument.required and argument.name not in given:
            wrong = f"{other.name} takes `{argument.name}`, which nothing gives"
            note(file, place, wrong, f"`arguments: {{{argument.name}: ...}}`", parts.findings)


def _argument(action: ActionShape, path: str) -> ArgumentShape | None:
    """The argument that the path leads to as a whole."""
    return action.argument(path.removeprefix("args.")) if path.startswith("args.") else None
