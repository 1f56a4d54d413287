"""A whole call on the production gate, evidence, masking and pipeline; the world behind them is small."""

import asyncio
import json
from datetime import date
from pathlib import Path

from app.callers_gate import GateOfCall
from app.callers_truth import TruthOfCall
from domain.events import CallerSaid, SentenceHeldBack
from domain.gate_events import (
    ActionDecided,
    ActionDone,
    ActionProposed,
    ApprovalAsked,
    ApprovalDecided,
    ConfirmationHeard,
    ReadBack,
)
from domain.masking import Known, Masker, masking_words_for
from domain.ports.ledger import Approval
from evals.memory_ledger import MemoryApprovals
from pipelines.call_sheet import CallersGate, Truth
from tests.pipelines.asked import SENTENCES
from tests.support.scripted_call import LINE, ScriptedCall
from tests.support.virtual_time import run
from tests.tools.shop import SHOP, Office, euros
from tests.tools.world import World
from tools.gate import Gate

SENTENCE = "I will refund twenty euros for order four seven one two. Shall I do that?"
DONE = "I have refunded twenty euros."
WANTED = "I want twenty euros back for order four seven one two."


class PatientApprovals(MemoryApprovals):
    """Whoever waits does so until somebody has decided, or has waited long enough."""

    async def decided(self, approval_id: str, *, within_s: float) -> Approval:
        for _ in range(round(within_s * 10)):
            if self.asked[approval_id].state != "waiting":
                break
            await asyncio.sleep(0.1)
        return self.asked[approval_id]


class ShopCall(ScriptedCall):
    """A caller of the shop: recognised by their number, asking for a refund at 7.0."""

    def __init__(self, folder: Path, amount: str = "20.00") -> None:
        super().__init__(folder)
        self.office = Office()
        self.world = World(answers=self.office.answers())
        self.world.approvals = PatientApprovals(self.world.clock)
        self.company = SHOP
        self.masker = Masker(masking_words_for("en-US"), Known.of(shapes=(r"\d{4}",)))
        self.real = self._open
        self.gates: list[Gate] = []
        self.caller_says(at=7.0, until=9.5, text=WANTED)
        self.agent_plans(calls=("refund", {"order_id": "4712", "amount": amount}))

    def _open(self) -> tuple[CallersGate, Truth]:
        gate = self.world.gate(SHOP)
        self.gates.append(gate)
        truth = TruthOfCall(SHOP, LINE, call_id="call-1", today=date(2026, 11, 21))
        return GateOfCall(gate, self.world.case(SHOP), truth, self.journal), truth

    def decides(self, at: float, **decision: object) -> None:
        """A supervisor, who sees whatever waits by then."""

        async def decide() -> None:
            await asyncio.sleep(at)
            [waiting] = await self.world.approvals.waiting()
            await self.world.approvals.decide(waiting.id, by="maria", **decision)  # type: ignore[arg-type]  # a story's

        self.deciding = asyncio.ensure_future(decide())


def test_a_refund_from_the_wish_to_the_last_sentence(tmp_path: Path) -> None:
    async def story() -> None:
        call = ShopCall(tmp_path)
        call.caller_says(at=15.5, until=16.0, text="Yes please.")
        call.agent_plans(says="I have refunded twenty euros. I have refunded fifty euros.")
        call.agent_plans(says="Is there anything else?")
        call.caller_hangs_up(at=24.0)
        await call.play()

        assert call.office.refunded == 2000
        assert call.heard[-3:] == [SENTENCE, DONE, "Is there anything else?"]
        assert call.noted(SentenceHeldBack) == [
            SentenceHeldBack(turn=2, kinds=call.noted(SentenceHeldBack)[0].kinds, instead="asked_again")
        ]
        told = (ActionProposed, ActionDecided, ReadBack, CallerSaid, ConfirmationHeard, ActionDone)
        assert [type(event) for event in call.journal.events if isinstance(event, told)] == [
            CallerSaid,
            ActionProposed,
            ActionDecided,
            ReadBack,
            CallerSaid,
            ConfirmationHeard,
            ActionDecided,
            ActionDone,
        ]

    run(story())


def test_a_claim_before_the_yes_is_not_spoken(tmp_path: Path) -> None:
    async def story() -> None:
        call = ShopCall(tmp_path)
        call.model.plans[0].says = DONE
        call.caller_says(at=17.0, until=17.4, text="No.")
        call.agent_plans(says="All right.")
        call.caller_hangs_up(at=22.0)
        await call.play()
        assert call.office.refunded == 0
        assert DONE not in call.heard
        assert call.heard[-2:] == [SENTENCE, "All right."]
        assert call.noted(SentenceHeldBack)

    run(story())


