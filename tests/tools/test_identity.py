"""Who guesses is stopped; who is not the customer can neither lock customers out nor find out who is one."""

from dataclasses import replace
from typing import Any

import pytest

from domain.actions import Action, Argument, Binding
from domain.company import Company
from domain.messaging import MessageTemplate
from domain.ports.identity import CODES_PER_DAY
from tests.tools.shop import CUSTOMER, SHOP, VERIFY
from tests.tools.world import CALLER, NOW, World
from tools.words import Outcome

assert SHOP.verification is not None
PHONE = Argument(name="phone", type="string", description="Telephone.", required=False)
SEND_CODE = Action(
    name="send_code",
    purpose="Send a code.",
    tier="lookup",
    arguments=(),
    binding=Binding(kind="builtin", name="send_code"),
    outcomes=dict.fromkeys(("sent", "no_address", "not_recognised", "too_many", "failed"), "So."),
)
HOUSE: Company = replace(
    SHOP,
    actions=(replace(VERIFY, arguments=(*VERIFY.arguments, PHONE)), SEND_CODE),
    verification=replace(
        SHOP.verification,
        find=Binding(kind="openapi", name="findCustomer", given={"phone": "args.phone"}),
        code_template="code",
        code_to="customer.phone",
    ),
    messages=(MessageTemplate(name="code", channel="sms", text="Your code: {code}"),),
)
RIGHT = {"postcode": "D04 X2P1", "born": "1990-03-14"}
DAY = NOW.date().isoformat()


class House:
    """Several calls at one company, whose only customer is Ada."""

    def __init__(self) -> None:
        self.world = World(answers={"findCustomer": self._found})
        self.gate = self.world.gate(HOUSE)
        self._calls = 0

    def _found(self, arguments: dict[str, Any], key: str) -> tuple[int, Any]:
        return 200, [CUSTOMER] if arguments["phone"] == CALLER else []

    async def call(self, *proofs: dict[str, Any], caller: str = "+14155550199") -> list[str]:
        """What a caller of this number hears to each proof."""
        self._calls += 1
        case = self.world.case(HOUSE, caller=caller, call_id=f"call-{self._calls}")
        return [(await self.act(case, "verify_identity", proof)).name for proof in proofs]

    async def act(self, case: Any, name: str, arguments: dict[str, Any]) -> Outcome:
        return await self.gate.act(case, name, arguments, self.world)


async def test_strangers_lock_nobody_out() -> None:
    house = House()
    nobody = {**RIGHT, "phone": "+14155550123"}
    for _ in range(3):
        assert await house.call(nobody, RIGHT, nobody, nobody) == ["not_proven"] * 3 + ["too_many"]
    assert house.world.wrong == {}
    assert await house.call({**RIGHT, "phone": CALLER}) == ["proven"]
    assert await house.call(RIGHT, caller=CALLER) == ["proven"]


async def test_a_customer_whose_attempts_are_gone_sounds_like_nobody() -> None:
    house = House()
    guess = {"phone": CALLER, "postcode": "D04 X2P1", "born": "1990-03-15"}
    assert await house.call(guess, guess, guess) == ["not_proven"] * 3
    assert house.world.wrong["shop", "C-1", DAY] == 3
    right = {**RIGHT, "phone": CALLER}
    named = await house.call(*[right] * 5)
    nobody = await house.call(*[{**RIGHT, "phone": "+14155550123"}] * 5)
    assert named == nobody == ["not_proven"] * 3 + ["too_many"] * 2


@pytest.mark.parametrize("calls", [1, 2])
async def test_codes_are_sent_only_so_often_a_day(calls: int) -> None:
    house = House()
    cases = [house.world.case(HOUSE, call_id=f"call-{number}") for number in range(calls)]
    for case in cases:
        assert await house.act(case, "verify_identity", RIGHT)
    heard = [
        (await house.act(cases[number % calls], "send_code", {})).name for number in range(CODES_PER_DAY + 2)
    ]
    assert heard == ["sent"] * CODES_PER_DAY + ["too_many"] * 2
    assert len(house.world.sent) == CODES_PER_DAY
