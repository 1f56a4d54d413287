"""A call from ring to end: webhooks as a real carrier makes them, TwiML as it carries it out."""

import asyncio
from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator

from simulator.carrier.account import PhoneNumber
from simulator.carrier.call import SimulatedCall
from simulator.carrier.carrier import NoSuchNumber
from simulator.carrier.exchange import FarEnd
from simulator.carrier.faults import CallFaults
from simulator.carrier.interpreter import SORRY
from simulator.carrier.scripted import CallOver, HeardOtherwise, ScriptedTelephone, SilentTelephone
from tests.simulator.carrier.product import (
    ACCOUNT,
    CALLER,
    NUMBER,
    PUBLIC,
    Product,
    carrier_for,
    response,
    speech,
)
from tests.simulator.carrier.virtual_time import in_virtual_time, passes

WATCHED = PhoneNumber(
    number=NUMBER,
    voice_url=f"{PUBLIC}/voice",
    fallback_url=f"{PUBLIC}/fallback",
    status_callback=f"{PUBLIC}/status",
)
ONE_SECOND = response('<Pause length="1"/>')


async def whole_call(
    product: Product, *, number: PhoneNumber | None = None, faults: CallFaults | None = None
) -> SimulatedCall:
    async with carrier_for(product, number=number) as carrier:
        call = await carrier.place_call(CALLER, NUMBER, ScriptedTelephone(), faults=faults)
        await call.ended()
        await carrier.settled()
    return call


@in_virtual_time
async def test_the_voice_webhook_is_signed_for_the_public_address_with_every_field() -> None:
    product = Product(documents={"/voice": ONE_SECOND})
    call = await whole_call(product)
    [request] = product.requests
    form = dict(parse_qsl(request.content.decode(), keep_blank_values=True))
    assert str(request.url) == "http://127.0.0.1:1/voice"
    validator = RequestValidator(ACCOUNT.auth_token)
    assert validator.validate(f"{PUBLIC}/voice", form, request.headers["X-Twilio-Signature"])
    assert (form["CallSid"], form["CallStatus"], form["Direction"]) == (call.sid, "ringing", "inbound")
    assert (form["From"], form["To"], form["CallerCity"]) == (CALLER, NUMBER, "")
    assert "ParameterOfTomorrow" in form
    assert request.headers["Host"] == "voice.example.test"


@in_virtual_time
async def test_status_callbacks_come_in_order_with_numbers_and_the_duration_last() -> None:
    product = Product(documents={"/voice": response('<Pause length="3"/>')})
    await whole_call(product, number=WATCHED)
    told = product.forms("/status")
    assert [form["CallStatus"] for form in told] == ["initiated", "ringing", "in-progress", "completed"]
    assert [form["SequenceNumber"] for form in told] == ["0", "1", "2", "3"]
    assert all(form["Timestamp"] for form in told)
    assert told[-1]["CallDuration"] == "3"


@in_virtual_time
async def test_status_callbacks_on_request_twice_late_and_out_of_order() -> None:
    product = Product(documents={"/voice": ONE_SECOND})
    faults = CallFaults(callbacks_twice=True, callbacks_out_of_order=True, callbacks_late_s=2.0)
    await whole_call(product, number=WATCHED, faults=faults)
    numbers = [form["SequenceNumber"] for form in product.forms("/status")]
    assert numbers == ["1", "1", "0", "0", "3", "3", "2", "2"]
    assert asyncio.get_running_loop().time() >= 8.0


@in_virtual_time
async def test_a_failed_webhook_leads_to_the_fallback_with_the_error() -> None:
    product = Product(documents={"/voice": 500, "/fallback": ONE_SECOND})
    call = await whole_call(product, number=WATCHED)
    assert [w.error for w in call.warnings] == [11200]
    asked = next(r for r in product.requests if r.url.path == "/fallback")
    assert asked.url.params["ErrorCode"] == "11200"
    assert call.executed[-1].verb == "Pause"


