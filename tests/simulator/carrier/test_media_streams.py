"""Each fact of twilio.md A1 that the product relies on is what this carrier does."""

import asyncio
import base64
from itertools import pairwise

import pytest
from twilio.request_validator import RequestValidator

from simulator.carrier.call import Inline
from simulator.carrier.carrier import Carrier
from simulator.carrier.faults import CallFaults
from simulator.carrier.reach import Socket
from simulator.carrier.scripted import ScriptedTelephone
from simulator.carrier.sound import is_audible
from tests.simulator.carrier.product import (
    ACCOUNT,
    CALLER,
    NUMBER,
    STREAM,
    MediaEnd,
    Product,
    carrier_for,
    response,
    speech,
)
from tests.simulator.carrier.virtual_time import in_virtual_time, passes


async def stays(end: MediaEnd) -> None:
    await end.until_closed()


def streaming(serve: object = stays, **documents: str) -> Product:
    return Product(
        documents={"/voice": response(STREAM), "/after": response(), **documents},
        serve=serve,  # type: ignore[arg-type] # tests hand over plain coroutine functions
    )


async def talk(carrier: Carrier, *, seconds: float, faults: CallFaults | None = None) -> ScriptedTelephone:
    """A call whose caller says nothing for a while and hangs up."""
    phone = ScriptedTelephone()
    call = await carrier.place_call(CALLER, NUMBER, phone, faults=faults)
    await phone.answered()
    try:
        await phone.at(seconds)
    finally:
        phone.hang_up()
        await call.ended()
    return phone


@in_virtual_time
async def test_messages_have_twilios_shape_and_every_number_is_a_string() -> None:
    product = streaming()
    async with carrier_for(product) as carrier:
        phone = ScriptedTelephone()
        call = await carrier.place_call(CALLER, NUMBER, phone)
        await phone.answered()
        await phone.at(0.5)
        phone.press("7")
        await phone.at(1.0)
        phone.hang_up()
        await call.ended()
    [end] = product.sockets
    await passes(0)
    connected, start = (message for _, message in end.heard[:2])
    assert connected == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    assert start["sequenceNumber"] == "1"
    assert start["start"] == {
        "accountSid": ACCOUNT.sid,
        "streamSid": end.sid,
        "callSid": call.sid,
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"token": "t1"},
    }
    numbers = [int(message["sequenceNumber"]) for _, message in end.heard[1:]]
    assert numbers == list(range(1, len(numbers) + 1))
    media = end.of("media")
    assert [m["media"]["chunk"] for m in media] == [str(n + 1) for n in range(len(media))]
    stamps = [int(m["media"]["timestamp"]) for m in media]
    assert {b - a for a, b in pairwise(stamps)} == {20}
    assert {len(m["media"]["payload"]) for m in media} == {216}
    assert {m["media"]["track"] for m in media} == {"inbound"}
    assert [m["dtmf"] for m in end.of("dtmf")] == [{"track": "inbound_track", "digit": "7"}]
    assert end.heard[-1][1]["stop"] == {"accountSid": ACCOUNT.sid, "callSid": call.sid}


@in_virtual_time
async def test_a_mark_comes_back_when_everything_before_it_has_played() -> None:
    returned: list[float] = []

    async def serve(end: MediaEnd) -> None:
        began = asyncio.get_running_loop().time()
        end.media(speech(1.0))
        end.mark("one")
        end.media(speech(0.5))
        end.mark("two")
        for _ in range(2):
            await end.next("mark")
            returned.append(asyncio.get_running_loop().time() - began)

    product = streaming(serve)
    async with carrier_for(product) as carrier:
        await talk(carrier, seconds=2.0)
    assert returned == pytest.approx([1.0, 1.5], abs=0.041)
    assert [m["mark"]["name"] for m in product.sockets[0].of("mark")] == ["one", "two"]


@in_virtual_time
async def test_a_mark_behind_nothing_comes_back_at_once() -> None:
    waited: list[float] = []

    async def serve(end: MediaEnd) -> None:
        began = asyncio.get_running_loop().time()
        end.mark("nothing before me")
        await end.next("mark")
        waited.append(asyncio.get_running_loop().time() - began)

    async with carrier_for(streaming(serve)) as carrier:
        await talk(carrier, seconds=0.5)
    assert waited == [0.0]


