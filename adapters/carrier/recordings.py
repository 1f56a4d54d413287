"""The carrier's own recordings: fetched with our credentials from the configured address alone, and deleted.

The address that a webhook names is not used: whoever could forge one would learn our credentials.
"""

import asyncio
import io
import wave
from functools import cache

import httpx

from domain.ports.voicemail import CarrierRecordingFailed, CarrierRecordingGone

API = "https://api.twilio.com"
LARGEST = 4 * 1024 * 1024
"""Bytes: two minutes of 16 bits at 8 kHz are half of it."""
REQUEST_S = 10.0
WHOLE_S = 30.0
RATE = 8000


class TwilioRecordings:
    """Implements `domain.ports.voicemail.CarrierRecordings` (twilio.com/docs/voice/api/recording)."""

    def __init__(
        self, *, account_sid: str, username: str, password: str, base_url: str | None = None
    ) -> None:
        self._folder = f"{(base_url or API).rstrip('/')}/2010-04-01/Accounts/{account_sid}/Recordings"
        self._client = httpx.AsyncClient(
            auth=(username, password),
            timeout=REQUEST_S,
            follow_redirects=False,
            trust_env=base_url is None,
        )

    async def fetch(self, recording_id: str) -> bytes:
        try:
            async with (
                asyncio.timeout(WHOLE_S),
                self._client.stream("GET", f"{self._folder}/{recording_id}.wav") as answer,
            ):
                if answer.status_code == httpx.codes.NOT_FOUND:
                    raise CarrierRecordingGone(recording_id)
                _expect(answer, httpx.codes.OK)
                content = bytearray()
                async for piece in answer.aiter_bytes():
                    content += piece
                    if len(content) > LARGEST:
                        raise CarrierRecordingFailed(f"the recording is larger than {LARGEST} bytes")
        except (httpx.HTTPError, TimeoutError) as broken:
            raise CarrierRecordingFailed(f"no recording from Twilio: {type(broken).__name__}") from broken
        return await asyncio.to_thread(mu_law, bytes(content))

    async def delete(self, recording_id: str) -> None:
        try:
            answer = await self._client.delete(f"{self._folder}/{recording_id}.json")
        except httpx.HTTPError as broken:
            raise CarrierRecordingFailed(f"no answer from Twilio: {type(broken).__name__}") from broken
        if answer.status_code != httpx.codes.NOT_FOUND:
            _expect(answer, httpx.codes.NO_CONTENT)

    async def close(self) -> None:
        await self._client.aclose()


def _expect(answer: httpx.Response, status: int) -> None:
    if answer.status_code != status:
        raise CarrierRecordingFailed(f"Twilio answered {answer.status_code} about a recording")


def mu_law(wav: bytes) -> bytes:
    """Of a mono 16-bit WAV file at 8 kHz, which Twilio makes. Raises `CarrierRecordingFailed` for another."""
    try:
        with wave.open(io.BytesIO(wav)) as file:
            layout = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            linear = file.readframes(file.getnframes())
            whole = linear[: len(linear) // 2 * 2]
    except (wave.Error, EOFError) as broken:
        raise CarrierRecordingFailed("the recording is no WAV file") from broken
    if layout != (1, 2, RATE):
        raise CarrierRecordingFailed("the recording is not mono, 16 bits, 8 kHz: {} {} {}".format(*layout))
    codes = _codes()
    return bytes(codes[sample] for sample in memoryview(whole).cast("H"))


@cache
def _codes() -> bytes:
    """By 16-bit sample, its two's complement as the index: ITU-T G.711, mu-law."""
    return bytes(_code(value if value < 0x8000 else value - 0x10000) for value in range(0x10000))


def _code(sample: int) -> int:
    magnitude = min(abs(sample), 32635) + 0x84
    exponent = magnitude.bit_length() - 8
    mantissa = magnitude >> (exponent + 3) & 0x0F
    return ~((0x80 if sample < 0 else 0) | exponent << 4 | mantissa) & 0xFF
