"""Twilio's REST interface over the loopback network, with the official client in front of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from simulator.carrier.call import SimulatedCall
from simulator.carrier.carrier import Carrier
from simulator.carrier.scripted import ScriptedTelephone
from simulator.carrier.service import serving
from tests.simulator.carrier.product import (
    ACCOUNT,
    CALLER,
    NUMBER,
    STREAM,
    MediaEnd,
    Product,
    carrier_for,
    response,
)
from tests.simulator.carrier.virtual_time import passes


class LoopbackHttp(TwilioHttpClient):  # type: ignore[misc] # the base has no types
    def __init__(self, origin: str, timeout: float = 5.0) -> None:
        super().__init__(timeout=timeout)
        self._netloc = urlsplit(origin).netloc

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        there = urlunsplit(("http", self._netloc, parts.path, parts.query, ""))
        return super().request(method, there, *args, **kwargs)


async def stays(end: MediaEnd) -> None:
    await end.until_closed()


@asynccontextmanager
async def streaming_call() -> AsyncIterator[tuple[Carrier, SimulatedCall, str, Product]]:
    product = Product(documents={"/voice": response(STREAM), "/after": response()}, serve=stays)
    async with carrier_for(product) as carrier, serving(carrier) as origin:
        phone = ScriptedTelephone()
        call = await carrier.place_call(CALLER, NUMBER, phone)
        await phone.answered()
        yield carrier, call, origin, product


async def asks(work: Callable[[], Any]) -> Any:
    return await asyncio.to_thread(work)


def client(origin: str, *, token: str = ACCOUNT.auth_token, timeout: float = 5.0) -> Client:
    return Client(ACCOUNT.sid, token, http_client=LoopbackHttp(origin, timeout))


async def refusal(work: Callable[[], Any]) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as caught:
        await asks(work)
    return caught.value.status, caught.value.code


async def test_the_official_client_reads_updates_and_ends_a_call() -> None:
    async with streaming_call() as (_, call, origin, product):
        twilio = client(origin)
        seen = await asks(lambda: twilio.calls(call.sid).fetch())
        assert (seen.status, seen.direction, seen.to) == ("in-progress", "inbound", NUMBER)
        assert [c.sid for c in await asks(lambda: twilio.calls.list(status="in-progress"))] == [call.sid]
        await asks(lambda: twilio.calls(call.sid).update(twiml=response('<Pause length="30"/>')))
        while not call.executed or call.executed[-1].verb != "Pause":
            await passes(0.02)
        assert product.sockets[0].closed == 1000
        await asks(lambda: twilio.calls(call.sid).update(status="completed"))
        await asyncio.wait_for(call.ended(), 2)
        assert call.statuses[-1] == "completed"
        ended = await asks(lambda: twilio.calls(call.sid).fetch())
        assert ended.duration.isdigit()
        late = await refusal(lambda: twilio.calls(call.sid).update(status="completed"))
        assert late == (400, 21220)


async def test_refusals_have_twilios_numbers() -> None:
    async with streaming_call() as (carrier, call, origin, _):
        twilio = client(origin)
        assert await refusal(lambda: twilio.calls("CA" + "0" * 32).fetch()) == (404, 20404)
        assert await refusal(lambda: client(origin, token="c" * 32).calls(call.sid).fetch()) == (401, 20003)
        assert await refusal(lambda: twilio.calls(call.sid).update(twiml="<Response>")) == (400, 12100)
        carrier.faults.rest.throttle_next = 1
        assert await refusal(lambda: twilio.calls(call.sid).update(status="completed")) == (429, 20429)
        assert not call.is_over
        canceled = await asks(lambda: twilio.calls(call.sid).update(status="canceled"))
        assert canceled.status == "in-progress"


async def test_a_recording_is_fetched_as_sound_and_deleted_by_the_official_client() -> None:
    recording = "RE" + "1" * 32
    async with streaming_call() as (carrier, _, origin, _product), httpx.AsyncClient() as http:
        carrier.exchange.recordings[recording] = b"RIFF"
        media = f"{origin}/2010-04-01/Accounts/{ACCOUNT.sid}/Recordings/{recording}.wav"
        assert (await http.get(media)).status_code == 401
        fetched = await http.get(media, auth=(ACCOUNT.sid, ACCOUNT.auth_token))
        assert (fetched.content, fetched.headers["content-type"]) == (b"RIFF", "audio/x-wav")
        twilio = client(origin)
        assert await asks(lambda: twilio.recordings(recording).delete())
        assert await refusal(lambda: twilio.recordings(recording).delete()) == (404, 20404)
        assert (await http.get(media, auth=(ACCOUNT.sid, ACCOUNT.auth_token))).status_code == 404


async def test_an_update_may_be_carried_out_and_never_answered() -> None:
    async with streaming_call() as (_, call, origin, _product):
        async with httpx.AsyncClient() as http:
            asked = await http.post(
                f"{origin}/_faults", json={"rest": {"time_out_next": 1, "time_out_hold_s": 0.5}}
            )
            assert asked.status_code == 200
        twilio = client(origin, timeout=0.2)
        with pytest.raises(OSError, match="timed out"):
            await asks(lambda: twilio.calls(call.sid).update(status="completed"))
        await asyncio.wait_for(call.ended(), 2)


async def test_an_unknown_fault_is_refused() -> None:
    async with carrier_for(Product()) as carrier, serving(carrier) as origin, httpx.AsyncClient() as http:
        answer = await http.post(f"{origin}/_faults", json={"weather": True})
    assert answer.status_code == 422