@in_virtual_time
async def test_clear_empties_the_buffer_and_returns_all_pending_marks() -> None:
    async def serve(end: MediaEnd) -> None:
        for name in ("a", "b", "c"):
            end.media(speech(1.0))
            end.mark(name)
        await passes(1.5)
        end.clear()
        await end.until_closed()

    product = streaming(serve)
    async with carrier_for(product) as carrier:
        phone = await talk(carrier, seconds=4.0)
    times = {m["mark"]["name"]: at for at, m in product.sockets[0].heard if m["event"] == "mark"}
    assert list(times) == ["a", "b", "c"]
    assert times["b"] == times["c"] == pytest.approx(times["a"] + 0.5, abs=0.041)
    assert phone.line is not None
    [heard] = phone.line.recording.agent_spans()
    assert heard.seconds == pytest.approx(1.5, abs=0.041)


@in_virtual_time
async def test_an_update_by_rest_sends_stop_closes_the_socket_and_carries_out_the_new_document() -> None:
    product = streaming()
    async with carrier_for(product) as carrier:
        phone = ScriptedTelephone()
        call = await carrier.place_call(CALLER, NUMBER, phone)
        await phone.answered()
        await phone.at(1.0)
        carrier.redirect(call, Inline(twiml=response("<Say>Please hold.</Say>", "<Hangup/>")))
        await call.ended()
    [end] = product.sockets
    await passes(0)
    assert end.heard[-1][1]["event"] == "stop"
    assert end.closed == 1000
    assert [e.verb for e in call.executed] == ["Connect", "Say", "Hangup"]
    assert "/after" not in product.paths()


@in_virtual_time
async def test_when_the_server_closes_the_socket_the_action_is_asked_with_the_stream() -> None:
    async def serve(end: MediaEnd) -> None:
        await passes(0.3)
        end.close()

    product = streaming(serve)
    async with carrier_for(product) as carrier:
        phone = ScriptedTelephone()
        call = await carrier.place_call(CALLER, NUMBER, phone)
        await call.ended()
    [form] = product.forms("/after")
    assert form["StreamSid"] == call.stream_sids[0]
    assert form["CallStatus"] == "in-progress"
    assert call.line.ended_by == "carrier"


@in_virtual_time
async def test_a_socket_that_dies_leads_to_the_action_too_and_the_call_can_stream_again() -> None:
    product = streaming(**{"/after": response(STREAM)})
    async with carrier_for(product) as carrier:
        await talk(carrier, seconds=3.0, faults=CallFaults(dead_socket_after_s=1.0))
    first, second = product.sockets
    assert first.closed == 1006
    assert not first.of("stop")
    assert second.of("stop")


@in_virtual_time
async def test_without_an_action_the_verb_after_connect_is_next_and_running_out_hangs_up() -> None:
    async def serve(end: MediaEnd) -> None:
        end.close()

    plain = '<Connect><Stream url="wss://voice.example.test/media"/></Connect>'
    product = streaming(serve, **{"/voice": response(plain, '<Pause length="2"/>')})
    async with carrier_for(product) as carrier:
        call = await carrier.place_call(CALLER, NUMBER, ScriptedTelephone())
        await call.ended()
    assert [e.verb for e in call.executed] == ["Connect", "Stream closed", "Pause"]
    assert call.statuses == ["queued", "ringing", "in-progress", "completed"]
    assert call.recording.seconds == pytest.approx(2.0, abs=0.05)


@in_virtual_time
async def test_the_query_is_dropped_and_the_handshake_signed_for_the_public_address() -> None:
    url = STREAM.replace("/media", "/media?token=lost")
    product = streaming(**{"/voice": response(url)})
    async with carrier_for(product) as carrier:
        await talk(carrier, seconds=0.2)
    [end] = product.sockets
    assert end.url == "ws://127.0.0.1:1/media"
    validator = RequestValidator(ACCOUNT.auth_token)
    signature = end.headers["X-Twilio-Signature"]
    assert validator.validate("wss://voice.example.test/media", {}, signature)
    assert end.headers["Host"] == "voice.example.test"


@in_virtual_time
async def test_a_refused_handshake_is_told_to_the_status_callback_and_the_call_goes_on() -> None:
    told = STREAM.replace("<Stream ", '<Stream statusCallback="/stream-events" ')
    product = Product(documents={"/voice": response(told), "/after": response("<Say>Sorry</Say>")})
    async with carrier_for(product) as carrier:
        call = await carrier.place_call(CALLER, NUMBER, ScriptedTelephone())
        await call.ended()
        await carrier.settled()
    [event] = product.forms("/stream-events")
    assert event["StreamEvent"] == "stream-error"
    assert event["StreamError"].startswith("31920")
    assert [w.error for w in call.warnings] == [31920]
    assert [e.verb for e in call.executed] == ["Connect", "Say"]


@in_virtual_time
async def test_a_stream_that_is_not_wss_is_never_opened() -> None:
    product = streaming(**{"/voice": response(STREAM.replace("wss:", "ws:"))})
    async with carrier_for(product) as carrier:
        call = await carrier.place_call(CALLER, NUMBER, ScriptedTelephone())
        await call.ended()
    assert [w.error for w in call.warnings] == [31922]
    assert not product.sockets


