"""A scripted carrier for the doors: signs like Twilio, posts forms and opens sockets in process."""

import asyncio
import hashlib
import json
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from fastapi import FastAPI
from twilio.request_validator import RequestValidator

from adapters.carrier.twiml import Words
from adapters.recordings import EncryptedRecordings
from adapters.secrets import MasterKey
from app.metrics import Metrics
from app.telephony.exchange import Capacity, CarrierAccount, Exchange, Trunk, open_exchange
from app.telephony.lines import ReachedLine
from domain.call import Call
from domain.company import Line, Voice
from domain.events import CallEnded, Event
from domain.ports.callbacks import CallbackRequest
from domain.ports.media import Ending, MediaSocket, SocketClosed
from domain.ports.phone import CallGone
from domain.ports.voicemail import CarrierRecordingFailed, CarrierRecordingGone, OwedVoicemail
from tests.support.calls import MemoryCallStore
from tests.support.receipts import Receipts

ACCOUNT = "AC" + "a" * 32
TOKEN = "auth-token"
PUBLIC = "https://voice.example.test"
OUR_NUMBER = "+14155550100"
PERSON = "+14155550199"


class TestClock:
    """Wall time moves by hand, and with every sleep; nobody waits."""

    __test__ = False

    def __init__(self) -> None:
        self.passed_s = 0.0

    def now(self) -> datetime:
        return datetime(2026, 11, 21, 9, tzinfo=UTC) + timedelta(seconds=self.passed_s)

    def monotonic(self) -> float:
        return self.passed_s

    async def sleep(self, seconds: float) -> None:
        self.passed_s += seconds


class Phones:
    """A carrier's call control that remembers what it was asked."""

    def __init__(self) -> None:
        self.hung_up: list[str] = []
        self.redirected: list[tuple[str, str]] = []
        self.gone = False

    async def hang_up(self, carrier_call_id: str) -> None:
        self.hung_up.append(carrier_call_id)
        if self.gone:
            raise CallGone

    async def redirect(self, carrier_call_id: str, twiml: str) -> None:
        self.redirected.append((carrier_call_id, twiml))
        if self.gone:
            raise CallGone


class Diary:
    """A journal in memory."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Event]] = []

    def write(self, call_id: str, event: Event) -> None:
        self.events.append((call_id, event))

    async def settle(self, call_id: str) -> None:
        pass

    @property
    def endings(self) -> list[CallEnded]:
        return [event for _, event in self.events if isinstance(event, CallEnded)]


class Messages:
    def __init__(self) -> None:
        self.taken: list[CallbackRequest] = []

    async def take(self, request: CallbackRequest) -> str:
        self.taken.append(request)
        return str(len(self.taken))


class Voicemails:
    """What is owed, and the carrier's recorder, in memory."""

    def __init__(self) -> None:
        self.owed: list[OwedVoicemail] = []
        self.at_carrier: dict[str, bytes] = {}
        self.failures = 0
        self.unwanted = False

    async def note(self, recording_id: str, call_id: str) -> bool:
        if any(it.recording_id == recording_id for it in self.owed):
            return False
        self.owed.append(OwedVoicemail(recording_id=recording_id, call_id=call_id, attempts=0, stored=False))
        return True

    async def claim(self, limit: int) -> list[OwedVoicemail]:
        self.owed = [replace(it, attempts=it.attempts + 1) for it in self.owed]
        return self.owed[:limit]

    async def stored(self, recording_id: str) -> bool:
        self.owed = [replace(it, stored=True) for it in self.owed]
        return not self.unwanted

    async def done(self, recording_id: str) -> None:
        self.owed = [it for it in self.owed if it.recording_id != recording_id]

    async def fetch(self, recording_id: str) -> bytes:
        self._fail()
        if recording_id not in self.at_carrier:
            raise CarrierRecordingGone
        return self.at_carrier[recording_id]

    async def delete(self, recording_id: str) -> None:
        self._fail()
        self.at_carrier.pop(recording_id, None)

    def _fail(self) -> None:
        if self.failures:
            self.failures -= 1
            raise CarrierRecordingFailed("the carrier is away")


