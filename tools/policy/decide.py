"""May this be done? Built-in rules and the company's own speak; the strictest wins, and all are named."""

from collections.abc import Iterator

from domain.actions import Action, Identity
from domain.policy import STRICTNESS, Decision, Verdict
from tools.policy.money_rules import is_approved, money_opinions
from tools.policy.opinion import Opinion
from tools.policy.rules import Spoken
from tools.policy.scope import at, facts_for_rules, scope_of
from tools.policy.snapshot import Snapshot

REACHES_A_PERSON = frozenset({"take_message", "hand_over"})
"""Built-ins that no rule may refuse."""
NOT_OURS = ("owner.other_customer", "record.missing")
"""Rules that tell a caller the same: that there is no such thing."""
RULE_FAILED = "rule.failed"
"""Begins the name of a rule that could not be evaluated: an operator must look at it."""


def decide(snapshot: Snapshot) -> Decision:
    """Pure. Rules are named with the strictest first; the reason and the words are the strictest's."""
    if snapshot.action is None:
        return Decision(verdict="deny", rules=("action.unknown",), reason="the company has no such action")
    opinions = sorted(_opinions(snapshot.action, snapshot), key=lambda each: -STRICTNESS[each.verdict])
    if not opinions:
        always = snapshot.action.binding.kind == "builtin"
        rule = "builtin.always" if always else f"tier.open:{snapshot.action.tier}"
        return Decision(verdict="allow", rules=(rule,))
    first = opinions[0]
    return Decision(
        verdict=first.verdict,
        rules=tuple(each.rule for each in opinions),
        say=first.say,
        reason=first.reason,
    )


def is_not_found(decision: Decision) -> bool:
    """The caller is to be told what they are told of a thing that does not exist, in the same words."""
    return decision.verdict == "deny" and decision.rules[0].partition(":")[0] in NOT_OURS


def wanted_identity(snapshot: Snapshot) -> Identity:
    """What a `step_up` asks for: the level of action and goal, or one more than now for a rule's sake."""
    needed = _needed(snapshot)
    if snapshot.action and snapshot.action.owner and not snapshot.caller.customer_id:
        needed = max(needed, Identity.VERIFIED)
    if snapshot.caller.identity < needed:
        return needed
    return Identity(min(snapshot.caller.identity + 1, Identity.CONFIRMED))


def _opinions(action: Action, snapshot: Snapshot) -> Iterator[Opinion]:
    if action.binding.kind == "builtin" and action.binding.name in REACHES_A_PERSON:
        return
    asked_by_caller = snapshot.asked_by == "caller"
    if asked_by_caller:
        yield from _offered(action, snapshot)
    standing = _standing(action, snapshot)
    yield from standing
    yield from _company_rules(action, snapshot, records=not standing)
    if not action.writes:
        return
    yield from money_opinions(action, snapshot)
    if asked_by_caller and action.read_back is None:
        yield Opinion(verdict="deny", rule="read_back.none", reason="a writing action without a read-back")
    elif asked_by_caller and not snapshot.confirmed:
        yield Opinion(verdict="confirm", rule="read_back.unconfirmed", reason="the caller has not agreed yet")


def _offered(action: Action, snapshot: Snapshot) -> Iterator[Opinion]:
    goal = snapshot.call.goal
    if not action.offered:
        yield Opinion(verdict="deny", rule="action.not_offered", reason="only steps and undos use it")
    if goal is not None and action.binding.kind != "builtin" and action.name not in goal.actions:
        yield Opinion(
            verdict="deny", rule=f"goal.not_its_action:{goal.id}", reason="the caller's goal does not use it"
        )


def _standing(action: Action, snapshot: Snapshot) -> tuple[Opinion, ...]:
    """Who the caller is to the records. While this is open, nobody's records speak, not even by a refusal."""
    caller, needed = snapshot.caller, _needed(snapshot)
    found: list[Opinion] = []
    if caller.identity < needed:
        rule = f"identity.below:{needed.name.lower()}"
        found.append(Opinion(verdict="step_up", rule=rule, reason="not known surely enough who calls"))
    if action.owner is not None and not caller.customer_id:
        found.append(Opinion(verdict="step_up", rule="owner.unknown_caller", reason="nobody is identified"))
    if found:
        return tuple(found)
    not_found = action.words("not_found", snapshot.call.language) or ""
    missing = next((read.name for read in action.reads if snapshot.reads.get(read.name) in (None, {})), None)
    if missing is not None:
        rule = f"record.missing:{missing}"
        return (Opinion(verdict="deny", rule=rule, reason="there is no such record", say=not_found),)
    if action.owner is not None and not _owns(action.owner, snapshot):
        rule, reason = "owner.other_customer", "the record is another customer's"
        return (Opinion(verdict="deny", rule=rule, reason=reason, say=not_found),)
    return ()


def _owns(path: str, snapshot: Snapshot) -> bool:
    owner = at(scope_of(snapshot), path)
    known = isinstance(owner, (str, int)) and not isinstance(owner, bool)
    return known and str(owner) == snapshot.caller.customer_id


def _needed(snapshot: Snapshot) -> Identity:
    """A step or an undo belongs to what was done at its own goal's level; its own level counts still."""
    action, goal = snapshot.action, snapshot.call.goal
    own = action.identity if action else Identity.UNKNOWN
    if goal is None or snapshot.asked_by != "caller" or (action and action.binding.kind == "builtin"):
        return own
    return max(own, goal.identity)


def _company_rules(action: Action, snapshot: Snapshot, *, records: bool) -> Iterator[Opinion]:
    """Without records, a rule that needs them keeps silent: it is asked again once the caller is known."""
    for spoken in snapshot.rules.about(action, facts_for_rules(snapshot, records=records)):
        if spoken.failed:
            if records:
                yield _failed(spoken)
        elif not _is_met(spoken.rule.then, snapshot):
            yield _opinion(spoken, snapshot)


def _failed(spoken: Spoken) -> Opinion:
    """Nobody knows what it would have said, so it says the strictest."""
    reason = f"{spoken.rule.where or spoken.rule.id} could not be evaluated on this call's records"
    return Opinion(verdict="deny", rule=f"{RULE_FAILED}:{spoken.rule.id}", reason=reason)


def _opinion(spoken: Spoken, snapshot: Snapshot) -> Opinion:
    rule = spoken.rule
    tag = snapshot.call.language.split("-", 1)[0].lower()
    return Opinion(
        verdict=rule.then, rule=rule.id, reason=rule.reason, say=rule.translations.get(tag, rule.say)
    )


def _is_met(then: Verdict, snapshot: Snapshot) -> bool:
    """A step-up is met by its own condition; a draft, a handover and a refusal never are."""
    match then:
        case "confirm":
            return snapshot.confirmed or snapshot.asked_by != "caller"
        case "approve":
            return is_approved(snapshot)
        case _:
            return False
