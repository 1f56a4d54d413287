"""The way to an action: validate, decide, confirm, once only, do, record."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from loguru import logger

from domain.actions import Action, Binding
from domain.clock import Clock
from domain.company import Company
from domain.confirmation import Question, Said, meaning
from domain.gate_events import ActionDecided, ActionDone, ActionProposed, ConfirmationHeard, ReadBack
from domain.language import language_for
from domain.policy import Decision
from domain.ports.journal import Journal
from domain.ports.systems import MaybeDone, NotDone
from tools.case import Case, Proposal
from tools.catalogue import tool_schemas
from tools.gate.afterwards import Afterwards
from tools.gate.agreed import Agreed
from tools.gate.asked import Asked, Deciding, Note
from tools.gate.doing import Doing
from tools.policy.arguments import Refused, as_noted, canonical, check
from tools.policy.decide import is_not_found
from tools.records import Unreadable
from tools.words import Outcome, Words


class Gate:
    """One company's gate, shared by all its calls. What it remembers of a call is the call's `Case`."""

    def __init__(
        self,
        company: Company,
        *,
        deciding: Deciding,
        agreed: Agreed,
        doing: Doing,
        afterwards: Afterwards,
        words: Words,
        clock: Clock,
        available: Callable[[Binding], bool] = lambda _binding: True,
        new_id: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self.afterwards = afterwards
        """For durable jobs: deeds that no call waits for any more."""
        self._company = company
        self._deciding = deciding
        self._agreed = agreed
        self._doing = doing
        self._words = words
        self._clock = clock
        self._available = available
        self._new_id = new_id
        self._running: set[asyncio.Task[Outcome]] = set()

    def tools(self, case: Case) -> list[dict[str, Any]]:
        """What the model may ask for at this moment."""
        return tool_schemas(self._company, case, self._available)

    # -- the model proposes --------------------------------------------------------------------

    async def act(self, case: Case, name: str, given: object, journal: Journal) -> Outcome:
        """Never raises for the world's sake: what went wrong is an outcome with words.

        `given` is whatever JSON the model wrote: a list, or a bare word, where an object belongs.
        """
        note: Note = partial(journal.write, case.call_id)
        action_id = self._new_id()
        given = dict(given) if isinstance(given, Mapping) else {"": given}
        action = self._company.action(name)
        noted = as_noted(self._company, action, given)
        note(ActionProposed(action_id=action_id, action=name, arguments=noted))
        if action is None or not action.offered:
            note(ActionDecided(action_id=action_id, outcome="deny", rules=("action.unknown",)))
            return self._words.outcome(case, None, "denied")
        checked = check(action, given)
        if isinstance(checked, Refused):
            note(ActionDecided(action_id=action_id, outcome="deny", rules=(checked.rule,)))
            return self._words.outcome(case, action, "invalid")
        for opened in case.goals.proposed(name):
            note(opened)
        asking = self._deciding.ask(case, note, action_id, action, checked)
        return await self._whatever_happens(self._consider(case, note, action, asking))

    async def _consider(
        self, case: Case, note: Note, action: Action, asking: Coroutine[Any, Any, Asked]
    ) -> Outcome:
        try:
            asked = await asking
        except Unreadable:
            return self._words.outcome(case, action, "failed")
        outcome = await self._decided(asked, await self._deciding.decide(asked))
        for resolved in case.goals.done(asked.action.name, outcome.name):
            note(resolved)
        return outcome

    async def _decided(self, asked: Asked, decision: Decision) -> Outcome:
        """The strictest verdict, carried out; what stands already is said instead, to whom it belongs."""
        mine = asked.action.writes and decision.verdict not in {"deny", "step_up"}
        if mine and (standing := await self._agreed.standing(asked)) is not None:
            return standing
        match decision.verdict:
            case "allow" if asked.action.tier == "lookup" or asked.action.binding.kind == "builtin":
                return await self._run(asked)
            case "allow" | "approve" | "draft":
                return await self._agreed.go(asked, decision)
            case "confirm":
                return self._read_back(asked)
            case "step_up":
                wanted = {"needed": self._deciding.wanted_identity(asked).name.lower()}
                return self._words.outcome(asked.case, asked.action, "identify", wanted, say=decision.say)
            case "hand_over":
                return self._words.outcome(asked.case, asked.action, "hand_over", say=decision.say)
            case "deny":
                name = "not_found" if is_not_found(decision) else "denied"
                return self._words.outcome(asked.case, asked.action, name, say=decision.say)

    async def _run(self, asked: Asked) -> Outcome:
        """What changes no system of record needs no place in the ledger."""
        began = self._clock.monotonic()
        deed = self._deciding.deed(asked)
        name, facts = "failed", dict[str, Any]()
        try:
            result = await self._doing.run(
                asked.action, deed, deed.arguments, asked.scope, deed.id, asked.case
            )
            name, facts = result.outcome, result.facts
            for event in result.events:
                asked.note(event)
        except (NotDone, MaybeDone) as error:  # told as `failed`
            why = type(error.__cause__ or error).__name__
            logger.bind(action=asked.action.name, error=why).warning("A look-up or a built-in failed")
        finally:
            took_ms = round((self._clock.monotonic() - began) * 1000)
            asked.note(
                ActionDone(action_id=asked.action_id, outcome=name, took_ms=took_ms, facts=dict(facts))
            )
        return self._words.outcome(asked.case, asked.action, name, facts)

    # -- the caller agrees ---------------------------------------------------------------------

    def _read_back(self, asked: Asked) -> Outcome:
        """Whatever question was open is off the table: the caller answers the one that they hear."""
        try:
            sentence, key_end = self._words.read_back(asked.action, asked.facts, asked.case.language)
        except LookupError:
            return self._words.outcome(asked.case, asked.action, "failed")
        proposal = Proposal(
            action_id=asked.action_id,
            action=asked.action,
            arguments=asked.arguments,
            question=Question(sentence=sentence, key_end=key_end, read_at=self._clock.monotonic()),
            approved=asked.approved,
            approver=asked.approver,
        )
        return self._put(asked.case, asked.note, proposal)

    def _put(self, case: Case, note: Note, proposal: Proposal) -> Outcome:
        case.proposal = proposal
        sentence = proposal.question.sentence
        note(ReadBack(action_id=proposal.action_id, sentence=sentence))
        return self._of(case, proposal, "confirm", say=sentence)

    async def hear(self, case: Case, said: Said, journal: Journal) -> Outcome | None:
        """The caller's next utterance after a read-back; None where no question was open."""
        proposal, case.proposal = case.proposal, None
        if proposal is None:
            return None
        note: Note = partial(journal.write, case.call_id)
        now = self._clock.monotonic()
        answer = meaning(proposal.question, said, now, language_for(case.language).yes_or_no)
        note(ConfirmationHeard(action_id=proposal.action_id, answer=answer, by=said.by))
        match answer:
            case "yes":
                return await self._whatever_happens(self._confirmed(case, note, proposal))
            case "no":
                return self._of(case, proposal, "declined")
            case "other_topic":
                return self._of(case, proposal, "lapsed")
            case "unclear" | "too_early" | "too_late":
                again = proposal.read_again(now)
                return self._of(case, proposal, "lapsed") if again is None else self._put(case, note, again)

    async def _confirmed(self, case: Case, note: Note, proposal: Proposal) -> Outcome:
        """Decided anew over the records as they are now: a yes does not outlive what it was said to."""
        try:
            asked = await self._deciding.agreed_to(case, note, proposal)
            sentence, _ = self._words.read_back(asked.action, asked.facts, case.language)
        except (Unreadable, LookupError):
            return self._of(case, proposal, "failed")
        if sentence != proposal.question.sentence:
            return self._read_back(asked)
        decision = await self._deciding.decide(asked)
        outcome = await self._decided(asked, decision)
        if outcome.name == "waiting":
            case.waiting[proposal.action_id] = proposal
        for resolved in case.goals.done(proposal.action.name, outcome.name):
            note(resolved)
        return outcome

    def _of(self, case: Case, proposal: Proposal, name: str, *, say: str = "") -> Outcome:
        arguments = canonical(proposal.arguments)
        return self._words.outcome(case, proposal.action, name, say=say, arguments=arguments)

    # -- a supervisor decides ------------------------------------------------------------------

    async def supervised(self, case: Case, deed_id: str, journal: Journal) -> Outcome:
        """What came of a deed that is `waiting`, as soon as it is known, or `approval_later`."""
        proposal = case.waiting.get(deed_id)
        note: Note = partial(journal.write, case.call_id)
        if proposal is None:
            return await self._agreed.decided_elsewhere(case, note, deed_id, finish=self._whatever_happens)
        try:
            after = await self._agreed.supervised(case, note, proposal, finish=self._whatever_happens)
        except Unreadable:
            return self._of(case, proposal, "failed")
        outcome = self._read_back(after) if isinstance(after, Asked) else after
        if outcome.name != "approval_later":
            case.waiting.pop(deed_id, None)
        for resolved in case.goals.done(proposal.action.name, outcome.name):
            note(resolved)
        return outcome

    # -- letting go ----------------------------------------------------------------------------

    async def settle(self) -> None:
        """Return when nothing is being done any more."""
        if self._running:
            await asyncio.wait(self._running)

    async def _whatever_happens(self, work: Coroutine[Any, Any, Outcome]) -> Outcome:
        """What has begun is finished, even where the caller speaks over it or the call ends."""
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)