class Switch:
    """A recording that remembers who paused it."""

    def __init__(self) -> None:
        self.running = True
        self.paused_by: set[str] = set()

    def pause(self, by: str) -> bool:
        done = by not in self.paused_by
        self.paused_by.add(by)
        return done

    def resume(self, by: str) -> bool:
        done = by in self.paused_by
        self.paused_by.discard(by)
        return done


class Talk:
    """A conversation that hears until the stop, the end of its socket, or a word that ends it."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.recorder = Switch()
        self.heard: list[str] = []
        self.runs: list[str] = []
        self.closed = 0

    async def run(self, socket: MediaSocket, stream_sid: str) -> Ending:
        self.runs.append(stream_sid)
        try:
            while True:
                message = json.loads(await socket.receive())
                self.heard.append(message["event"])
                if message["event"] == "stop":
                    return Ending.CALLER_LEFT
                if message["event"] == "break":
                    raise ZeroDivisionError
                if message["event"] == "end":
                    return Ending(message["ending"])
                await socket.send(
                    json.dumps({"event": "mark", "streamSid": stream_sid, "mark": {"name": "m"}})
                )
        except SocketClosed:
            return Ending.STREAM_LOST

    async def close(self) -> None:
        self.closed += 1


class Socket:
    """The carrier's end of a media socket."""

    def __init__(self, app: FastAPI, url: str, headers: Mapping[str, str]) -> None:
        self.sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._inbox.put_nowait({"type": "websocket.connect"})
        path = urlsplit(url).path
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": path,
            "raw_path": path.encode(),
            "query_string": urlsplit(url).query.encode(),
            "root_path": "",
            "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
            "subprotocols": [],
            "state": {},
        }
        self.door = asyncio.create_task(app(scope, self._inbox.get, self._sent))

    async def _sent(self, message: Any) -> None:
        self.sent.put_nowait(message)
        if message["type"] == "websocket.close":
            self._inbox.put_nowait({"type": "websocket.disconnect", "code": message["code"]})

    def say(self, message: object) -> None:
        text = message if isinstance(message, str) else json.dumps(message)
        self._inbox.put_nowait({"type": "websocket.receive", "text": text})

    def say_bytes(self, data: bytes) -> None:
        self._inbox.put_nowait({"type": "websocket.receive", "bytes": data})

    def die(self, code: int = 1006) -> None:
        self._inbox.put_nowait({"type": "websocket.disconnect", "code": code})

    async def accepted(self) -> bool:
        return bool((await self.sent.get())["type"] == "websocket.accept")

    async def closed(self) -> tuple[int, str]:
        """Code and reason; what was sent before is skipped."""
        while (message := await self.sent.get())["type"] != "websocket.close":
            pass
        await self.door
        return message["code"], message.get("reason", "")

    async def media(self) -> None:
        """One frame, and the conversation's answer to it."""
        self.say({"event": "media", "media": {"payload": ""}})
        assert (await self.sent.get())["type"] == "websocket.send"


