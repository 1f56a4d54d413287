"""Whatever model, caller and world do, ledger and systems agree at the end and no limit is passed."""

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any, Literal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.actions import Action, Binding, Limit, Reconcile
from domain.confirmation import Said
from domain.deeds import Deed
from domain.money import NotMoney
from tests.tools.shop import SHOP, Office, euros
from tests.tools.world import World
from tools.case import Case
from tools.gate import Gate
from tools.words import Outcome

AUTOMATIC, SUPERVISOR, CUSTOMER_DAY, COMPANY_DAY, PER_CALL = 2500, 10000, 9000, 12000, 2
"""Minor units, and refunds a call: the shop's bounds, written down once more."""
MINE, THEIRS = ("4712", "4714", "4715"), "4713"
PAID = {"4712": 9000, "4713": 5000, "4714": 30000, "4715": 4000}
CUSTOMERS = {"+14155550111": "C-1", "+14155550112": "C-3"}
OWNERS = {"4712": "C-1", "4713": "C-2", "4714": "C-1", "4715": "C-3"}

ORDERS = st.sampled_from([*MINE, *MINE, THEIRS, "9999", "47 12", "\uff14\uff17\uff11\uff12", "", None, 4712])
AMOUNTS = st.sampled_from(
    [
        *("20.00", "25.00", "25.01", "40.00", "80.00", "100.00", "100.01", 20, 24.99),
        *("0", "-5", "1e3", "20.00 USD", "NaN", "20,00", float("inf"), 10**20, True, None),
        *({"minor": 100, "currency": "EUR"}, ["20.00"]),
    ]
)
ELSEWHERE = "where is my parcel that I ordered from you last week"
GOOD_AMOUNTS = st.sampled_from(["20.00", "25.00", "80.00"])
Voice = Literal["voice", "keypad"]
FAULTS = st.sampled_from(["not_done", "lost_before", "lost_after"])
OPERATIONS = st.sampled_from(
    [
        "createRefund",
        "cancelRefund",
        "stopBilling",
        "resumeBilling",
        "endContract",
        "renewContract",
        "listRefunds",
    ]
)
RECEIPT = Reconcile(
    binding=Binding(kind="openapi", name="getReceipt", given={"key": "deed.id"}),
    done_when="answer.done",
)


def _bounded(action: Action) -> Action:
    """The shop's action; a refund has a limit more, and a step leaves a receipt."""
    if action.name == "refund":
        return replace(action, limits=(*action.limits, Limit(per="company_day", amount=euros("120.00"))))
    return replace(action, reconcile=RECEIPT) if action.binding.kind == "openapi" else action


COMPANY = replace(SHOP, actions=tuple(_bounded(it) for it in SHOP.actions))


class Crashed(BaseException):
    """The process is gone: nothing of it runs any further."""


class MortalWorld(World):
    """Dies at the n-th step outside of the process from now on, before it or right after it."""

    dies_in = 0
    after = False

    async def call(self, *given: Any, **named: Any) -> Any:
        return await self.mortal(World.call(self, *given, **named))

    async def mortal(self, work: Any) -> Any:
        self.dies_in -= 1
        if self.dies_in == 0 and not self.after:
            work.close()
            raise Crashed
        answer = await work
        if self.dies_in == 0:
            raise Crashed
        return answer


def mortal_ledger(world: MortalWorld) -> None:
    """The ledger and the supervisors' list count as steps too."""
    for store, names in ((world.ledger, ("reserve", "replace")), (world.approvals, ("ask",))):
        for name in names:
            work = getattr(store, name)
            setattr(store, name, lambda *given, work=work: world.mortal(work(*given)))


