"""How long the event loop stands still when a call starts: a process's first call, and those after it.

`python -m evals.bench.call_start --fakes HOST:PORT` prints JSON. One production pipeline after another is
run for a moment on the rig's providers, beside a probe that wants its turn every millisecond.
"""

import argparse
import asyncio
import base64
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from loguru import logger

from domain.clock import SystemClock
from domain.company import Company, Line, OpeningHours, Voice
from domain.confirmation import Said
from domain.events import CallStarted
from domain.language import language_for
from domain.masking import Masker, masking_words_for
from domain.ports.media import Ending
from evals.bench.levels import Rig
from pipelines.call import LiveCall
from pipelines.call_sheet import CallSheet, ToolOutcome
from pipelines.context import Context
from pipelines.fixed_speech import FixedSpeech, Rendered
from pipelines.kit import Caller, CallKit, Patience
from pipelines.model import ModelEndpoint, open_client, warm_up
from pipelines.speech.engines import SpeechSettings
from pipelines.speech.opening import SpeechEngines

CALLS = 8
TALKS_S = 1.5
PROBE_S = 0.001
QUIET = base64.b64encode(b"\xff" * 160).decode()
STREAM = "MZ" + "0" * 32
CLOCK = SystemClock()
FAKES_PORT = 9261
LINE = Line(
    id="main",
    number="+14155550100",
    language="en-US",
    voice=Voice(id="anna", names={"deepgram": "aura-2-thalia-en"}),
    greeting="How can I help you?",
    disclosure="You are speaking with an automated assistant.",
    recording_notice="This call is recorded.",
    recording=True,
)
COMPANY = Company(
    id="bench",
    name="Bench",
    hours=OpeningHours(zone=ZoneInfo("UTC"), weekly={}),
    lines=(LINE,),
    goals=(),
    actions=(),
    persona="",
    documents=(),
)


@dataclass
class Probe:
    """The longest stretch in which nothing else was served, as far as this process itself took it."""

    worst_s: float = 0.0

    async def watch(self) -> None:
        """What another process took from us on a shared core is no block of ours: CPU time bounds it."""
        loop = asyncio.get_running_loop()
        while True:
            asked, cpu = loop.time(), time.thread_time()
            await CLOCK.sleep(PROBE_S)
            late = loop.time() - asked - PROBE_S
            self.worst_s = max(self.worst_s, min(late, time.thread_time() - cpu))


@dataclass
class QuietCaller:
    """A `domain.ports.media.MediaSocket`: 20 ms of silence after another, then the caller hangs up."""

    frames: int = 0

    async def receive(self) -> str:
        if self.frames * 0.02 >= TALKS_S:
            return json.dumps({"event": "stop", "streamSid": STREAM, "stop": {}})
        self.frames += 1
        await CLOCK.sleep(0.02)
        media = {"track": "inbound", "payload": QUIET}
        return json.dumps({"event": "media", "streamSid": STREAM, "media": media})

    async def send(self, *_: object) -> None:
        return None


class Nowhere:
    """Journal, recordings, callbacks and onlookers of a call of which nothing is kept."""

    watched = False

    def write(self, *_: object) -> None:
        return None

    async def settle(self, *_: object) -> None:
        return None

    def open(self, *_: object) -> "Nowhere":
        return self

    def pause(self) -> None:
        return None

    def resume(self) -> None:
        return None

    def silence(self, *_: object) -> None:
        return None

    async def close(self) -> None:
        return None

    async def take(self, *_: object) -> str:
        return ""

    def publish(self, *_: object) -> None:
        return None


async def _sound(text: str, _voice: Voice, _language: str) -> Rendered:
    return Rendered(mulaw=b"\x7f" * 400 * len(text))


async def measure(fakes: str) -> list[float]:
    """The longest block of each call's start, in milliseconds, in the order of the calls."""
    engines = SpeechEngines(
        [_speech(fakes)], clock=CLOCK, cache=Path(), corpus=(), vocabulary=(), local_recognisers=1
    )
    await engines.start()
    endpoint = ModelEndpoint(client=open_client("bench", f"http://{fakes}/v1"), model="bench")
    await warm_up([endpoint])
    with tempfile.TemporaryDirectory() as folder:
        fixed = FixedSpeech(Path(folder), engine="deepgram", render=_sound)
        said = [LINE.disclosure, LINE.recording_notice, LINE.greeting]
        await fixed.prepare(said, LINE.voice, LINE.language)
        kit = _kit(engines, endpoint, fixed)
        gc.collect()
        gc.freeze()  # as `app.bootstrap.settle_memory` does before the first call
        try:
            return [await _blocked_ms(lambda: _call(kit)) for _ in range(CALLS)]
        finally:
            await endpoint.client.close()
            await engines.close()


