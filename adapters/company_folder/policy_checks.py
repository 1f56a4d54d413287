"""What `policy.yaml` and `messages.yaml` say of actions: rules, authorities and fillable templates."""

import re
from collections.abc import Iterable

from adapters.company_folder.action_shapes import ActionShape
from adapters.company_folder.names import Place, note, unique, unknown
from adapters.company_folder.parts import Parts
from adapters.company_folder.path_checks import check_sentence, roots
from adapters.company_folder.policy_shapes import MessageShape, RuleShape
from adapters.company_folder.yaml_file import YamlFile
from prompts.spoken import UnknownForm, forms_in
from tools.policy.conditions import RULES, ConditionWrong
from tools.policy.decide import REACHES_A_PERSON

_LOOKED_AT = re.compile(r"\b(args|record)\.([A-Za-z_]\w*)")
_GUARDED = re.compile(r"\bhas\(\s*(args|record)\.([A-Za-z_]\w*)")


def check_policy(parts: Parts) -> None:
    if parts.policy is None or parts.actions is None:
        return
    file, policy, actions = parts.files["policy.yaml"], parts.policy, parts.actions
    unique(file, "rules", "id", [rule.id for rule in policy.rules], parts.findings)
    for role, up_to in (("agent", policy.authorities.agent), ("supervisor", policy.authorities.supervisor)):
        for name, amount in up_to.items():
            _check_authority(parts, file, ("authorities", role, name), name, amount)
    names = [action.name for action in actions.actions]
    for at, rule in enumerate(policy.rules):
        for number, name in enumerate(rule.actions):
            if name not in names:
                unknown(file, ("rules", at, "actions", number), "action", name, names, parts.findings)
        concerned = [each for each in actions.actions if _concerns(rule, each)]
        _check_rule(parts, file, at, rule, concerned)


def _check_authority(parts: Parts, file: YamlFile, place: Place, name: str, amount: str) -> None:
    assert parts.actions is not None
    action = parts.actions.action(name)
    if action is None or action.amount is None:
        known = [each.name for each in parts.actions.actions if each.amount is not None]
        unknown(file, place, "action that moves money", name, known, parts.findings)
        return
    argument = action.argument(action.amount.removeprefix("args."))
    if argument is not None and argument.currency and not amount.endswith(argument.currency):
        wrong = f"{name} moves {argument.currency}"
        note(file, place, wrong, f"an amount in {argument.currency}", parts.findings)


def _concerns(rule: RuleShape, action: ActionShape) -> bool:
    return action.name in rule.actions if rule.actions else action.writes


def _check_rule(
    parts: Parts, file: YamlFile, at: int, rule: RuleShape, concerned: Iterable[ActionShape]
) -> None:
    place: Place = ("rules", at)
    try:
        RULES.compile(rule.when)
    except ConditionWrong as error:
        wrong = f"`when` of {rule.id} does not compile: {error}"
        note(file, (*place, "when"), wrong, "CEL, such as `args.amount.minor > 2500`", parts.findings)
        return
    if rule.then == "step_up" and "caller.identity" not in rule.when:
        wrong = f"{rule.id} asks for proof that can never be enough"
        note(file, (*place, "when"), wrong, "`caller.identity < verified && ...`", parts.findings)
    guarded = set(_GUARDED.findall(rule.when))
    looked_at = set(_LOOKED_AT.findall(rule.when)) - guarded
    for action in concerned:
        if action.binding.builtin in REACHES_A_PERSON and rule.then != "allow":
            wrong = f"{action.name} reaches a person, which is never refused"
            note(file, (*place, "then"), wrong, "other `actions`, or remove the rule", parts.findings)
        if rule.then == "confirm" and action.read_back is None:
            wrong = f"{action.name} has no read-back that could be confirmed"
            note(file, (*place, "then"), wrong, f"`read_back:` under {action.name}", parts.findings)
        for root, name in sorted(looked_at):
            known = _arguments(action) if root == "args" else [read.name for read in action.reads]
            if name not in known:
                wrong = f"{action.name} has no `{root}.{name}`, and {rule.id} would fail on it"
                write = f"other `actions`, or `has({root}.{name}) && ...`"
                note(file, (*place, "when"), wrong, write, parts.findings)


def _arguments(action: ActionShape) -> list[str]:
    """Those that are always there."""
    return [argument.name for argument in action.arguments if argument.required]


def check_messages(parts: Parts) -> None:
    if parts.messages is None:
        return
    file, messages = parts.files["messages.yaml"], parts.messages.messages
    unique(file, "messages", "name", [message.name for message in messages], parts.findings)
    senders = parts.actions.actions if parts.actions else []
    for at, message in enumerate(messages):
        _check_subject(parts, file, at, message)
        for place, sentence in _texts(message):
            where = ("messages", at, *place)
            try:
                forms_in(sentence)
            except UnknownForm as error:
                wrong, write = str(error).split(": write ")
                note(file, where, wrong, write, parts.findings)
                continue
            for action in senders:
                if action.binding.message == message.name:
                    check_sentence(
                        parts, file, where, sentence, action, allowed=roots(action), facts=_arguments(action)
                    )


def _check_subject(parts: Parts, file: YamlFile, at: int, message: MessageShape) -> None:
    subjects = [message.subject, *(words.subject for words in message.translations.values())]
    if message.channel == "email" and not all(subjects):
        wrong = f"the e-mail {message.name} has no subject"
        note(file, ("messages", at), wrong, "`subject:`, in every language", parts.findings)
    if message.channel == "sms" and any(subjects):
        wrong = f"{message.name} is an SMS, which has no subject"
        note(file, ("messages", at), wrong, "remove `subject`", parts.findings)


def _texts(message: MessageShape) -> list[tuple[Place, str]]:
    texts: list[tuple[Place, str]] = [(("subject",), message.subject), (("text",), message.text)]
    for language, words in message.translations.items():
        texts.append((("translations", language, "subject"), words.subject))
        texts.append((("translations", language, "text"), words.text))
    return texts
