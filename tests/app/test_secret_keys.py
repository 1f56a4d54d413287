"""A number typed unheard, in whole calls on the production gate and pipeline: it reaches one system alone."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from loguru import logger
from pipecat.frames.frames import Frame

from domain.actions import Action, Argument, Binding, Identity
from domain.events import CallerInterrupted, CallerSaid, KeypadPressed, SensitiveMode, WaitFilled
from domain.gate_events import ActionDone, ActionProposed
from domain.language import language_for
from domain.ports.media import Ending
from pipelines.call_sheet import CallersGate, Truth
from tests.app.test_callers_gate import ShopCall
from tests.pipelines.asked import NOTICES_S
from tests.support.scripted_call import ListLive, ListRecordings
from tests.support.scripted_carrier import QUIET, ScriptedCarrier
from tests.support.scripted_organs import ScriptedRecogniser
from tests.support.virtual_time import run
from tests.tools.shop import ORDER, ORDER_ID, SHOP, WORDS
from tools.case import Case

NUMBER = "5105105105105100"
ASKED = language_for("en").sentences.secret_number
PAY = Action(
    name="pay_order",
    purpose="Pay an order by card.",
    tier="execute",
    identity=Identity.RECOGNISED,
    arguments=(
        ORDER_ID,
        Argument(name="card_number", type="string", description="The card.", secret=True, digits=16),
    ),
    reads=(ORDER,),
    owner="order.customer_id",
    binding=Binding(kind="openapi", name="payOrder"),
    read_back="I will charge your card for order {order_id|digits}. Shall I do that?",
    once_per=("args.order_id",),
    timeout_s=2.0,
    facts=("receipt",),
    outcomes={**WORDS, "done": "It is paid."},
)
PAID = "It is paid."
NOT_ENTERED = language_for("en").gate_words["not_entered"]
TYPES_AT = 27.0
"""The yes is heard at 16.3, the sentence that asks takes six seconds."""


@dataclass
class PausedRecordings(ListRecordings):
    """Keeps times while it is paused, and no sound."""

    paused: bool = False

    def open(self, call_id: str) -> "PausedRecordings":
        return self

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def write(self, caller: bytes, agent: bytes) -> None:
        silence = QUIET[:1] * len(caller)
        super().write(silence if self.paused else caller, silence if self.paused else agent)


class PayingCall(ShopCall):
    """The caller wants to pay order 4712, and has said yes by 16.0."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.company = replace(SHOP, actions=(*SHOP.actions, PAY))
        self.recordings = PausedRecordings()
        self.live = ListLive()
        self.paid: list[dict[str, Any]] = []
        self.world.answers["payOrder"] = self._pay
        self.model.plans[0].calls = ("pay_order", {"order_id": "4712"})
        self.caller_says(at=15.5, until=16.0, text="Yes please.")

    def _pay(self, arguments: dict[str, Any], _: str) -> tuple[int, Any]:
        self.paid.append(arguments)
        return 201, {"receipt": "P-1"}

    def _open(self) -> tuple[CallersGate, Truth]:
        shop = self.company
        gate, truth = super()._open()
        real = self.world.gate(shop)
        self.gates[:] = [real]
        self.case: Case = self.world.case(shop)
        gate._gate, gate._case = real, self.case  # type: ignore[attr-defined]  # the shop with one action more
        return gate, truth

    async def _carry(self) -> Ending:
        self.case.secret_keys = self.call.secret_keys
        return await super()._carry()

    def everything(self) -> str:
        """All that is kept or told anywhere, but in the system of record."""
        assert isinstance(self.live, ListLive)
        told = [message for asked in self.model.asked for message in asked]
        deeds, approvals = self.world.ledger.deeds, self.world.approvals.asked
        return (
            f"{self.journal.events} {told} {self.live.shown} {deeds} {approvals} {self.world.jobs} "
            f"{vars(self.case)} {vars(self.call)} {vars(self.call._sheet.context)}"
        )

    def outcome(self) -> str:
        [done] = self.noted(ActionDone)
        return done.outcome

    def modes(self) -> list[bool]:
        return [mode.on for mode in self.noted(SensitiveMode)]


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Everything that is logged but by pipecat, which production silences (`app.logs`)."""
    lines: list[str] = []
    sink = logger.add(lines.append, level="TRACE", format="{message} {extra} {exception}")
    logger.disable("pipecat")
    yield lines
    logger.enable("pipecat")
    logger.remove(sink)


def at(moment: float) -> int:
    """Its place in the recording, which begins with the notices' end."""
    return round(8000 * (moment - NOTICES_S))


def is_nowhere(call: PayingCall, logged: list[str], digits: str = NUMBER) -> bool:
    everything = call.everything() + "\n".join(logged)
    return not any(digits[at : at + 6] in everything for at in range(0, len(digits) - 5))