@in_virtual_time
async def test_wrong_messages_are_ignored_with_one_warning_of_each_kind() -> None:
    async def serve(end: MediaEnd) -> None:
        for wrong in ("{", '{"event":"media","streamSid":"MZ0"}', b"\x01", b"\x02"):
            end.send_raw(wrong)
        end.media(speech(0.2))
        await end.until_closed()

    async with carrier_for(streaming(serve)) as carrier:
        phone = ScriptedTelephone()
        call = await carrier.place_call(CALLER, NUMBER, phone)
        await phone.hears_out()
        phone.hang_up()
        await call.ended()
    assert [w.error for w in call.warnings] == [31951, 31950]


@in_virtual_time
async def test_a_second_socket_for_one_call_has_a_stream_of_its_own() -> None:
    product = streaming()
    async with carrier_for(product) as carrier:
        await talk(carrier, seconds=2.0, faults=CallFaults(second_socket_after_s=0.5))
    first, second = product.sockets
    assert first.sid != second.sid
    assert first.of("start")[0]["start"]["callSid"] == second.of("start")[0]["start"]["callSid"]
    assert second.heard[0][0] == pytest.approx(first.heard[0][0] + 0.5)


@in_virtual_time
async def test_a_lost_stop_leaves_the_socket_open_and_silent_until_it_dies() -> None:
    product = streaming()
    async with carrier_for(product) as carrier:
        await talk(carrier, seconds=1.0, faults=CallFaults(lost_stop=True, linger_s=3.0))
        [end] = product.sockets
        last = end.heard[-1][0]
        await carrier.settled()
        await passes(0)
    assert not end.of("stop")
    assert end.closed == 1006
    assert asyncio.get_running_loop().time() == pytest.approx(last + 3.0, abs=0.05)


@in_virtual_time
async def test_garbage_comes_after_start_and_the_stream_goes_on() -> None:
    product = streaming()
    async with carrier_for(product) as carrier:
        await talk(carrier, seconds=1.0, faults=CallFaults(garbage=True, huge_frame=True))
    [end] = product.sockets
    assert any(isinstance(raw, bytes) for raw in end.raw)
    assert max(len(raw) for raw in end.raw) > 1_000_000
    assert len(end.of("media")) >= 49
    assert end.of("stop")


@in_virtual_time
async def test_the_product_hears_the_caller_and_the_recording_measures_its_answer() -> None:
    async def serve(end: MediaEnd) -> None:
        said = False
        while True:
            media = await end.next("media")
            loud = is_audible(base64.b64decode(media["media"]["payload"]))
            if said and not loud:
                await passes(0.7)
                end.media(speech(1.0))
                await end.until_closed()
            said = loud

    async with carrier_for(streaming(serve)) as carrier:
        phone = ScriptedTelephone()
        call = await carrier.place_call(CALLER, NUMBER, phone)
        await phone.answered()
        await phone.at(0.5)
        await phone.says(speech(1.0))
        await phone.hears(0.5)
        await phone.hears_out(quiet_s=0.5)
        phone.hang_up()
        await call.ended()
    [answer] = call.recording.answers()
    assert answer.caller_ended_s == pytest.approx(1.5, abs=0.021)
    assert answer.delay_s == pytest.approx(0.7, abs=0.061)
    assert call.recording.longest_silence().seconds == pytest.approx(answer.delay_s, abs=0.01)


@in_virtual_time
async def test_on_request_the_action_is_asked_even_though_the_caller_has_left() -> None:
    product = streaming()
    async with carrier_for(product) as carrier:
        await talk(carrier, seconds=0.5, faults=CallFaults(action_after_hang_up=True))
        await carrier.settled()
        assert len(product.forms("/after")) == 1
        await talk(carrier, seconds=0.5)
        await carrier.settled()
    assert len(product.forms("/after")) == 1


@in_virtual_time
async def test_a_server_that_does_not_read_loses_its_socket() -> None:
    product = streaming()

    class Stuck:
        def __init__(self, inner: Socket) -> None:
            self._inner = inner
            self.receive, self.close, self.cut = inner.receive, inner.close, inner.cut

        async def send(self, message: str | bytes) -> None:
            await passes(0.5)
            await self._inner.send(message)

    async def open_stuck(url: str, headers: dict[str, str]) -> Socket:
        return Stuck(await product.open(url, headers))

    async with carrier_for(product, opener=open_stuck) as carrier:
        call = await carrier.place_call(CALLER, NUMBER, ScriptedTelephone())
        await call.ended()
    assert [w.error for w in call.warnings] == [31903]
    assert product.forms("/after")