class TheGate(RuleBasedStateMachine):
    """Two calls at the shop's gate, its systems of record, and everything that can go wrong between them."""

    @initialize()
    def open_shop(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.office = Office()
        self.world = MortalWorld(answers=self.office.answers())
        self.world.answers["findCustomer"] = self._customer
        self.world.answers["getOrder"] = self._order
        self.world.answers["getReceipt"] = lambda given, _: (
            200,
            {"done": given["key"] in self.world.effects},
        )
        mortal_ledger(self.world)
        self.heard_yes: Counter[str] = Counter()
        """By sentence: how often it was heard to its key and then agreed to."""
        self.approved: dict[str, int] = {}
        """By deed: what a supervisor allowed."""
        self.calls = 0
        self.gate: Gate
        self.cases: list[Case] = []
        self.restart()

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            try:
                self.settle_everything()
                self.everything_is_certain()
            finally:
                self.loop.close()

    # -- the model -----------------------------------------------------------------------------

    @rule(call=st.integers(0, 1), order=ORDERS, amount=AMOUNTS, extra=st.booleans())
    def proposes_a_refund(self, call: int, order: Any, amount: Any, extra: bool) -> None:
        given = {"order_id": order, "amount": amount} | ({"confirmed": True} if extra else {})
        self.run(self.gate.act(self.cases[call], "refund", given, self.world))

    @rule(
        call=st.integers(0, 1),
        order=st.sampled_from(MINE),
        amount=st.sampled_from(["20.00", "25.00", "80.00"]),
    )
    def proposes_a_good_refund(self, call: int, order: str, amount: str) -> None:
        self.run(self.gate.act(self.cases[call], "refund", {"order_id": order, "amount": amount}, self.world))

    @rule(call=st.integers(0, 1), order=st.sampled_from(["4712", "4713", "4715"]))
    def proposes_the_end(self, call: int, order: str) -> None:
        self.run(self.gate.act(self.cases[call], "leave", {"order_id": order}, self.world))

    @rule(
        call=st.integers(0, 1),
        name=st.sampled_from(["cancel_refund", "Refund", "refund ", "tell_by_sms", "stop_billing", "", "rm"]),
    )
    def proposes_what_is_not_offered(self, call: int, name: str) -> None:
        given = {"refund_id": "R-1", "order_id": "4712", "amount": "5.00"}
        outcome = self.run(self.gate.act(self.cases[call], name, given, self.world))
        assert outcome is None or outcome.name == "denied"

    @rule(call=st.integers(0, 1))
    def undoes(self, call: int) -> None:
        self.run(self.gate.act(self.cases[call], "undo_last", {}, self.world))

    @rule(call=st.integers(0, 1), amount=st.sampled_from(["10.00", "20.00", "80.00"]))
    def says_it_twice_at_once(self, call: int, amount: str) -> None:
        given = {"order_id": "4712", "amount": amount}

        async def twice() -> None:
            case = self.cases[call]
            await asyncio.gather(*(self.gate.act(case, "refund", given, self.world) for _ in range(2)))

        self.run(twice())

    # -- the caller ----------------------------------------------------------------------------

    @rule(
        call=st.integers(0, 1),
        text=st.sampled_from(
            ["yes please", "yes", "no", "hm", "1", "2", "where is my parcel that I ordered last week"]
        ),
        by=st.sampled_from(["voice", "voice", "keypad"]),
        share=st.sampled_from([1.0, 1.0, 1.0, 0.0, 0.4]),
        cut_off=st.booleans(),
    )
    def answers(
        self, call: int, text: str, by: Literal["voice", "keypad"], share: float, cut_off: bool
    ) -> None:
        self.hears(self.cases[call], text, by, share, cut_off=cut_off)

    @rule(call=st.integers(0, 1))
    def agrees(self, call: int) -> None:
        self.hears(self.cases[call], "yes", "voice", 1.0)

    @rule()
    def both_agree_at_once(self) -> None:
        async def both() -> None:
            said = [(case, self.note_answer(case, "yes", "voice", 1.0)) for case in self.cases]
            await asyncio.gather(*(self.gate.hear(case, it, self.world) for case, it in said))

        self.run(both())

    @rule(call=st.integers(0, 1))
    def agrees_to_the_other_calls_sentence(self, call: int) -> None:
        mine, other = (it.proposal and it.proposal.question.sentence for it in self._mine_and_other(call))
        if mine and other and mine != other:
            said = Said(text="yes", by="voice", heard=other)
            self.run(self.gate.hear(self.cases[call], said, self.world))

    # -- the supervisor ------------------------------------------------------------------------

    @rule(
        decision=st.sampled_from(["approved", "approved", "denied"]),
        less=st.sampled_from([None, "30.00", "5.00", "999.00"]),
        told=st.booleans(),
    )
    def decides(self, decision: Literal["approved", "denied"], less: str | None, told: bool) -> None:
        for approval in [it for it in self.world.approvals.asked.values() if it.state == "waiting"]:
            amount = euros(less) if less and decision == "approved" else None
            if amount and approval.deed.amount and not amount <= approval.deed.amount:
                continue
            self.run(self.world.approvals.decide(approval.id, state=decision, by="maria", amount=amount))
            if decision == "approved" and approval.deed.amount:
                self.approved[approval.deed.id] = (amount or approval.deed.amount).minor
            if told:
                self.tell_calls()

    @rule()
    def tell_calls(self) -> None:
        for case in self.cases:
            for deed_id in [*case.waiting]:
                self.run(self.gate.supervised(case, deed_id, self.world))

    # -- misfortune ----------------------------------------------------------------------------

    @rule(operation=OPERATIONS, fault=FAULTS)
    def breaks(self, operation: str, fault: Any) -> None:
        self.world.faults.setdefault(operation, []).append(fault)

    @rule(steps=st.integers(1, 8), after=st.booleans())
    def will_crash(self, steps: int, after: bool) -> None:
        self.world.dies_in, self.world.after = steps, after

    @rule(seconds=st.sampled_from([1.0, 59.0, 121.0, 700.0]))
    def time_passes(self, seconds: float) -> None:
        self.world.clock.passed += seconds

    @rule()
    def restart(self) -> None:
        """What the process remembered is gone; the callers ring again at once."""
        self.world.dies_in = 0
        self.gate = self.world.gate(COMPANY)
        self.cases = []
        for number in CUSTOMERS:
            self.calls += 1
            self.cases.append(self.world.case(COMPANY, caller=number, call_id=f"call-{self.calls}"))

    @rule()
    def settle_everything(self) -> None:
        """What jobs do: everything that nobody is at is brought to an end, or to a person."""
        if self.world.dies_in > 0:
            self.restart()
        self.world.faults.clear()
        for _ in range(3):
            self.world.clock.passed += 100.0
            for deed in [*self.world.ledger.deeds.values()]:
                if deed.parent is None or deed.state not in {"done", "undone", "failed", "refused"}:
                    self.settle(deed.id)

    # -- what holds ----------------------------------------------------------------------------

    @invariant()
    def no_limit_is_passed(self) -> None:
        if not hasattr(self, "office"):
            return
        standing = [it for it in self.office.refunds.values() if not it["cancelled"]]
        by_customer = Counter[str]()
        calls = Counter[str]()
        for refund in standing:
            deed = self.world.ledger.deeds[refund["key"]]
            minor = int(refund["amount_minor"])
            assert OWNERS[refund["order_id"]] == deed.customer, "another customer's order"
            assert refund["currency"] == "EUR"
            assert minor <= PAID[refund["order_id"]]
            assert minor <= self.allowed(deed)
            by_customer[deed.customer] += minor
            calls[deed.call_id] += 1
        assert all(minor <= CUSTOMER_DAY for minor in by_customer.values())
        assert by_customer.total() <= COMPANY_DAY
        assert all(count <= PER_CALL for count in calls.values())
        assert max(Counter(it["order_id"] for it in standing).values(), default=0) <= 1, "refunded twice"

    @invariant()
    def nothing_is_done_without_a_yes(self) -> None:
        if not hasattr(self, "office"):
            return
        refunds = Counter(
            self.sentence(it["amount_minor"], it["order_id"]) for it in self.office.refunds.values()
        )
        assert not refunds - self.heard_yes
        ended = {order for _, order in self.office.ended}
        assert all(
            any(_digits(order) in it for it in self.heard_yes if "end everything" in it) for order in ended
        )

    def everything_is_certain(self) -> None:
        """After the jobs: every deed has ended, and the systems say the same of it."""
        deeds = self.world.ledger.deeds
        for deed in deeds.values():
            assert deed.state in {"done", "failed", "refused", "undone"}, deed
            if deed.action == "refund":
                refund = self.office.refunds.get(deed.id)
                stands = refund is not None and not refund["cancelled"]
                assert stands == (deed.state == "done"), deed
        for what, action in (("billing", "stop_billing"), ("contract", "end_contract")):
            mine = {
                (what, it.arguments["order_id"])
                for it in deeds.values()
                if it.action == action and it.state == "done"
            }
            assert {place for place in self.office.ended if place[0] == what} == mine

    # -- means ---------------------------------------------------------------------------------

    def run(self, work: Any) -> Any:
        """To its end, or to the end of the process."""

        async def guarded() -> Any:
            try:
                answer = await work
                await self.gate.settle()
            except NotMoney:
                return None
            return answer

        try:
            return self.loop.run_until_complete(guarded())
        except Crashed:
            self.loop.run_until_complete(_end_all_tasks())
            self.restart()
            return None

    def hears(self, case: Case, text: str, by: Any, share: float, *, cut_off: bool = False) -> Outcome | None:
        said = self.note_answer(case, text, by, share)

        async def hear() -> Any:
            hearing = asyncio.ensure_future(self.gate.hear(case, said, self.world))
            if cut_off:  # the caller speaks over it, or hangs up
                await asyncio.sleep(0)
                hearing.cancel()
                await asyncio.gather(hearing, return_exceptions=True)
                return None
            return await hearing

        outcome = self.run(hear())
        return outcome if isinstance(outcome, Outcome) else None

    def note_answer(self, case: Case, text: str, by: Any, share: float) -> Said:
        """The caller's side of it, known without asking the gate what it made of it."""
        question = case.proposal.question if case.proposal else None
        sentence = question.sentence if question else ""
        heard = sentence[: round(len(sentence) * share)]
        agreed = text == "1" if by == "keypad" else text.startswith("yes")
        in_time = question is not None and self.world.clock.passed - question.read_at <= 120.0
        if agreed and in_time and heard == sentence:
            self.heard_yes[sentence] += 1
        return Said(text=text, by=by, heard=heard)

    def _mine_and_other(self, call: int) -> tuple[Case, Case]:
        return self.cases[call], self.cases[1 - call]

    def settle(self, deed_id: str) -> None:
        after, deed = self.gate.afterwards, self.world.ledger.deeds[deed_id]
        if deed.state == "waiting":
            approval = self.world.approvals.asked.get(f"{deed_id}.approval")
            if approval is not None and approval.state == "waiting":
                self.run(self.world.approvals.decide(approval.id, state="expired", by=""))
            self.run(after.decided(deed))
        elif deed.state in {"reserved", "doing", "unknown"}:
            self.run(after.recover(deed))
        self.run(after.compensate(self.world.ledger.deeds[deed_id]))

    def allowed(self, deed: Deed) -> int:
        root = deed.id.removesuffix(".allowed")
        return max(AUTOMATIC, min(SUPERVISOR, self.approved.get(root, 0)))

    def sentence(self, minor: Any, order: str) -> str:
        return f"I will refund {SPOKEN[int(minor)]} for order {_digits(order)}. Shall I do that?"

    def _receipt(self, arguments: dict[str, Any], _: str) -> tuple[int, Any]:
        return 200, {"done": arguments["key"] in self.world.effects}

    def _customer(self, arguments: dict[str, Any], _: str) -> tuple[int, Any]:
        customer = CUSTOMERS.get(str(arguments["phone"]))
        return 200, [{"customer_id": customer, "phone": arguments["phone"]}] if customer else []

    def _order(self, arguments: dict[str, Any], _: str) -> tuple[int, Any]:
        order = str(arguments["order_id"])
        if order not in OWNERS:
            return 404, {}
        paid = {"minor": PAID[order], "currency": "EUR"}
        return 200, {"order_id": order, "customer_id": OWNERS[order], "paid": paid}


async def _end_all_tasks() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _digits(order: str) -> str:
    names = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return " ".join(names[int(digit)] for digit in order)


SPOKEN = {
    500: "five euros",
    1000: "ten euros",
    2000: "twenty euros",
    2499: "twenty-four euros and ninety-nine cents",
    2500: "twenty-five euros",
    2501: "twenty-five euros and one cent",
    3000: "thirty euros",
    4000: "forty euros",
    8000: "eighty euros",
    10000: "one hundred euros",
}

TestTheGate = TheGate.TestCase
TestTheGate.settings = settings(
    max_examples=30,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