def test_the_digits_reach_the_system_and_nothing_else(tmp_path: Path, logged: list[str]) -> None:
    async def story() -> None:
        call = PayingCall(tmp_path)
        call.caller_presses(at=TYPES_AT, keys=f"{NUMBER}#")
        call.carrier.speech.append((TYPES_AT, TYPES_AT + 4.6))  # tones that the carrier left in the sound
        call.caller_says(at=28.0, until=30.0, text="five one zero five one zero", loud=False)
        call.agent_plans(says=PAID)
        call.caller_hangs_up(at=38.0)
        await call.play()
        await call.call.close()

        assert call.paid == [{"order_id": "4712", "card_number": NUMBER}]
        assert ASKED in call.heard and call.heard[-1] == PAID
        assert call.outcome() == "done"
        assert is_nowhere(call, logged)
        assert not call.noted(KeypadPressed)
        assert [said.text for said in call.noted(CallerSaid)][1:] == ["Yes please."]
        on, off = call.noted(SensitiveMode)
        assert (on.on, off.on, on.reason) == (True, False, "payment")
        assert on.at_ms < 1000 * TYPES_AT and off.at_ms > 1000 * (TYPES_AT + 4.5)
        assert call.recordings.caller[at(15.6)] != QUIET[0]
        assert set(call.recordings.caller[at(27.0) : at(31.6)]) == {QUIET[0]}
        assert len(call.model.asked) == 2 and not call.noted(CallerInterrupted)

    run(story())


def test_nobody_speaks_while_the_caller_types(tmp_path: Path) -> None:
    async def story() -> None:
        call = PayingCall(tmp_path)
        call.caller_presses(at=50.0, keys=NUMBER)
        call.agent_plans(says=PAID)
        call.caller_hangs_up(at=62.0)
        await call.play()
        on, off = call.noted(SensitiveMode)
        assert off.at_ms - on.at_ms > 25_000
        spoken = [it for it in call.spoken if on.at_ms < it.started_ms < off.at_ms]
        filled = [it for it in call.noted(WaitFilled) if on.at_ms < it.at_ms < off.at_ms]
        assert not spoken and not filled
        assert not [it for it in call.carrier.played if on.at_ms < 1000 * it.begins < off.at_ms]
        assert call.paid and call.heard[-1] == PAID

    run(story())


def test_whoever_types_ahead_of_the_sentences_end_is_not_noted_either(
    tmp_path: Path, logged: list[str]
) -> None:
    async def story() -> None:
        call = PayingCall(tmp_path)
        call.caller_presses(at=19.0, keys=NUMBER)
        call.agent_plans(says=PAID)
        call.caller_hangs_up(at=32.0)
        await call.play()
        assert call.paid == [{"order_id": "4712", "card_number": NUMBER}]
        assert not call.noted(KeypadPressed)
        assert ASKED in call.heard
        assert is_nowhere(call, logged)

    run(story())


@pytest.mark.parametrize(
    ("keys", "paid"),
    [
        (f"51*{NUMBER}", [NUMBER]),
        (f"{NUMBER[:15]}*{NUMBER}#", [NUMBER]),
        (f"A{NUMBER}", [NUMBER]),
        (f"{NUMBER}99", [NUMBER]),
        (f"{NUMBER[:15]}#", []),
        ("#", []),
        (f"{NUMBER}"[:12] + "*#", []),
    ],
)
def test_what_counts_as_the_number(tmp_path: Path, logged: list[str], keys: str, paid: list[str]) -> None:
    async def story() -> None:
        call = PayingCall(tmp_path)
        call.caller_presses(at=TYPES_AT, keys=keys)
        call.agent_plans(says=PAID if paid else NOT_ENTERED)
        call.caller_hangs_up(at=44.0)
        await call.play()
        assert [it["card_number"] for it in call.paid] == paid
        assert call.outcome() == ("done" if paid else "not_entered")
        assert call.modes() == [True, False]
        assert json.loads(call.told()[-1][1])["outcome"] == call.outcome()
        assert is_nowhere(call, logged)

    run(story())


def test_a_caller_who_types_nothing_is_not_waited_for_for_ever(tmp_path: Path, logged: list[str]) -> None:
    async def story() -> None:
        call = PayingCall(tmp_path)
        call.caller_presses(at=TYPES_AT, keys=NUMBER[:9])
        call.agent_plans(says=NOT_ENTERED)
        call.caller_hangs_up(at=85.0)
        await call.play()
        assert not call.paid and call.outcome() == "not_entered"
        assert call.modes() == [True, False]
        assert 75_000 < call.noted(SensitiveMode)[-1].at_ms < 78_500
        assert call.heard[-1] == NOT_ENTERED
        assert is_nowhere(call, logged)

    run(story())


def test_a_caller_who_hangs_up_has_not_paid(tmp_path: Path, logged: list[str]) -> None:
    async def story() -> None:
        call = PayingCall(tmp_path)
        call.caller_presses(at=TYPES_AT, keys=NUMBER[:9])
        call.caller_hangs_up(at=31.0)
        assert await call.play() is Ending.CALLER_LEFT
        await call.call.close()
        assert not call.paid and call.outcome() == "not_entered"
        assert call.modes() == [True, False]
        assert is_nowhere(call, logged)

    run(story())