class Carrier:
    """The world of one test: our doors, and a carrier in front of them."""

    def __init__(
        self,
        *,
        person: str | None = PERSON,
        max_calls: int = 10,
        public: str = PUBLIC,
        folder: Path = Path("recordings"),
    ) -> None:
        self.clock = TestClock()
        self.metrics = Metrics()
        self.store, self.phone, self.diary, self.messages = MemoryCallStore(), Phones(), Diary(), Messages()
        self.voicemails = Voicemails()
        self.receipts = Receipts()
        self.recordings = EncryptedRecordings(folder, MasterKey(b"m" * 32), self.clock)
        self.talks: list[Talk] = []
        self.public = public
        line = Line(
            id="main",
            number=OUR_NUMBER,
            language="en-US",
            voice=Voice(id="anna", names={}),
            greeting="Hello.",
            disclosure="A machine speaks.",
            recording_notice="",
            recording=False,
            fallback_number=person,
        )
        self.reached = ReachedLine(company="sample", line=line, words=Words())
        self.exchange: Exchange = open_exchange(
            account=CarrierAccount(sid=ACCOUNT, tokens=[TOKEN], public_url=public),
            capacity=Capacity(max_calls=max_calls),
            trunk=Trunk(
                store=self.store,
                phone=self.phone,
                journal=self.diary,
                callbacks=self.messages,
                receipts=self.receipts,
                voicemails=self.voicemails,
                carrier_recordings=self.voicemails,
                recordings=self.recordings,
                open_conversation=self._open,
                line_of=lambda number: self.reached if number == OUR_NUMBER else None,
                clock=self.clock,
                metrics=self.metrics,
            ),
        )
        self.app = FastAPI()
        for router in self.exchange.routers:
            self.app.include_router(router)
        self.app.router.routes.extend(self.exchange.routes)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://inside")

    def _open(self, call: Call) -> Talk:
        self.talks.append(Talk(call))
        return self.talks[-1]

    async def post(self, path: str, form: Mapping[str, str], *, token: str = TOKEN) -> httpx.Response:
        signature = RequestValidator(token).compute_signature(self.public + path, form)
        return await self.http.post(path, data=form, headers={"X-Twilio-Signature": signature})

    async def ask(self, path: str, call: str, **more: str) -> ET.Element:
        """A signed request about a call, and the document it gets."""
        answer = await self.post(path, form_of(call, **more))
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("application/xml")
        return ET.fromstring(answer.text)

    async def ring(self, call: str) -> ET.Element:
        return await self.ask("/twilio/voice", call, CallStatus="ringing")

    async def status(self, call: str, status: str) -> None:
        assert (await self.post("/twilio/status", form_of(call, CallStatus=status))).status_code == 204

    def knock(self, url: str, *, token: str = TOKEN) -> Socket:
        signature = RequestValidator(token).compute_signature(url, {})
        return Socket(self.app, url, {"X-Twilio-Signature": signature})

    async def stream(self, document: ET.Element, call: str, number: int = 1) -> Socket:
        """Open the stream that the document asks for, up to its first frame's answer."""
        socket = self.knock(stream_url(document))
        assert await socket.accepted()
        socket.say({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        socket.say(start(call, token_of(document), number))
        await socket.media()
        return socket

    def call(self, call: str) -> Call:
        return next(c for c in self.store.calls.values() if c.carrier_call_id == sid("CA", call))

    def refused(self, door: str, reason: str) -> float:
        value = self.metrics.registry.get_sample_value(
            "callwright_refused_total", {"door": door, "reason": reason}
        )
        return value or 0.0


def sid(kind: str, name: str) -> str:
    return kind + hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


def form_of(call: str, **more: str) -> dict[str, str]:
    fixed = {
        "AccountSid": ACCOUNT,
        "CallSid": sid("CA", call),
        "From": "+14155550101",
        "To": OUR_NUMBER,
        "CallStatus": "in-progress",
        "CallerName": "",
    }
    return {**fixed, **more}


def start(call: str, token: str, number: int = 1, **changes: object) -> dict[str, Any]:
    stream = sid("MZ", f"{call} {number}")
    inner: dict[str, object] = {
        "accountSid": ACCOUNT,
        "streamSid": stream,
        "callSid": sid("CA", call),
        "tracks": ["inbound"],
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        "customParameters": {"token": token},
    }
    return {"event": "start", "sequenceNumber": "1", "streamSid": stream, "start": inner | changes}


def stream_url(document: ET.Element) -> str:
    stream = document.find("./Connect/Stream")
    assert stream is not None, ET.tostring(document)
    return stream.attrib["url"]


def token_of(document: ET.Element) -> str:
    parameter = document.find("./Connect/Stream/Parameter")
    assert parameter is not None
    return parameter.attrib["value"]


def action_of(document: ET.Element) -> str:
    """Path and query of the address that `<Connect>` asks when its stream has ended."""
    connect = document.find("./Connect")
    assert connect is not None
    parts = urlsplit(connect.attrib["action"])
    return f"{parts.path}?{parts.query}"


def verbs(document: ET.Element) -> list[str]:
    return [verb.tag for verb in document]