@in_virtual_time
async def test_a_webhook_has_fifteen_seconds_and_without_fallback_the_carrier_apologises() -> None:
    product = Product(documents={"/voice": 20.0})
    call = await whole_call(product)
    answered = call.since("in-progress")
    assert answered is not None
    assert answered.at_s == pytest.approx(15.0)
    assert call.executed[0].detail == SORRY
    assert call.status == "completed"


@in_virtual_time
async def test_a_retried_webhook_carries_the_same_idempotency_token() -> None:
    product = Product(documents={"/voice": ONE_SECOND})
    await whole_call(product, faults=CallFaults(webhook_retry=True))
    first, second = product.requests
    assert first.headers["I-Twilio-Idempotency-Token"] == second.headers["I-Twilio-Idempotency-Token"]
    assert first.content == second.content


@pytest.mark.parametrize(
    ("document", "error"), [("OK", 12100), ("<Response><Say>a & b</Say></Response>", 12100)]
)
def test_what_is_no_twiml_is_an_error(document: str, error: int) -> None:
    @in_virtual_time
    async def run() -> None:
        call = await whole_call(Product(documents={"/voice": document}))
        assert [w.error for w in call.warnings] == [error]

    run()


@in_virtual_time
async def test_twiml_that_runs_out_hangs_up() -> None:
    call = await whole_call(Product(documents={"/voice": ONE_SECOND}))
    assert call.status == "completed"
    assert call.line.ended_by == "carrier"
    assert call.recording.seconds == pytest.approx(1.0, abs=0.021)


@in_virtual_time
async def test_reject_ends_a_call_that_was_never_answered() -> None:
    call = await whole_call(Product(documents={"/voice": response('<Reject reason="busy"/>')}))
    assert call.statuses == ["queued", "ringing", "busy"]


@in_virtual_time
async def test_a_caller_may_give_up_while_it_rings() -> None:
    async with carrier_for(Product(documents={"/voice": 5.0})) as carrier:
        call = await carrier.place_call(CALLER, NUMBER, ScriptedTelephone())
        await passes(1)
        call.hang_up()
        await call.ended()
    assert call.statuses == ["queued", "ringing", "no-answer"]


@in_virtual_time
async def test_redirect_and_relative_addresses_start_at_the_current_document() -> None:
    product = Product(documents={"/voice": response("<Redirect>next?step=2</Redirect>"), "/next": ONE_SECOND})
    await whole_call(product)
    assert product.paths() == ["/voice", "/next"]
    assert product.requests[1].url.params["step"] == "2"
    signature = product.requests[1].headers["X-Twilio-Signature"]
    form = product.forms("/next")[0]
    assert RequestValidator(ACCOUNT.auth_token).validate(f"{PUBLIC}/next?step=2", form, signature)


@in_virtual_time
async def test_gather_stops_its_prompt_at_the_first_key_and_posts_the_digits() -> None:
    menu = '<Gather numDigits="3" action="/keys"><Say>A long question that nobody hears out.</Say></Gather>'
    product = Product(documents={"/voice": response(menu), "/keys": response()})
    async with carrier_for(product) as carrier:
        phone = ScriptedTelephone()
        call = await carrier.place_call(CALLER, NUMBER, phone)
        await phone.answered()
        await phone.at(0.5)
        await phone.presses("471", gap_s=0.2)
        await call.ended()
    assert product.forms("/keys")[0]["Digits"] == "471"
    [prompt] = call.recording.agent_spans()
    assert prompt.ended_s == pytest.approx(0.5, abs=0.041)


@in_virtual_time
async def test_gather_without_keys_goes_on_to_the_next_verb() -> None:
    product = Product(
        documents={"/voice": response('<Gather timeout="2" action="/keys"/>', "<Say>Bye</Say>")}
    )
    call = await whole_call(product)
    assert [e.verb for e in call.executed] == ["Gather", "Say"]
    assert product.paths() == ["/voice"]