def test_yes_before_the_amount_is_read_again(tmp_path: Path) -> None:
    async def story() -> None:
        call = ShopCall(tmp_path)
        call.caller_says(at=11.0, until=14.9, text="yes")
        call.caller_says(at=21.5, until=22.0, text="Oh yes please do.")
        call.agent_plans(says="Thank you.")
        call.caller_hangs_up(at=28.0)
        await call.play()
        assert [heard.answer for heard in call.noted(ConfirmationHeard)] == ["too_early", "yes"]
        assert len(call.noted(ReadBack)) == 2
        assert call.office.refunded == 2000

    run(story())


def test_a_slow_system_is_spoken_over_and_hung_up_on(tmp_path: Path) -> None:
    async def story() -> None:
        call = ShopCall(tmp_path)

        async def slow() -> None:
            operation, _ = call.world.calls[-1]
            await asyncio.sleep(4.0 if operation == "createRefund" else 0.0)

        call.world.before_answer = slow
        call.caller_says(at=15.5, until=16.0, text="Yes please.")
        call.caller_says(at=17.0, until=18.0, text="Is it done now?")
        call.agent_plans(says="One moment.")
        call.caller_hangs_up(at=19.5)
        await call.play()
        assert call.office.refunded == 0
        await call.call.close()
        assert call.office.refunded == 2000
        assert [done.outcome for done in call.noted(ActionDone)] == ["done"]
        assert len([name for name, _ in call.world.calls if name == "createRefund"]) == 1

    run(story())


def test_a_ledger_that_is_away_leaves_nobody_waiting(tmp_path: Path) -> None:
    async def story() -> None:
        call = ShopCall(tmp_path)

        async def away(*_: object, **__: object) -> None:
            raise ConnectionError("the database is away")

        call.world.ledger.reserve = away  # type: ignore[method-assign,assignment]  # one failure, in one place
        call.caller_says(at=15.5, until=16.0, text="Yes please.")
        call.agent_plans(says="I do not know yet whether it went through.")
        call.caller_hangs_up(at=22.0)
        await call.play()
        assert call.office.refunded == 0
        assert json.loads(call.told()[-1][1])["outcome"] == "unknown"
        assert call.heard[-1] == "I do not know yet whether it went through."

    run(story())


def test_a_supervisor_allows_less(tmp_path: Path) -> None:
    async def story() -> None:
        call = ShopCall(tmp_path, amount="80.00")
        less = "I will refund fifty euros for order four seven one two. Shall I do that?"
        call.caller_says(at=15.5, until=16.0, text="Yes please.")
        call.agent_plans(says="I am asking a colleague.")
        call.decides(21.0, state="approved", amount=euros("50.00"))
        call.caller_says(at=27.5, until=28.0, text="Yes.")
        call.agent_plans(says="I have refunded fifty euros.")
        call.caller_hangs_up(at=34.0)
        await call.play()
        assert call.heard[-2:] == [less, "I have refunded fifty euros."]
        assert call.office.refunded == 5000
        assert len(call.noted(ApprovalAsked)) == len(call.noted(ApprovalDecided)) == 1

    run(story())


def test_a_supervisor_agrees_while_the_caller_waits(tmp_path: Path) -> None:
    async def story() -> None:
        call = ShopCall(tmp_path, amount="80.00")
        call.caller_says(at=15.5, until=16.0, text="Yes please.")
        call.agent_plans(says="I am asking a colleague.")
        call.decides(28.0, state="approved")
        call.caller_hangs_up(at=34.0)
        await call.play()
        assert SENTENCES.supervisor_asked[1] in call.heard
        assert call.heard[-1] == "I have refunded eighty euros."
        assert call.office.refunded == 8000

    run(story())


def test_a_card_number_reaches_neither_gate_nor_model(tmp_path: Path) -> None:
    async def story() -> None:
        call = ShopCall(tmp_path)
        card = "my card number is four one one one one one one one one one one one one one one one"
        call.caller_says(at=15.5, until=21.0, text=f"Put it on {card}")
        call.agent_plans(says="I cannot take card numbers.")
        call.caller_hangs_up(at=27.0)
        await call.play()
        everything = f"{call.journal.events} {call.model.asked} {call.world.calls}"
        assert "one one one" not in everything and "1111" not in everything
        assert "[card number]" in call.noted(CallerSaid)[-1].text
        assert call.office.refunded == 0

    run(story())
