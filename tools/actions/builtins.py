"""What the product itself does for a caller: search the documents, tell the hours, take messages."""

from collections.abc import Mapping
from datetime import date, timedelta

from domain.company import OpeningHours
from domain.events import MessageTaken, PassageCited
from domain.ports.callbacks import CallbackRequest, Callbacks
from domain.ports.knowledge import Knowledge
from tools.actions.errand import Errand, Result, Runner
from tools.permit import Permit
from tools.policy.scope import at

_LOOK_AHEAD_DAYS = 14


class SearchDocuments:
    """Finds passages of the documents in force today, and cites them."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    async def __call__(self, permit: Permit, errand: Errand) -> Result:
        errand.redeem(permit)
        question = str(errand.arguments["question"])
        passages = await self._knowledge.search(errand.company.id, question, on=errand.today)
        if not passages:
            return Result(outcome="not_found")
        return Result(
            outcome="found",
            facts={"passages": [{"title": p.title, "section": p.section, "text": p.text} for p in passages]},
            events=tuple(
                PassageCited(document=p.document, version=p.version, section=p.section) for p in passages
            ),
        )


class TellHours:
    """When people are there, on a day."""

    async def __call__(self, permit: Permit, errand: Errand) -> Result:
        errand.redeem(permit)
        hours, today = errand.company.hours, errand.today
        asked = date.fromisoformat(errand.arguments["day"]) if "day" in errand.arguments else today
        facts = {"day": asked.isoformat(), "open_now": hours.is_open(errand.now)}
        if spans := _spans(hours, asked):
            return Result(outcome="open", facts={**facts, "hours": spans})
        following = (asked + timedelta(days=ahead) for ahead in range(1, _LOOK_AHEAD_DAYS))
        next_day = next((day for day in following if _spans(hours, day)), None)
        if next_day is not None:
            facts |= {"next_day": next_day.isoformat(), "next_hours": _spans(hours, next_day)}
        return Result(outcome="closed", facts=facts)


def _spans(hours: OpeningHours, on: date) -> str:
    if on in hours.closed_on:
        return ""
    return ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in hours.weekly.get(on.weekday(), ()))


class TakeMessage:
    """Notes who wants to be rung and why."""

    def __init__(self, callbacks: Callbacks) -> None:
        self._callbacks = callbacks

    async def __call__(self, permit: Permit, errand: Errand) -> Result:
        errand.redeem(permit)
        number = str(errand.arguments.get("number") or at(errand.scope, "caller.number") or "")
        if not number:
            return Result(outcome="no_number")
        name, about = str(errand.arguments.get("name", "")), str(errand.arguments["about"])
        message_id = await self._callbacks.take(
            CallbackRequest(
                call_id=errand.call_id, company=errand.company.id, number=number, name=name, about=about
            )
        )
        taken = MessageTaken(message_id=message_id, number=number, name=name, about=about)
        return Result(outcome="taken", facts={"number": number}, events=(taken,))


class EndCall:
    """Lets the runtime play the goodbye out and hang up; it knows by the outcome `ending`."""

    async def __call__(self, permit: Permit, errand: Errand) -> Result:
        errand.redeem(permit)
        return Result(outcome="ending")


class BeginGoal:
    """Notes what the caller wants: the actions of that goal are offered from then on."""

    async def __call__(self, permit: Permit, errand: Errand) -> Result:
        errand.redeem(permit)
        if errand.case is None:
            return Result(outcome="failed", done=False)
        opened = errand.case.goals.begin(str(errand.arguments["goal"]))
        goal = errand.case.goals.current
        if goal is None:
            return Result(outcome="failed", done=False)
        facts: dict[str, object] = {"goal": goal.id, "instructions": goal.instructions}
        if goal.identity > errand.case.standing.level:
            facts["needs_identity"] = goal.identity.name.lower()
        return Result(outcome="begun", facts=facts, events=tuple(opened))


class Builtins:
    """The runner of every action that is bound to a part of the product."""

    def __init__(self) -> None:
        self._by_name: Mapping[str, Runner] = {}

    def fill(self, by_name: Mapping[str, Runner]) -> None:
        """Once, when all of them are made: `undo_last` needs the deeds that need the runners."""
        self._by_name = by_name

    async def __call__(self, permit: Permit, errand: Errand) -> Result:
        return await self._by_name[errand.action.binding.name](permit, errand)
