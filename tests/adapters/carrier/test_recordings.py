"""The carrier's recordings over REST: fetched within bounds from one address, deleted, by Twilio's rules."""

import io
import json
import wave
from collections.abc import Callable

import httpx
import pytest

from adapters.carrier.recordings import LARGEST, TwilioRecordings, mu_law
from domain.ports.voicemail import CarrierRecordingFailed, CarrierRecordingGone
from simulator.carrier.service import serving
from simulator.carrier.sound import to_wav
from tests.adapters.carrier.conformance import load, needs_rules, spec_folder
from tests.simulator.carrier.product import ACCOUNT as SIMULATED
from tests.simulator.carrier.product import Product, carrier_for

ACCOUNT, RECORDING = "AC" + "a" * 32, "RE" + "1" * 32
MEDIA = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/{RECORDING}.wav"


def wav(samples: bytes, *, channels: int = 1, rate: int = 8000) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)
    return out.getvalue()


def recordings_of(
    answer: Callable[[httpx.Request], httpx.Response], *, base_url: str | None = None
) -> TwilioRecordings:
    recordings = TwilioRecordings(account_sid=ACCOUNT, username=ACCOUNT, password="t", base_url=base_url)
    recordings._client = httpx.AsyncClient(
        auth=recordings._client.auth, transport=httpx.MockTransport(answer)
    )
    return recordings


async def test_a_recording_is_fetched_with_our_credentials_as_mu_law() -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, content=wav(b"\x00\x00\x7c\x82\x84\x7d"))

    assert await recordings_of(answer).fetch(RECORDING) == b"\xff\x00\x80"
    assert str(asked[0].url) == MEDIA
    assert asked[0].headers["authorization"].startswith("Basic ")


async def test_another_address_is_used_for_both() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(f"{request.method} {request.url}")
        return httpx.Response(204 if request.method == "DELETE" else 200, content=wav(b""))

    recordings = recordings_of(answer, base_url="http://127.0.0.1:9100/")
    await recordings.fetch(RECORDING)
    await recordings.delete(RECORDING)
    path = f"http://127.0.0.1:9100/2010-04-01/Accounts/{ACCOUNT}/Recordings/{RECORDING}"
    assert asked == [f"GET {path}.wav", f"DELETE {path}.json"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx.Response(307, headers={"Location": "https://elsewhere.example/x.wav"}), "307"),
        (httpx.Response(503), "503"),
        (httpx.Response(200, content=b"x" * (LARGEST + 1)), "larger"),
        (httpx.Response(200, content=b"<html>"), "no WAV"),
        (httpx.Response(200, content=wav(b"\0" * 8, channels=2)), "mono"),
        (httpx.Response(200, content=wav(b"\0" * 8, rate=44_100)), "44100"),
    ],
)
async def test_what_is_no_recording_of_ours_is_refused(answer: httpx.Response, words: str) -> None:
    asked: list[httpx.URL] = []

    def once(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return answer

    with pytest.raises(CarrierRecordingFailed, match=words):
        await recordings_of(once).fetch(RECORDING)
    assert [str(url) for url in asked] == [MEDIA]


async def test_one_that_is_not_there_is_gone_and_deleted() -> None:
    recordings = recordings_of(lambda _: httpx.Response(404))
    with pytest.raises(CarrierRecordingGone):
        await recordings.fetch(RECORDING)
    await recordings.delete(RECORDING)


async def test_no_answer_is_a_failure() -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    recordings = recordings_of(refuse)
    with pytest.raises(CarrierRecordingFailed, match="ConnectError"):
        await recordings.fetch(RECORDING)
    with pytest.raises(CarrierRecordingFailed, match="ConnectError"):
        await recordings.delete(RECORDING)


async def test_the_carrier_of_the_rehearsal_gives_it_and_lets_it_go() -> None:
    sound = bytes(range(128)) + b"\xff" * 800
    async with carrier_for(Product()) as carrier, serving(carrier) as origin:
        carrier.exchange.recordings[RECORDING] = to_wav(sound)
        recordings = TwilioRecordings(
            account_sid=SIMULATED.sid,
            username=SIMULATED.sid,
            password=SIMULATED.auth_token,
            base_url=origin,
        )
        assert await recordings.fetch(RECORDING) == sound[:127] + b"\xff" * 801
        await recordings.delete(RECORDING)
        with pytest.raises(CarrierRecordingGone):
            await recordings.fetch(RECORDING)
        await recordings.delete(RECORDING)
        await recordings.close()
    assert carrier.exchange.recordings == {}


def test_every_code_comes_back() -> None:
    """G.711: each code's own value is coded as this code; the two zeros are one."""
    from adapters.wave_file import _linear_value  # noqa: PLC0415

    linear = b"".join(_linear_value(code).to_bytes(2, "little", signed=True) for code in range(256))
    assert mu_law(wav(linear)) == bytes(range(127)) + b"\xff" + bytes(range(128, 256))


@needs_rules
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # the rules' own reader
async def test_twilio_takes_the_deletion() -> None:
    specmock = load("specmock")
    rules = specmock.SpecMock(str(spec_folder()), products=("twilio_api_v2010",))

    def check(request: httpx.Request) -> httpx.Response:
        status, body = rules.handle(request.method, str(request.url), [], request.headers["authorization"])
        return httpx.Response(status, content=json.dumps(body) if body else b"")

    await recordings_of(check).delete(RECORDING)
    assert [call["op"] for call in rules.calls] == ["DeleteRecording"]