async def _blocked_ms(start: Callable[[], LiveCall]) -> float:
    probe = Probe()
    watching = asyncio.create_task(probe.watch())
    await CLOCK.sleep(0.2)
    probe.worst_s = 0.0
    call = start()
    ending = await call.run(QuietCaller(), STREAM)
    await call.close()
    watching.cancel()
    assert ending is Ending.CALLER_LEFT
    return round(1000 * probe.worst_s, 1)


def _speech(fakes: str) -> SpeechSettings:
    endpoints = {
        "deepgram-flux": f"ws://{fakes}/v2/listen",
        "deepgram-nova": f"ws://{fakes}",
        "deepgram-speak": f"ws://{fakes}",
    }
    return SpeechSettings(
        speech_to_text="deepgram-flux",
        text_to_speech="deepgram",
        keys={"deepgram": "bench"},
        endpoints=endpoints,
    )


def _kit(engines: SpeechEngines, endpoint: ModelEndpoint, fixed: FixedSpeech) -> CallKit:
    nowhere = Nowhere()
    return CallKit(
        clock=CLOCK,
        journal=nowhere,
        recordings=nowhere,
        callbacks=nowhere,
        live=nowhere,
        fixed_speech=fixed,
        models=(endpoint,),
        open_ears=engines.ears,
        open_voices=engines.voices,
        live_calls=lambda: 1,
        ignored=lambda _reason: None,
        patience=Patience(),
        engines={},
    )


class NoGate:
    """Nobody acts in these calls."""

    asking = False
    waiting = ()

    def tools(self) -> Sequence[Mapping[str, Any]]:
        return []

    async def act(self, action: str, arguments: Mapping[str, Any]) -> ToolOutcome:  # as the port has it
        raise NotImplementedError

    async def hear(self, said: Said) -> ToolOutcome | None:  # as the port has it
        raise NotImplementedError

    async def supervised(self, deed_id: str) -> ToolOutcome:  # as the port has it
        raise NotImplementedError

    def withdraw(self) -> None: ...


class NoTruth:
    """Nobody speaks in these calls."""

    def unsupported(self, sentence: str) -> Sequence[str]:  # noqa: ARG002  # as the port has it
        return ()

    def learn_said(self, text: str) -> None: ...


def _call(kit: CallKit) -> LiveCall:
    started = CallStarted(
        company=COMPANY.id,
        line=LINE.id,
        direction="inbound",
        carrier_call_id="CA" + "0" * 32,
        caller="",
        called=LINE.number,
        language=LINE.language,
        prompts_version="bench",
        speech_to_text="deepgram-flux",
        text_to_speech="deepgram",
        model="bench",
    )

    return LiveCall(
        CallSheet(
            kit=kit,
            caller=Caller(call_id="bench", number="", facts=lambda summary: summary),
            company=COMPANY,
            line=LINE,
            language=language_for(LINE.language).of_company(COMPANY.name),
            context=Context(instructions="", facts="", tools=list),
            gate=NoGate(),
            truth=NoTruth(),
            masker=Masker(masking_words_for(LINE.language)),
            for_the_ear=str,
            started=started,
        )
    )


def call_start_block_ms(rig: Rig) -> list[float]:
    """In a fresh process, as the first call of one is what it is about."""
    address = f"127.0.0.1:{FAKES_PORT}"
    log = (rig.out / "call_start.log").open("w")
    fakes = subprocess.Popen(  # noqa: S603  # a command of our own making
        [sys.executable, str(rig.folder / "fakes.py"), "--port", str(FAKES_PORT)],
        stdout=log,
        stderr=subprocess.STDOUT,
        cwd=rig.out,
    )
    try:
        time.sleep(2.0)  # another process begins to listen
        command = [sys.executable, "-m", "evals.bench.call_start", "--fakes", address]
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=log).stdout  # noqa: S603  # as above
        return [float(blocked) for blocked in json.loads(printed)]
    finally:
        fakes.terminate()
        fakes.wait(20)
        log.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fakes", required=True, help="where the rig's providers listen, HOST:PORT")
    logger.remove()
    try:
        import uvloop
    except ImportError:
        blocked = asyncio.run(measure(parser.parse_args().fakes))
    else:
        blocked = uvloop.run(measure(parser.parse_args().fakes))
    print(json.dumps(blocked))  # noqa: T201
