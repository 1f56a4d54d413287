"""A benchmark's tools and policy as a company, from code: the very gate of the product, and no telephone.

tenant = Tenant(tools=[Tool(schema=..., run=..., writes=True)], policy=[Rule(...)], clock=...)
told = await tenant.caller_says(text)      # the simulated user's words: only they can confirm
told = await tenant.act(name, arguments)   # what the model asks for
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from domain.actions import Identity
from domain.clock import Clock
from domain.company import Company, Goal, OpeningHours
from domain.confirmation import Said
from domain.gate_events import IdentityChecked
from domain.policy import Policy, Rule
from evals.memory_ledger import MemoryApprovals, MemoryLedger
from evals.memory_ports import (
    MemoryCallbacks,
    MemoryDurable,
    MemoryIdentity,
    MemoryJournal,
    MemoryKnowledge,
    MemoryMessages,
)
from evals.mounted import ANSWER, ASKED, Executors, Tool
from tools import written
from tools.case import Case
from tools.catalogue import tool_schemas
from tools.gate import Outcome, open_gate
from tools.gate.opening import World
from tools.policy.arguments import money_in
from tools.policy.scope import at

__all__ = ["Tenant", "Told", "Tool"]
EVERYTHING = "everything"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What came of it, for the model that asked or for whoever speaks for it."""

    outcome: str
    """As `tools.words.Outcome.name`; after `confirm`, `say` is what the user must read."""
    say: str
    answer: Any = None
    """The tool's own, where it was done."""
    error: str = ""
    """The tool's own, where it refused."""
    action: str = ""
    deed_id: str = ""
    """While a supervisor is asked."""

    def content(self) -> str:
        """The content of a tool message."""
        if self.outcome in {"found", "done"}:
            return self.answer if isinstance(self.answer, str) else json.dumps(self.answer)
        told = {"outcome": self.outcome, "say": self.say, "error": self.error}
        return json.dumps({name: value for name, value in told.items() if value})


class Tenant:
    """One company with one conversation. `ledger`, `journal` and `approvals` are there to be looked at."""

    def __init__(
        self,
        *,
        tools: Sequence[Tool],
        clock: Clock,
        policy: Policy | Iterable[Rule] = (),
        name: str = "tenant",
        language: str = "en-US",
        zone: str = "UTC",
        new_id: Callable[[], str] | None = None,
    ) -> None:
        """Raises `RuleRefused` where the policy's CEL does not compile."""
        numbers = count(1)
        self.ledger = MemoryLedger()
        self.approvals = MemoryApprovals(clock)
        self.journal = MemoryJournal()
        self.jobs = MemoryDurable()
        self._tools = {tool.name: tool for tool in tools}
        self._executors = Executors(self._tools)
        self.company = _company(name, zone, tools, policy)
        self._case = Case(self.company, call_id=f"{name}-1", caller="", line="text", language=language)
        self._case.goals.begin(EVERYTHING)
        world = World(
            systems=self._executors,
            ledger=self.ledger,
            approvals=self.approvals,
            durable=self.jobs,
            messages=MemoryMessages(),
            identity=MemoryIdentity(),
            knowledge=MemoryKnowledge(),
            callbacks=MemoryCallbacks(),
        )
        ids = new_id or (lambda: f"{name}-deed-{next(numbers)}")
        self._gate = open_gate(self.company, world, clock=clock, wording=_worded, new_id=ids)

    def tools(self) -> list[dict[str, Any]]:
        """The tools' own schemas, of those that the conversation allows at this moment."""
        allowed = [tool["function"]["name"] for tool in tool_schemas(self.company, self._case)]
        return [dict(self._tools[name].schema) for name in allowed]

    async def act(self, name: str, arguments: Mapping[str, Any]) -> Told:
        """What the model asks for; a change is at most read back by it."""
        tool = self._tools.get(name)
        given = tool.for_gate(arguments) if tool else arguments
        self._executors.refused = ""
        told = self._told(await self._gate.act(self._case, name, given, self.journal))
        return self._identified(tool, told) if tool and tool.identifies else told

    async def caller_says(self, text: str) -> Told | None:
        """None where no question was open: then it is the model's turn.

        The user reads what is written, and so has heard the whole of it.
        """
        proposal = self._case.proposal
        heard = proposal.question.sentence if proposal else ""
        self._executors.refused = ""
        said = Said(text=text, by="voice", heard=heard)
        outcome = await self._gate.hear(self._case, said, self.journal)
        return None if outcome is None else self._told(outcome)

    async def supervised(self, deed_id: str) -> Told:
        """After somebody has decided on `approvals`; a deed that is `waiting` names itself."""
        return self._told(await self._gate.supervised(self._case, deed_id, self.journal))

    def _told(self, outcome: Outcome) -> Told:
        return Told(
            outcome=outcome.name,
            say=outcome.say,
            answer=outcome.facts.get(ANSWER),
            error=self._executors.refused if outcome.name == "failed" else "",
            action=outcome.action,
            deed_id=outcome.deed_id,
        )

    def _identified(self, tool: Tool, told: Told) -> Told:
        """The first user whom a look-up proves is the user of the conversation."""
        customer = at({ANSWER: told.answer}, tool.identifies or "")
        if told.outcome != "found" or not customer:
            return told
        standing = self._case.standing
        if standing.customer_id and standing.customer_id != str(customer):
            return replace(told, outcome="denied", answer=None, say="That is another customer.")
        self._case.standing = standing.proven(
            Identity.VERIFIED, str(customer), told.answer if isinstance(told.answer, Mapping) else {}
        )
        level = int(Identity.VERIFIED)
        event = IdentityChecked(method="facts", passed=True, level=level, customer=str(customer))
        self.journal.write(self._case.call_id, event)
        return told


def _company(name: str, zone: str, tools: Sequence[Tool], policy: Policy | Iterable[Rule]) -> Company:
    """One goal, open from the start, is all that a conversation may be about."""
    everything = Goal(
        id=EVERYTHING,
        title="Everything",
        phrases=(),
        actions=tuple(tool.name for tool in tools),
        instructions="",
        resolved_when="never",
    )
    return Company(
        id=name,
        name=name,
        hours=OpeningHours(zone=ZoneInfo(zone), weekly={}),
        lines=(),
        goals=(everything,),
        actions=tuple(tool.action for tool in tools),
        persona="",
        documents=(),
        policy=policy if isinstance(policy, Policy) else Policy(rules=tuple(policy)),
    )


def _worded(sentence: str, facts: Mapping[str, Any], language: str, today: date) -> str:
    """As it is read on a screen."""
    asked = facts.get("args")
    known = {**facts, ASKED: _listed(asked, language, today)} if isinstance(asked, Mapping) else facts
    return written.fill(sentence, known, language, today)


def _listed(arguments: Mapping[str, Any], language: str, today: date) -> str:
    def shown(value: Any) -> str:
        if money_in(value) is not None:
            return written.fill("{it|money}", {"it": value}, language, today)
        if isinstance(value, Mapping):
            return _listed(value, language, today)
        if isinstance(value, list):
            return ", ".join(map(shown, value))
        if isinstance(value, str) and value[:1] in {"[", "{", '"'}:
            try:
                return shown(json.loads(value))
            except ValueError:
                return value
        return str(value)

    told = [f"{name.replace('_', ' ')} {shown(value) or 'none'}" for name, value in arguments.items()]
    return "; ".join(told)
