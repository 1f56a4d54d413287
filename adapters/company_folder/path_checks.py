"""Whether a dotted path can lead to anything, and whether a sentence can be filled."""

from collections.abc import Iterable, Mapping

from adapters.company_folder.action_shapes import ActionShape
from adapters.company_folder.names import Place, note, unknown
from adapters.company_folder.parts import Parts
from adapters.company_folder.yaml_file import YamlFile
from prompts.spoken import UnknownForm, forms_in

BEFORE_READS = ("args", "caller", "customer", "call", "now")
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "caller": ("number", "identity"),
    "call": ("id", "line", "language"),
    "deed": ("id",),
    "now": ("iso", "day"),
}


def roots(action: ActionShape, *more: str) -> tuple[str, ...]:
    """What is known when an action is decided."""
    return (*BEFORE_READS, *(read.name for read in action.reads), *more)


def check_path(
    parts: Parts,
    file: YamlFile,
    place: Place,
    path: str,
    action: ActionShape | None,
    allowed: Iterable[str],
    answers: Mapping[str, ActionShape] | None = None,
) -> bool:
    """`answers`: the actions whose declared facts stand under a name, such as `result`."""
    root, _, rest = path.partition(".")
    field, answers, allowed = rest.partition(".")[0], answers or {}, tuple(allowed)
    known = (*allowed, *answers)
    if root not in known or not rest:
        wrong = f"`{path}` is no fact of a call"
        examples = ", ".join(f"`{name}.{_example(name)}`" for name in known)
        note(file, place, wrong, f"a path such as {examples}", parts.findings)
        return False
    if root == "args" and action is not None and action.argument(field) is None:
        names = [argument.name for argument in action.arguments]
        unknown(file, place, "argument", field, names, parts.findings)
        return False
    if root == "args" and action is not None and field in {secret.name for secret in action.secrets}:
        wrong = f"`{field}` is secret: only the system that it is for ever sees it"
        note(file, place, wrong, "a path to another fact; a secret goes to its own parameter", parts.findings)
        return False
    if root in _FIELDS and root not in answers and field not in _FIELDS[root]:
        unknown(file, place, f"field of `{root}`", field, _FIELDS[root], parts.findings)
        return False
    if root in answers and not is_fact(rest, answers[root].facts):
        wrong = f"`{rest}` is not among the facts of {answers[root].name}"
        note(file, place, wrong, f"`- {rest}` under its `facts`", parts.findings)
        return False
    if root == "customer" and not _knows_customers(parts):
        wrong = "nobody says how to recognise a customer"
        note(file, place, wrong, "`recognise:` in company.yaml", parts.findings)
        return False
    return True


def check_sentence(
    parts: Parts,
    file: YamlFile,
    place: Place,
    sentence: str,
    action: ActionShape,
    *,
    allowed: Iterable[str] = (),
    facts: Iterable[str] | None = (),
) -> dict[str, str]:
    """The facts it names and their forms.

    `facts` may stand at the root, beside the paths of `allowed`; with None nobody knows what may.
    """
    try:
        places = dict(forms_in(sentence))
    except UnknownForm as error:
        wrong, write = str(error).split(": write ")
        note(file, place, wrong, write, parts.findings)
        return {}
    if facts is None:
        return places
    facts, allowed = tuple(facts), tuple(allowed)
    for path in places:
        if is_fact(path, facts):
            continue
        if path.partition(".")[0] in allowed:
            check_path(parts, file, place, path, action, allowed)
            continue
        wrong = f"`{path}` is not among the facts of {action.name}"
        note(file, place, wrong, f"`- {_bare(path)}`" if not allowed else f"`args.{path}`?", parts.findings)
    return places


def is_fact(path: str, facts: Iterable[str]) -> bool:
    """It is one of them or lies below one."""
    bare = _bare(path)
    return bare == "results" or any(bare == fact or bare.startswith(f"{fact}.") for fact in facts)


def _bare(path: str) -> str:
    return ".".join(step for step in path.split(".") if not step.isdecimal())


def _example(root: str) -> str:
    return _FIELDS[root][0] if root in _FIELDS else "FIELD"


def _knows_customers(parts: Parts) -> bool:
    company = parts.company
    return company is None or company.recognise is not None or company.verification is not None