def test_a_lost_stream_ends_it_and_the_next_one_tells(tmp_path: Path, logged: list[str]) -> None:
    async def story() -> None:
        call = PayingCall(tmp_path)
        call.caller_presses(at=TYPES_AT, keys=NUMBER[:9])
        call.carrier.dies_at = 31.0
        assert await call.play() is Ending.STREAM_LOST
        await asyncio.sleep(0.1)
        assert call.modes() == [True, False] and call.outcome() == "not_entered"
        second = ScriptedCarrier(hangs_up_at=8.0)
        second.digits.append((4.0, "7"))
        call.agent_plans(says="All right.")
        await call.play_on(second)
        await call.call.close()
        assert not call.paid
        assert [pressed.digits for pressed in call.noted(KeypadPressed)] == ["7"]
        assert "not_entered" in call.everything()
        assert is_nowhere(call, logged)

    run(story())


def test_a_model_that_makes_the_number_up_is_refused(tmp_path: Path, logged: list[str]) -> None:
    async def story() -> None:
        call = PayingCall(tmp_path)
        call.model.plans[0].calls = ("pay_order", {"order_id": "4712", "card_number": NUMBER})
        call.agent_plans(says="Could you tell me again?")
        call.agent_plans(says="I see.")
        call.caller_hangs_up(at=24.0)
        await call.play()
        assert not call.paid and not call.world.ledger.deeds and not call.modes()
        assert call.noted(ActionProposed)[0].arguments == {"order_id": "4712", "card_number": "[secret]"}
        assert NUMBER not in f"{call.journal.events}" + "".join(logged)

    run(story())


def test_the_recogniser_hears_nothing_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[float, bool]] = []

    async def run_stt(self: ScriptedRecogniser, audio: bytes) -> AsyncGenerator[Frame | None, None]:
        heard.append((asyncio.get_running_loop().time(), any(audio)))
        yield None

    async def story() -> None:
        monkeypatch.setattr(ScriptedRecogniser, "run_stt", run_stt)
        call = PayingCall(tmp_path)
        call.caller_presses(at=TYPES_AT, keys=NUMBER)
        call.carrier.speech.append((TYPES_AT, TYPES_AT + 4.6))
        call.agent_plans(says=PAID)
        call.caller_hangs_up(at=38.0)
        await call.play()
        began = call.carrier.origin
        loud = [moment - began for moment, sounds in heard if sounds]
        assert [moment for moment in loud if 15.5 <= moment <= 16.1]
        assert not [moment for moment in loud if TYPES_AT <= moment <= TYPES_AT + 4.6]

    run(story())


def test_words_over_the_sentence_do_not_stop_it(tmp_path: Path) -> None:
    async def story() -> None:
        call = PayingCall(tmp_path)
        call.caller_says(at=18.0, until=19.5, text="Which number do you mean?")
        call.caller_presses(at=TYPES_AT, keys=NUMBER)
        call.agent_plans(says=PAID)
        call.caller_hangs_up(at=40.0)
        await call.play()
        assert ASKED in call.heard
        assert [it["card_number"] for it in call.paid] == [NUMBER]

    run(story())


def test_a_caller_who_speaks_before_the_question_is_answered_first(tmp_path: Path) -> None:
    async def story() -> None:
        call = PayingCall(tmp_path)

        async def slow() -> None:
            orders = [name for name, _ in call.world.calls if name == "getOrder"]
            await asyncio.sleep(3.0 if len(orders) == 2 and call.world.calls[-1][0] == "getOrder" else 0.0)

        call.world.before_answer = slow
        call.caller_says(at=18.5, until=20.5, text="Is it done now?")
        call.agent_plans(says="One moment please.")
        call.caller_presses(at=30.0, keys=NUMBER)
        call.caller_hangs_up(at=42.0)
        await call.play()
        assert call.heard[-3:] == ["One moment please.", ASKED, PAID]
        assert [it["card_number"] for it in call.paid] == [NUMBER]

    run(story())


def test_a_system_that_breaks_down_says_nothing_of_what_it_was_given(
    tmp_path: Path, logged: list[str]
) -> None:
    async def story() -> None:
        call = PayingCall(tmp_path)
        call.world.faults["payOrder"] = ["lost_after"]
        call.caller_presses(at=TYPES_AT, keys=NUMBER)
        call.agent_plans(says="I do not know yet whether that worked.")
        call.caller_hangs_up(at=40.0)
        await call.play()
        await call.call.close()
        assert call.outcome() == "unknown" and len(call.paid) == 1
        assert [kind for kind, _ in call.world.jobs] == ["reconciliation"]
        assert logged and is_nowhere(call, logged)

    run(story())
