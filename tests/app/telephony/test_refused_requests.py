"""What does not come from the carrier, or not as the carrier sends it, is refused and counted."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.app.telephony.carrier import Carrier, form_of


@pytest.fixture
def carrier() -> Carrier:
    return Carrier()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"AccountSid": "AC" + "b" * 32}, "wrong_account"),
        ({"CallSid": "nonsense"}, "bad_call_sid"),
        ({"From": "+1415\0"}, "nul"),
    ],
)
async def test_forms_of_others_are_refused(carrier: Carrier, change: dict[str, str], reason: str) -> None:
    answer = await carrier.post("/twilio/voice", form_of("anna", **change))
    assert answer.status_code in {400, 403}
    assert carrier.refused("voice", reason) == 1
    assert not carrier.store.calls


async def test_unsigned_wrongly_signed_and_huge_requests_are_refused(carrier: Carrier) -> None:
    assert (await carrier.http.post("/twilio/voice", data=form_of("anna"))).status_code == 403
    assert (await carrier.post("/twilio/voice", form_of("anna"), token="other")).status_code == 403
    assert (await carrier.post("/twilio/voice", form_of("anna", X="x" * 70_000))).status_code == 413
    assert carrier.refused("voice", "no_signature") == carrier.refused("voice", "wrong_signature") == 1
    assert not carrier.store.calls


@pytest.mark.parametrize("door", ["status", "stream-status", "voice", "fallback"])
async def test_a_nul_is_refused_before_the_database_would_choke_on_it(carrier: Carrier, door: str) -> None:
    answer = await carrier.post(f"/twilio/{door}", form_of("anna", CallSid="CA\0"))
    assert (answer.status_code, carrier.refused("voice", "nul")) == (400, 1)


async def test_a_call_that_cannot_be_named_so_is_unknown(carrier: Carrier) -> None:
    answer = await carrier.post("/twilio/fallback/%00", form_of("anna"))
    assert (answer.status_code, carrier.refused("voice", "wrong_call")) == (404, 1)


async def test_a_form_that_drips_is_cut_off(carrier: Carrier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.bodies.BODY_S", 0.01)

    async def dripping() -> AsyncIterator[bytes]:
        yield b"AccountSid="
        await asyncio.get_running_loop().create_future()

    answer = await carrier.http.post("/twilio/voice", content=dripping())
    assert (answer.status_code, answer.headers["connection"]) == (408, "close")
    assert carrier.refused("voice", "body_too_slow") == 1
