"""A whole call as a story with seconds, played on the production pipeline in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from openai import AsyncOpenAI

from domain.company import Company, Line, OpeningHours, Voice
from domain.events import AgentSpoke, CallStarted, Event
from domain.language import language_for
from domain.masking import Masker, masking_words_for
from domain.ports.callbacks import CallbackRequest
from domain.ports.media import Ending
from pipelines.call import LiveCall
from pipelines.call_sheet import CallersGate, CallSheet, Truth
from pipelines.context import Context
from pipelines.fixed_speech import FixedSpeech, Rendered
from pipelines.kit import Caller, CallKit, Ears, Patience
from pipelines.model import ModelEndpoint
from tests.support.scripted_carrier import QUIET, STREAM, ScriptedCarrier
from tests.support.scripted_gate import ScriptedGate, ScriptedTruth
from tests.support.scripted_organs import (
    CHARS_PER_SECOND,
    Plan,
    Said,
    ScriptedEars,
    ScriptedModel,
    ScriptedRecogniser,
    ScriptedVoice,
)

E = TypeVar("E", bound=Event)

VOICE = Voice(id="anna", names={"scripted": "anna"})
LINE = Line(
    id="main",
    number="+14155550100",
    language="en-US",
    voice=VOICE,
    greeting="How can I help you?",
    disclosure="You are speaking with an automated assistant.",
    recording_notice="This call is recorded.",
    recording=True,
)
COMPANY = Company(
    id="test",
    name="Testwell",
    hours=OpeningHours(zone=ZoneInfo("UTC"), weekly={day: ((time(8), time(18)),) for day in range(5)}),
    lines=(LINE,),
    goals=(),
    actions=(),
    persona="Kind and brief.",
    documents=(),
)
STARTED = CallStarted(
    company="test",
    line="main",
    direction="inbound",
    carrier_call_id="CA" + "0" * 32,
    caller="+14155550111",
    called=LINE.number,
    language="en-US",
    prompts_version="test",
    speech_to_text="scripted",
    text_to_speech="scripted",
    model="scripted",
)


class StoppedClock:
    def now(self) -> datetime:
        return datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass
class ListJournal:
    events: list[Event] = field(default_factory=list)

    def write(self, call_id: str, event: Event) -> None:
        self.events.append(event)

    async def settle(self, call_id: str) -> None:
        return None


@dataclass
class ListRecordings:
    caller: bytearray = field(default_factory=bytearray)
    agent: bytearray = field(default_factory=bytearray)
    closed: bool = False
    silenced: list[tuple[int, int]] = field(default_factory=list)
    """Milliseconds from and to, as they were asked for."""

    def open(self, call_id: str) -> "ListRecordings":
        return self

    def pause(self) -> None:
        raise AssertionError("no story pauses a recording")

    def resume(self) -> None:
        raise AssertionError("no story pauses a recording")

    def silence(self, from_ms: int, to_ms: int) -> None:
        self.silenced.append((from_ms, to_ms))
        self.caller[8 * from_ms : 8 * to_ms] = QUIET[:1] * (8 * (to_ms - from_ms))

    def write(self, caller: bytes, agent: bytes) -> None:
        self.caller += caller
        self.agent += agent

    async def close(self) -> None:
        self.closed = True


@dataclass
class ListCallbacks:
    taken: list[CallbackRequest] = field(default_factory=list)
    fails: bool = False

    async def take(self, request: CallbackRequest) -> str:
        if self.fails:
            raise ConnectionError("the database is away")
        self.taken.append(request)
        return f"message-{len(self.taken)}"


class NobodyWatches:
    watched = False

    def publish(self, call_id: str, kind: str, text: str) -> None:
        raise AssertionError("nobody watches")


@dataclass
class ListLive:
    """Somebody looks on."""

    shown: list[tuple[str, str]] = field(default_factory=list)
    watched = True

    def publish(self, call_id: str, kind: str, text: str) -> None:
        self.shown.append((kind, text))


async def _kept_sound(text: str, _voice: Voice, _language: str) -> Rendered:
    """As long as the text, and different from place to place, so that a cut in it can be seen."""
    length = round(len(text) / CHARS_PER_SECOND * 8000)
    return Rendered(mulaw=bytes(16 + i // 40 % 64 for i in range(length)))


class ScriptedCall:
    """Say what happens, `await play()`, assert what was heard."""

    def __init__(self, folder: Path, *, line: Line = LINE, patience: Patience | None = None) -> None:
        self.carrier = ScriptedCarrier()
        self.model = ScriptedModel()
        self.second_model: ScriptedModel | None = None
        self.journal = ListJournal()
        self.recordings = ListRecordings()
        self.callbacks = ListCallbacks()
        self.tool_takes_s = 0.1
        self.tool_result: Mapping[str, Any] = {"outcome": "found", "say": "It arrives tomorrow."}
        self.voices_dead = [False]
        """One voice, or one and its substitute; which of them make no sound."""
        self.voice_waits_s = 0.09
        self.keeps_sentences = True
        """False where the voice's provider was away when the process started."""
        self.recognisers = 1
        self.recall: Callable[[], Awaitable[Sequence[Event]]] | None = None
        self.answered_s_ago = 0.0
        self.recogniser_fails_at: list[float] = []
        """When each recogniser, in its turn, is lost for good."""
        self.tools: dict[str, tuple[float, Any]] = {}
        """By name: seconds, and result or whole outcome; `tool_takes_s` and `tool_result` for all others."""
        self.gate = ScriptedGate(lambda name: self.tools.get(name, (self.tool_takes_s, self.tool_result)))
        self.acted = self.gate.acted
        self.truth = ScriptedTruth()
        self.company = COMPANY
        self.real: Callable[[], tuple[CallersGate, Truth]] | None = None
        """Opens the production gate and evidence in place of the scripted ones."""
        self.masker = Masker(masking_words_for("en-US"))
        self.live: NobodyWatches | ListLive = NobodyWatches()
        self._line = line
        self._patience = patience or Patience()
        self._said: list[Said] = []
        self._listening: ScriptedRecogniser | None = None
        self.carriers = [self.carrier]
        self._fixed = FixedSpeech(folder, engine="scripted", render=_kept_sound)
        self.ending: Ending | None = None
        self.ended_at = 0.0

    def caller_says(self, at: float, until: float, text: str, *, loud: bool = True, **heard: Any) -> None:
        """`heard`: how the recogniser tells of it, see `Said`."""
        self._said.append(Said(at=at, until=until, text=text, **heard))
        if loud:
            self.carrier.speech.append((at, until))

    def noise(self, at: float, until: float) -> None:
        """A cough, a door: the recogniser notices it and finds no words in it."""
        self.caller_says(at, until, "")

    def caller_presses(self, at: float, keys: str) -> None:
        for index, key in enumerate(keys):
            self.carrier.digits.append((at + 0.3 * index, key))

    def caller_hangs_up(self, at: float) -> None:
        self.carrier.hangs_up_at = at

    def agent_plans(self, says: str = "", **plan: Any) -> None:
        self.model.plans.append(Plan(says=says, **plan))

    async def play(self) -> Ending:
        await self._prepare()
        gate, truth = self.real() if self.real else (self.gate, self.truth)
        self.call = LiveCall(
            CallSheet(
                kit=self._kit(),
                caller=Caller(
                    call_id="call-1", number="+14155550111", facts=lambda summary: f"Facts. {summary}"
                ),
                company=self.company,
                line=self._line,
                language=language_for("en"),
                context=Context(instructions="Be kind.", facts="Facts.", tools=gate.tools),
                gate=gate,
                truth=truth,
                masker=self.masker,
                for_the_ear=lambda text: text,
                started=STARTED,
                recall=self.recall,
                answered_s_ago=self.answered_s_ago,
            )
        )
        self.ending = await self._carry()
        return self.ending

    async def play_on(self, carrier: ScriptedCarrier, *said: Said) -> Ending:
        """The same call on a second socket; times count from that socket's start."""
        self.carrier, self._said = carrier, [*said]
        self.carriers.append(carrier)
        return await self._carry()

    async def _carry(self) -> Ending:
        said = [asyncio.create_task(self._report(utterance)) for utterance in self._said]
        lost = [asyncio.create_task(self._fail(at)) for at in self.recogniser_fails_at]
        ending = await self.call.run(self.carrier, STREAM)
        self.ended_at = self.carrier.now
        for task in (*said, *lost):
            task.cancel()
        await asyncio.gather(*said, *lost, return_exceptions=True)
        return ending

    async def _report(self, said: Said) -> None:
        """Whichever recogniser listens by then hears it."""
        await asyncio.sleep(max(0.0, self.carrier.origin + said.at - asyncio.get_running_loop().time()))
        assert self._listening is not None
        await self._listening.report(said, self.carrier.origin)

    async def _fail(self, at: float) -> None:
        await asyncio.sleep(max(0.0, self.carrier.origin + at - asyncio.get_running_loop().time()))
        assert self._listening is not None
        await self._listening.push_error("gone", force_treat_as_permanent=True)

    async def _prepare(self) -> None:
        sentences = language_for("en").sentences
        fixed: list[str] = [self._line.disclosure, self._line.recording_notice, self._line.greeting]
        for value in vars(sentences).values():
            fixed += [value] if isinstance(value, str) else list(value)
        if self.keeps_sentences:
            await self._fixed.prepare(fixed, VOICE, "en-US")

    def _kit(self) -> CallKit:
        models = [self.model, *([self.second_model] if self.second_model else [])]
        return CallKit(
            clock=StoppedClock(),
            journal=self.journal,
            recordings=self.recordings,
            callbacks=self.callbacks,
            live=self.live,
            fixed_speech=self._fixed,
            models=tuple(ModelEndpoint(client=cast(AsyncOpenAI, m), model="scripted") for m in models),
            open_ears=(self._open_ears,) * self.recognisers,
            open_voices=lambda _line: [
                ScriptedVoice(first_byte_s=self.voice_waits_s, dead=dead) for dead in self.voices_dead
            ],
            live_calls=lambda: 1,
            ignored=lambda _reason: None,
            patience=self._patience,
            engines={},
        )

    async def _open_ears(self, _line: Line) -> Ears:
        recogniser = ScriptedRecogniser()
        self._listening = recogniser
        return ScriptedEars(service=recogniser)

    # -- what a story asserts ----------------------------------------------------------------

    def noted(self, kind: type[E]) -> list[E]:
        return [event for event in self.journal.events if isinstance(event, kind)]

    @property
    def spoken(self) -> list[AgentSpoke]:
        return self.noted(AgentSpoke)

    @property
    def heard(self) -> list[str]:
        """What the caller heard of each utterance."""
        return [spoken.heard for spoken in self.spoken]

    def told(self, inference: int = -1) -> list[tuple[str, str]]:
        """What the model was told: (role, words) of each message behind the instructions."""
        return [
            (message["role"], message.get("content") or f"calls {_called(message)}")
            for message in self.model.asked[inference]
            if message["role"] != "system"
        ]


def _called(message: Mapping[str, Any]) -> str:
    return ", ".join(call["function"]["name"] for call in message["tool_calls"])
