"""What jobs do with a deed: over the shop's gate, in memory, dying wherever a story wants them to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.deeds import Deed
from domain.gate_events import ActionDone, ActionUndone, ApprovalDecided, OutcomeReconciled
from domain.messaging import MessageTemplate
from domain.money import Money
from domain.policy import Authority
from domain.ports.journal import Journal
from domain.ports.ledger import Approval
from evals.memory_ledger import MemoryApprovals
from jobs.floor import Floor, Pace
from jobs.work import Job, approval, compensation, reconciliation
from tests.jobs.runs import Died, RememberedRun
from tests.tools.shop import SHOP, Office, euros
from tests.tools.world import NOW, World
from tools.gate.agreed import approval_of

COMPANY = replace(
    SHOP,
    messages=(
        *SHOP.messages,
        MessageTemplate(name="approval_done", channel="sms", text="We have refunded {amount|money}."),
        MessageTemplate(name="approval_denied", channel="sms", text="We cannot refund that."),
    ),
    policy=replace(SHOP.policy, authorities=(Authority(role="agent", up_to={"refund": euros("25.00")}),)),
)
SCOPE = {
    "caller": {"number": "+14155550111"},
    "customer": {"name": "Ada Lovelace", "phone": "+14155550111"},
    "call": {"id": "call-1", "line": "main", "language": "en-US"},
}


class Supervisors(MemoryApprovals):
    """Who waits for them waits in no time; an approval shows its deed as that is now."""

    def __init__(self, world: World) -> None:
        super().__init__(world.clock)
        self._world = world

    async def load(self, approval_id: str) -> Approval | None:
        found = await super().load(approval_id)
        return found and replace(found, deed=self._world.ledger.deeds[found.deed.id])

    async def decided(self, approval_id: str, *, within_s: float) -> Approval:
        self._world.clock.passed += within_s
        return self.asked[approval_id]


class Story:
    """One deed, and the floor that its job stands on."""

    def __init__(self, *, pace: Pace | None = None) -> None:
        self.world, self.office = World(), Office()
        self.world.answers = self.office.answers()
        self.world.approvals = Supervisors(self.world)
        gate = self.world.gate(COMPANY)
        self.floor = Floor(
            gates={"shop": gate.afterwards},
            ledger=self.world.ledger,
            approvals=self.world.approvals,
            callbacks=self.world,
            open_journal=self._journal,
            written=self._written,
            clock=self.world.clock,
            pace=pace or Pace(intervals_s=(10.0, 30.0, 60.0, 300.0)),
        )

    async def _journal(self, call_id: str) -> Journal:
        assert call_id == "call-1"
        return self.world

    async def _written(self, call_id: str) -> Sequence[object]:
        assert call_id == "call-1"
        return self.world.events

    def deed(self, **changes: object) -> Deed:
        plain = Deed(
            id="d-1",
            company="shop",
            call_id="call-1",
            customer="C-1",
            action="refund",
            arguments={"order_id": "4712", "amount": {"minor": 8000, "currency": "EUR"}},
            scope=SCOPE,
            subject="4712",
            amount=euros("80.00"),
            day="2026-11-21",
            state="waiting",
            created_at=NOW,
            moved_at=NOW,
        )
        deed = replace(plain, **changes)  # type: ignore[arg-type]  # a test names what it changes
        self.world.ledger.deeds[deed.id] = deed
        return deed

    async def asked(self) -> Deed:
        deed = self.deed()
        await self.world.approvals.ask(
            Approval(
                id=approval_of(deed.id),
                deed=deed,
                rules=("authority.agent",),
                reason="above 25.00 EUR",
                read_back="I will refund eighty euros.",
                state="waiting",
                asked_at=NOW,
                expires_at=NOW + timedelta(hours=24),
            )
        )
        return deed

    async def decide(self, state: str, amount: Money | None = None) -> None:
        await self.world.approvals.decide("d-1.approval", state=state, by="Grace", amount=amount)  # type: ignore[arg-type]

    async def run(self, job: Job, *, dies_after: int | None = None) -> RememberedRun:
        """To its end, over one death where there is one."""
        run = RememberedRun(self.world.clock, dies_after=dies_after)
        try:
            self.answer = await job(run, self.floor, "d-1")
        except Died:
            run = run.resumed()
            self.answer = await job(run, self.floor, "d-1")
        return run

    @property
    def now(self) -> Deed:
        return self.world.ledger.deeds["d-1"]


async def test_what_is_approved_is_done_once_the_call_had_its_chance() -> None:
    story = Story()
    await story.asked()
    await story.decide("approved")
    run = await story.run(approval)
    assert story.office.refunded == 8000
    assert (story.now.state, story.now.approver, run.paused) == ("done", "Grace", [30.0])
    assert [type(it) for it in story.world.events] == [ApprovalDecided, ActionDone]
    assert ["80.00" in it.text for it in story.world.sent.values()] == [True]
    assert story.world.messages == []


@pytest.mark.parametrize("dies_after", range(1, 7))
async def test_dying_behind_any_step_neither_repeats_nor_loses_it(dies_after: int) -> None:
    story = Story()
    await story.asked()
    await story.decide("approved")
    await story.run(approval, dies_after=dies_after)
    assert story.office.refunded == 8000
    assert story.now.state == "done"
    assert len(story.world.sent) == 1
    assert {type(it) for it in story.world.events} == {ApprovalDecided, ActionDone}


async def test_a_call_that_still_lives_is_not_forestalled() -> None:
    story = Story()
    await story.asked()
    await story.decide("approved")
    story.deed(state="done", version=4)
    await story.run(approval)
    assert story.answer == "done by the call"
    assert (story.office.refunded, story.world.events, story.world.sent) == (0, [], {})


async def test_less_than_was_agreed_needs_the_caller() -> None:
    story = Story()
    await story.asked()
    await story.decide("approved", amount=euros("50.00"))
    await story.run(approval)
    assert (story.office.refunded, story.now.state) == (0, "refused")
    assert [it.number for it in story.world.messages] == ["+14155550111"]
    assert "allowed less" in story.world.messages[0].about


async def test_a_denial_is_told_to_the_customer() -> None:
    story = Story()
    await story.asked()
    await story.decide("denied")
    await story.run(approval)
    assert (story.office.refunded, story.now.state) == (0, "refused")
    assert [it.template for it in story.world.sent.values()] == ["approval_denied"]


async def test_a_person_rings_whom_no_message_reaches() -> None:
    story = Story()
    await story.asked()
    story.deed(scope={**SCOPE, "caller": {"number": ""}, "customer": {"name": "Ada Lovelace"}})
    await story.decide("denied")
    await story.run(approval)
    assert story.world.sent == {}
    assert [(it.name, it.about) for it in story.world.messages] == [
        ("Ada Lovelace", "refund: denied, and the caller does not know (deed d-1)")
    ]


async def test_what_nobody_decides_expires() -> None:
    story = Story()
    await story.asked()
    await story.run(approval)
    assert story.world.clock.passed == pytest.approx(24 * 3600 + 30, abs=30)
    assert (story.now.state, story.office.refunded) == ("refused", 0)
    assert story.world.told(ApprovalDecided)[0].decision == "expired"


async def test_what_the_caller_withdrew_leaves_the_supervisors_list() -> None:
    story = Story()
    await story.asked()
    story.deed(state="refused", version=3)
    await story.run(approval)
    assert (story.answer, await story.world.approvals.waiting()) == ("withdrawn", [])


async def test_a_deed_that_waits_for_nobody_is_refused() -> None:
    story = Story()
    story.deed()
    await story.run(approval)
    assert story.now.state == "refused"


async def test_an_unknown_outcome_is_looked_up_until_it_is_certain() -> None:
    story = Story()
    story.deed(state="unknown", version=3)
    story.world.faults["listRefunds"] = ["not_done", "not_done"]
    story.office.answers()["createRefund"]({"order_id": "4712", "amount_minor": 8000}, "d-1")
    run = await story.run(reconciliation)
    assert (story.now.state, run.paused) == ("done", [10.0, 30.0, 60.0])
    assert [it.outcome for it in story.world.told(OutcomeReconciled)] == ["done"]
    assert [name for name, _ in story.world.calls] == ["listRefunds"] * 3


@pytest.mark.parametrize("dies_after", range(1, 5))
async def test_dying_while_it_is_looked_up_loses_nothing(dies_after: int) -> None:
    story = Story()
    story.deed(state="unknown", version=3)
    story.world.faults["listRefunds"] = ["not_done"]
    story.office.answers()["createRefund"]({"order_id": "4712", "amount_minor": 8000}, "d-1")
    await story.run(reconciliation, dies_after=dies_after)
    assert story.now.state == "done"
    assert [it.outcome for it in story.world.told(OutcomeReconciled)] == ["done"]


async def test_it_is_never_done_again_to_find_out() -> None:
    story = Story()
    story.deed(state="doing", version=2)
    await story.run(reconciliation)
    assert story.office.refunded == 0
    assert story.now.state == "failed"
    assert "the caller may not know" in story.world.messages[0].about


async def test_a_deed_that_somebody_is_doing_is_left_to_them() -> None:
    story = Story(pace=Pace(intervals_s=(10.0, 30.0)))
    story.deed(state="doing", version=2)
    await story.run(reconciliation)
    assert story.now.state == "doing"


async def test_what_nobody_can_find_out_is_handed_to_a_person_once() -> None:
    story = Story()
    story.deed(state="unknown", version=3)
    story.world.faults["listRefunds"] = ["not_done"] * 9
    run = await story.run(reconciliation, dies_after=6)
    assert story.now.state == "unknown"
    assert run.paused == [10.0, 30.0, 60.0, 300.0]
    assert {it.about for it in story.world.messages} == {
        "refund: nobody could find out whether it was done (deed d-1)"
    }


async def test_agreed_and_never_begun_is_refused_and_a_person_told() -> None:
    story = Story()
    story.deed(state="reserved", version=1)
    await story.run(reconciliation)
    assert (story.now.state, story.now.outcome, story.office.refunded) == ("refused", "not_begun", 0)
    assert "never begun" in story.world.messages[0].about


async def test_approved_and_never_begun_is_done() -> None:
    story = Story()
    story.deed(state="reserved", version=3, approver="Grace")
    await story.run(reconciliation)
    assert (story.now.state, story.office.refunded) == ("done", 8000)


def _cancellation(story: Story) -> None:
    """Half-way through `leave` the contract could not be ended, and billing could not be resumed."""
    story.deed(
        action="leave", subject="4712", amount=None, arguments={"order_id": "4712"},
        state="failed", outcome="partly_done", version=4,
    )  # fmt: skip
    story.deed(
        id="d-1.1", parent="d-1", action="stop_billing", subject="4712", amount=None,
        arguments={"order_id": "4712"}, state="done", version=3,
    )  # fmt: skip
    story.deed(
        id="d-1.2", parent="d-1", action="end_contract", subject="4712", amount=None,
        arguments={"order_id": "4712"}, state="reserved", version=1,
    )  # fmt: skip
    story.office.ended = {("billing", "4712")}


async def test_what_a_broken_deed_left_is_taken_back() -> None:
    story = Story()
    _cancellation(story)
    story.world.faults["resumeBilling"] = ["not_done"]
    run = await story.run(compensation)
    assert (story.answer, story.office.ended) == ("undone", set())
    assert run.paused == [10.0, 30.0]
    assert {it.state for it in story.world.ledger.deeds.values()} == {"failed", "undone", "refused"}
    assert [it.outcome for it in story.world.told(ActionUndone)] == ["undone"]


@pytest.mark.parametrize("dies_after", range(1, 4))
async def test_dying_while_it_is_taken_back_leaves_nothing_standing(dies_after: int) -> None:
    story = Story()
    _cancellation(story)
    story.world.faults["resumeBilling"] = ["not_done"]
    await story.run(compensation, dies_after=dies_after)
    assert (story.answer, story.office.ended) == ("undone", set())
    assert [it.outcome for it in story.world.told(ActionUndone)] == ["undone"]


async def test_what_cannot_be_taken_back_is_handed_to_a_person() -> None:
    story = Story()
    _cancellation(story)
    story.world.faults["resumeBilling"] = ["not_done"] * 9
    await story.run(compensation)
    assert story.office.ended == {("billing", "4712")}
    assert "could not be taken back" in story.world.messages[0].about


async def test_an_undo_without_an_answer_is_tried_again() -> None:
    story = Story()
    story.office.answers()["createRefund"]({"order_id": "4712", "amount_minor": 8000}, "d-1")
    story.deed(state="undoing", version=5, result={"refund_id": "R-1"})
    story.world.faults["cancelRefund"] = ["lost_before"]
    await story.run(compensation)
    assert (story.answer, story.now.state, story.office.refunded) == ("undone", "undone", 0)


async def test_what_the_call_wrote_itself_is_not_written_again_and_news_are() -> None:
    story = Story()
    story.deed(state="done", outcome="done", version=4)
    told = ActionDone(action_id="d-1", outcome="unknown", took_ms=900)
    story.world.events = [told, replace(told, action_id="d-2", outcome="done")]
    for _ in range(2):
        assert await story.floor.note_decision("d-1") == "written"
    mine = [it for it in story.world.told(ActionDone) if it.action_id == "d-1"]
    assert [it.outcome for it in mine] == ["unknown", "done"]
    story.world.events = [replace(told, outcome="done")]
    await story.floor.note_decision("d-1")
    assert story.world.events == [replace(told, outcome="done")]
