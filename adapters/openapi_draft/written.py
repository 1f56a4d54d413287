"""Writes drafted actions as the YAML of a company's folder, with comments where a person decides."""

import json
from collections.abc import Iterator, Sequence

from adapters.openapi_draft.draft import DraftedAction, DraftedArgument

_NAMES_A_THING = frozenset({"code", "id", "key", "number", "reference", "sid", "sku", "uid", "uuid"})
_HEAD = """\
# Drafted from {title}: {count} operations.
# Nothing here is fit to be used as it stands: `DECIDE` asks for a decision. Delete what callers never need.
# `callwright check FOLDER` says what is still missing.
actions:
"""


def written(title: str, actions: Sequence[DraftedAction]) -> str:
    head = _HEAD.format(title=" ".join(title.split()) or "an OpenAPI document", count=len(actions))
    return head + "\n".join("".join(f"{line}\n" for line in _lines(action)) for action in actions)


def _lines(action: DraftedAction) -> Iterator[str]:
    operation = action.operation
    yield f"  # {operation.method.upper()} {operation.path}{' (deprecated)' if operation.deprecated else ''}"
    for risk, reason in action.assessment.reasons.items():
        yield f"  # {risk}: {reason}"
    yield f"  - name: {action.name}"
    yield f"    purpose: {_quoted(action.purpose)}  # DECIDE: when to use it"
    yield f"    tier: {action.tier}{_tier_question(action)}"
    if not action.offered:
        yield "    offered: false  # DECIDE: is this anything for a caller?"
    if action.identity != "unknown":
        yield f"    identity: {action.identity}  # DECIDE: how surely must we know who rings?"
    yield from _argument_lines(action)
    yield from _binding_lines(action)
    if action.assessment.writes:
        yield from _deed_lines(action)
    yield from _fact_lines(action)
    yield "    outcomes:  # DECIDE: in the company's words"
    for outcome, words in _outcomes(action):
        yield f"      {outcome}: {words}"


def _tier_question(action: DraftedAction) -> str:
    if action.assessment.seems_to_search:
        return "  # DECIDE: it sounds like a search, and is sent as a write"
    return "  # DECIDE: draft or execute" if action.assessment.writes else ""


def _argument_lines(action: DraftedAction) -> Iterator[str]:
    if action.arguments:
        yield "    arguments:"
    for argument in action.arguments:
        yield f"      - name: {argument.name}"
        yield f"        type: {argument.type}"
        yield f"        description: {_quoted(argument.description)}"
        if not argument.required:
            yield "        required: false"
        if argument.pattern:
            yield f"        pattern: {_quoted(argument.pattern)}"
        if argument.choices:
            yield f"        choices: [{', '.join(map(_quoted, argument.choices))}]"
        if _looks_like_money(argument):
            yield "        # DECIDE: type: money with its currency, filled by `given:` from its .minor"
    if action.left_out:
        yield f"    # It also takes: {', '.join(action.left_out)}"
    if action.unfilled:
        yield f"    # DECIDE: it needs what is no plain value, by `given:`: {', '.join(action.unfilled)}"


def _binding_lines(action: DraftedAction) -> Iterator[str]:
    yield "    binding:"
    yield f"      openapi: {_quoted(action.operation.id)}"
    if given := [it for it in action.arguments if it.name != it.fills]:
        yield "      given:"
        for argument in given:
            yield f"        {_quoted(argument.fills)}: args.{argument.name}"


def _deed_lines(action: DraftedAction) -> Iterator[str]:
    needed = [argument for argument in action.arguments if argument.required]
    path_keys = [it for it in needed if f"{{{it.fills}}}" in action.operation.path]
    keys = [it for it in needed if _NAMES_A_THING & set(it.name.split("_"))]
    if action.record is not None:
        given = ", ".join(
            f"{_quoted(it.fills)}: args.{it.name}"
            for it in path_keys
            if f"{{{it.fills}}}" in action.record.path
        )
        yield "    reads:  # DECIDE: the record that decides and is read back"
        yield f"      - {{name: record, openapi: {_quoted(action.record.id)}, given: {{{given}}}}}"
        yield "    # DECIDE: whose it is, such as\n    # owner: record.customer_id"
    else:
        yield "    # DECIDE: no operation reads what this changes: whose is it, and how do we know?"
    if action.tier == "execute":
        about = [it.name for it in (path_keys[-1:] or keys[:1])]
        if about:
            yield f"    once_per: [args.{about[0]}]  # DECIDE: what there may be only one deed about"
        else:
            yield "    # DECIDE: once_per: what there may be only one deed about"
        yield "    # DECIDE: everything that matters, in words"
        yield f"    read_back: {_quoted(_read_back(action, about))}"
    yield from _safety_lines(action)


def _safety_lines(action: DraftedAction) -> Iterator[str]:
    if action.operation.key_header:
        yield f"    # Repeats are safe: the operation takes {action.operation.key_header}."
    else:
        yield "    # It takes no idempotency key: an unknown end is found out by a read alone."
    look = action.record.id if action.record else "an operation that reads"
    yield f"    # DECIDE: reconcile: {{openapi: {look}, given: {{...}}, done_when: ...}}"
    if action.undo:
        yield f"    # DECIDE: undo: {{action: {action.undo}, within_s: 600, arguments: {{...}}}}"
    if "money" in action.assessment.reasons:
        yield "    # DECIDE: amount: args...., limits: [{per: customer_day, amount: ...}]"


def _fact_lines(action: DraftedAction) -> Iterator[str]:
    if action.facts:
        yield f"    facts: [{', '.join(map(_quoted, action.facts))}]  # DECIDE: what may leave the gate"
    if action.personal_facts:
        yield f"    # DECIDE: personal data, left out of the facts: {', '.join(action.personal_facts)}"


def _outcomes(action: DraftedAction) -> Iterator[tuple[str, str]]:
    if action.tier == "lookup":
        yield "found", "Here is what I found."
        yield "not_found", "I could not find that."
    else:
        yield "done", "That is done."
        yield "already", "That has been done before."
        yield "unknown", "I could not see whether that worked. I will find out."
    yield "failed", "I am sorry, our system does not answer right now."


def _read_back(action: DraftedAction, about: Sequence[str]) -> str:
    told = action.name.replace("_", " ")
    return f"Shall I {told}{f' for {{args.{about[0]}}}' if about else ''}?"


def _looks_like_money(argument: DraftedArgument) -> bool:
    sums = ("amount", "price", "total", "balance", "sum")
    return argument.type in {"integer", "number"} and any(word in argument.name for word in sums)


def _quoted(text: str) -> str:
    """As JSON, which is YAML."""
    return json.dumps(text, ensure_ascii=False)