@in_virtual_time
async def test_record_posts_what_was_said_also_when_the_caller_hangs_up() -> None:
    product = Product(documents={"/voice": response('<Record action="/message" playBeep="false"/>')})
    async with carrier_for(product) as carrier:
        phone = ScriptedTelephone()
        call = await carrier.place_call(CALLER, NUMBER, phone)
        await phone.answered()
        await phone.says(speech(2.0))
        phone.hang_up()
        await call.ended()
        [form] = product.forms("/message")
        assert form["RecordingSid"] in carrier.exchange.recordings
    assert (form["Digits"], form["RecordingDuration"]) == ("hangup", "2")


@in_virtual_time
async def test_dial_rings_bridges_and_tells_how_it_ended() -> None:
    far = ScriptedTelephone()
    product = Product(
        documents={"/voice": response('<Dial action="/done">+15550177</Dial>'), "/done": response()}
    )
    ends = {"+15550177": FarEnd(telephone=lambda: far, rings_s=3.0)}
    async with carrier_for(product, far_ends=ends) as carrier:
        phone = ScriptedTelephone()
        call = await carrier.place_call(CALLER, NUMBER, phone)
        await phone.answered()
        await phone.at(4.0)
        await far.says(speech(1.0))
        await phone.says(speech(0.5))
        await far.hears_out(quiet_s=0.3, patience_s=2)
        far.hang_up()
        await call.ended()
    [form] = product.forms("/done")
    assert form["DialCallStatus"] == "completed"
    heard = [span.seconds for span in call.recording.agent_spans()]
    assert heard == pytest.approx([2.0, 1.0], abs=0.05)


@in_virtual_time
async def test_a_number_that_nobody_answers_times_out() -> None:
    product = Product(
        documents={
            "/voice": response('<Dial action="/done" timeout="10">+15550177</Dial>'),
            "/done": response(),
        }
    )
    async with carrier_for(product, far_ends={"+15550177": FarEnd(rings_s=60)}) as carrier:
        call = await carrier.place_call(CALLER, NUMBER, ScriptedTelephone())
        await call.ended()
    assert product.forms("/done")[0]["DialCallStatus"] == "no-answer"
    assert call.recording.seconds == pytest.approx(10.0, abs=0.05)


@in_virtual_time
async def test_a_script_learns_that_its_call_is_over_or_that_nothing_was_said() -> None:
    async with carrier_for(Product(documents={"/voice": response('<Pause length="3"/>')})) as carrier:
        phone = ScriptedTelephone()
        await carrier.place_call(CALLER, NUMBER, phone)
        await phone.answered()
        with pytest.raises(HeardOtherwise):
            await phone.hears_out(patience_s=1.0)
        with pytest.raises(CallOver):
            await phone.hears_out(patience_s=10.0)


@in_virtual_time
async def test_a_number_of_nobody_cannot_be_called() -> None:
    async with carrier_for(Product()) as carrier:
        with pytest.raises(NoSuchNumber):
            await carrier.place_call(CALLER, "+15550000", ScriptedTelephone())


@in_virtual_time
async def test_a_telephone_that_breaks_ends_its_call() -> None:
    class Broken(SilentTelephone):
        def speak(self) -> bytes | None:
            raise OSError("the cable is cut")

    async with carrier_for(Product(documents={"/voice": ONE_SECOND})) as carrier:
        call = await carrier.place_call(CALLER, NUMBER, Broken())
        await call.ended()
    assert "the cable is cut" in call.warnings[0].reason


@in_virtual_time
async def test_a_reply_is_timed_from_its_own_first_sound_not_from_what_was_cut_off() -> None:
    said = response("<Say>" + "a" * 30 + "</Say>", '<Pause length="2"/>', "<Say>" + "b" * 30 + "</Say>")
    async with carrier_for(Product(documents={"/voice": said})) as carrier:
        phone = ScriptedTelephone()
        await carrier.place_call(CALLER, NUMBER, phone)
        await phone.answered()
        await phone.hears(1.0)
        assert phone.now_s == pytest.approx(1.02, abs=0.021)
        await phone.says(speech(1.0))
        await phone.hears(0.5)
        assert phone.now_s == pytest.approx(1.95 + 2.0 + 0.5, abs=0.061)
        await phone.ends()
