"""One live call: its processors in the order of the stations, its reader, its writer, its end."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from loguru import logger
from pipecat.frames.frames import CancelFrame, ManuallySwitchServiceFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.service_switcher import ServiceSwitcher, ServiceSwitcherStrategyManual
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.services.tts_service import TTSService
from pipecat.workers.runner import WorkerRunner

import prompts
from domain.company import Company, Line
from domain.events import CallStarted, Event, NoticePlayed, StreamLost, StreamResumed
from domain.frame_joining import FrameJoiner
from domain.journal import EventsLost
from domain.language import Language
from domain.ports.media import Ending, MediaSocket, SocketClosed
from pipelines import wire
from pipelines.context import Context
from pipelines.dialogue import Dialogue
from pipelines.guard_output import GuardOutput
from pipelines.kit import Caller, CallKit, Ears
from pipelines.line import SAMPLE_RATE, LineIn, LineOut
from pipelines.model import Model
from pipelines.mouth import Mouth
from pipelines.recorder import Recorder
from pipelines.tool_calls import ToolCalls, ToolOutcome
from pipelines.turn_taking import TurnTakingProcessor

END_WITHIN_S = 2.0
SUMMARY_WITHIN_S = 10.0


class LiveCall:
    """A `domain.ports.media.Conversation`: what is remembered of a call, whichever socket carries it."""

    def __init__(
        self,
        *,
        kit: CallKit,
        caller: Caller,
        company: Company,
        line: Line,
        language: Language,
        context: Context,
        act: Callable[[str, Mapping[str, Any]], Awaitable[ToolOutcome]],
        for_the_ear: Callable[[str], str],
        started: CallStarted,
        recall: Callable[[], Awaitable[Sequence[Event]]] | None = None,
    ) -> None:
        """`recall`: what was said before, where another process carried the call until now."""
        self._kit = kit
        self._caller = caller
        self._company = company
        self._line = line
        self._language = language
        self._context = context
        self._act = act
        self._for_the_ear = for_the_ear
        self._started = started
        self._recall = recall
        self._loop = asyncio.get_running_loop()
        self._answered_at = self._loop.time()
        self._recorder = Recorder(kit.recordings, caller.call_id)
        self._turn = 0
        self._runs = 0
        self._wants_other_ears = False
        self._noticed: set[str] = set()
        """Notices that were heard to their end."""

    # -- domain.ports.media.Conversation -----------------------------------------------------

    async def run(self, socket: MediaSocket, stream_sid: str) -> Ending:
        """Talk until the end; may be run once more on a new socket after `STREAM_LOST`."""
        resumed = self._runs > 0 or self._recall is not None
        if self._recall is not None:
            said_before = await self._recall()
            self._context.recall(said_before)
            self._noticed |= {event.notice for event in said_before if isinstance(event, NoticePlayed)}
            self._recall = None
        self._runs += 1
        self._write(StreamResumed(at_ms=self._ms(self._loop.time())) if resumed else self._started)
        last = len(self._kit.open_ears) - 1
        for number, open_ears in enumerate(self._kit.open_ears):
            ears = await open_ears(self._line)
            try:
                ending = await self._converse(
                    socket, stream_sid, ears, resumed=resumed or number > 0, more_ears=number < last
                )
            finally:
                await ears.release()
            if not self._wants_other_ears:
                return ending
        raise AssertionError("a process without a recogniser takes no calls")

    async def close(self) -> None:
        await self._recorder.close(self._loop.time())
        try:
            await self._kit.journal.settle(self._caller.call_id)
        except EventsLost as lost:
            logger.bind(call=self._caller.call_id, events=lost.count).error(
                "the journal lost events of a call"
            )

    # -- one socket --------------------------------------------------------------------------

    async def _converse(
        self, socket: MediaSocket, stream_sid: str, ears: Ears, *, resumed: bool, more_ears: bool
    ) -> Ending:
        dialogue = Dialogue(
            kit=self._kit,
            caller=self._caller,
            company=self._company,
            line=self._line,
            language=self._language,
            context=self._context,
            recorder=self._recorder,
            write=self._write,
            ms=self._ms,
            weigh_pauses=not ears.weighs_pauses,
            more_ears=more_ears,
        )
        dialogue.heard.turn = self._turn
        mouth = Mouth(
            stream_sid=stream_sid, send=socket.send, recorder=self._recorder, listener=dialogue.heard
        )
        line_in, worker = self._assemble(dialogue, mouth, ears)
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)
        started = asyncio.Event()
        worker.add_event_handler("on_pipeline_started", lambda *_: started.set())
        running = asyncio.create_task(runner.run())
        writing = asyncio.create_task(mouth.run())
        reading = asyncio.create_task(self._read(socket, stream_sid, dialogue, mouth, line_in, started))
        try:
            await dialogue.open(answered_at=self._answered_at, resumed=resumed, noticed=self._noticed)
            return await dialogue.run()
        finally:
            self._turn = dialogue.heard.turn
            self._wants_other_ears = dialogue.wants_other_ears
            dialogue.heard.drop()
            await _stop(worker, running, writing, reading)

    def _assemble(self, dialogue: Dialogue, mouth: Mouth, ears: Ears) -> tuple[LineIn, PipelineWorker]:
        """The stations of one utterance, in their order."""
        answer = dialogue.answer
        line_in = LineIn(FrameJoiner(self._kit.live_calls))
        taking = TurnTakingProcessor(dialogue, self._context, starts_with_words=ears.starts_with_words)
        model = Model(
            self._kit.models,
            system_instruction=self._context.system_instruction,
            on_failover=lambda error: dialogue.tell(lambda: dialogue.recovery.second_model(error)),
        )
        tools = ToolCalls(dialogue, self._act, self._filler_of)
        model.register_function(None, tools.handle)
        line_out = LineOut(mouth)
        voices = self._kit.open_voices(self._line)
        speaking = ServiceSwitcher([*voices], ServiceSwitcherStrategyManual) if len(voices) > 1 else voices[0]
        stations: list[FrameProcessor] = [
            line_in,
            *ears.before(),
            ears.service,
            taking,
            model,
            GuardOutput(
                for_the_ear=self._for_the_ear,
                plan=answer.sentence_planned,
                on_first_word=answer.first_word,
                on_tools=answer.tools_began,
                answer_number=lambda: answer.number,
                on_end=lambda number: dialogue.tell(lambda: answer.ended(number)),
            ),
            speaking,
            line_out,
        ]
        ears.tell_of_speech(taking.speech_began)
        ears.service.add_event_handler("on_error", taking.recogniser_failed)
        dialogue.heard.mouth, dialogue.heard.line_out = mouth, line_out
        dialogue.channel = CallChannel(taking, line_in, model, self._context, voices[1:])
        worker = PipelineWorker(
            Pipeline(stations),
            params=PipelineParams(audio_in_sample_rate=SAMPLE_RATE, audio_out_sample_rate=SAMPLE_RATE),
            enable_rtvi=False,
            enable_turn_tracking=False,
            idle_timeout_secs=None,
            check_dangling_tasks=False,
        )
        return line_in, worker

    async def _read(
        self,
        socket: MediaSocket,
        stream_sid: str,
        dialogue: Dialogue,
        mouth: Mouth,
        line_in: LineIn,
        started: asyncio.Event,
    ) -> None:
        """The carrier's messages, until it stops or is gone."""
        try:
            while True:
                match wire.read(await socket.receive(), stream_sid):
                    case wire.Sound(mulaw=mulaw):
                        self._recorder.caller(mulaw, self._loop.time())
                        if started.is_set():
                            await line_in.hear(mulaw)
                    case wire.MarkReturned(name=name):
                        mouth.mark_returned(name)
                    case wire.Digit(key=key):
                        dialogue.tell(lambda key=key: dialogue.callers_turn.key_pressed(key))  # type: ignore[misc]  # bound now
                    case wire.Stopped():
                        dialogue.tell(lambda: dialogue.end(Ending.CALLER_LEFT))
                        return
                    case wire.Ignored(reason=reason):
                        self._kit.ignored(reason)
        except SocketClosed as closed:
            code = closed.code
            self._write(StreamLost(at_ms=self._ms(self._loop.time()), code=code))
            dialogue.tell(lambda: dialogue.end(Ending.STREAM_LOST))

    # -- small joints ------------------------------------------------------------------------

    def _write(self, event: Event) -> None:
        if isinstance(event, NoticePlayed):
            self._noticed.add(event.notice)
        self._kit.journal.write(self._caller.call_id, event)

    def _ms(self, at: float) -> int:
        return max(0, round(1000 * (at - self._answered_at)))

    def _filler_of(self, action_name: str) -> str:
        action = self._company.action(action_name)
        return (action.filler or "") if action else ""


class CallChannel:
    """The pipeline as the dialogue sees it."""

    def __init__(
        self,
        taking: TurnTakingProcessor,
        line_in: LineIn,
        model: Model,
        context: Context,
        spare_voices: list[TTSService],
    ) -> None:
        self._line_in = line_in
        self._model = model
        self._context = context
        self.run_model = taking.run_model
        self.stop_answer = taking.stop_answer
        self.withdraw_guess = taking.withdraw_guess
        self.caller_turn = taking.caller_turn
        self.speak = taking.speak
        self._push = taking.push_frame
        self._spare_voices = spare_voices

    def last_sound(self) -> float:
        return self._line_in.last_sound

    async def second_voice(self) -> bool:
        if not self._spare_voices:
            return False
        await self._push(ManuallySwitchServiceFrame(service=self._spare_voices.pop(0)))
        return True

    async def summarise(self) -> str:
        """The oldest turns in a few sentences; empty where the model does not answer in time."""
        told = "\n".join(f"{m['role']}: {m['content']}" for m in self._context.oldest() if m.get("content"))
        asked = LLMContext(messages=[{"role": "user", "content": f"{self._context.facts}\n\n{told}"}])
        try:
            async with asyncio.timeout(SUMMARY_WITHIN_S):
                return (
                    await self._model.run_inference(asked, system_instruction=prompts.text("summary.md"))
                    or ""
                )
        except Exception as error:  # a summary is never worth a call
            logger.bind(error=type(error).__name__).warning("a long call could not be shortened")
            return ""


async def _stop(worker: PipelineWorker, running: asyncio.Task[None], *others: asyncio.Task[None]) -> None:
    """End the pipeline within a bound, whatever state it is in.

    pipecat's own cancel waits behind an end frame that a processor may have lost; a cancel frame put
    into the pipeline itself gets through (reference: pipecat 1.14, PipelineWorker).
    """
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await worker.cancel(reason="the call is over")
    done, _ = await asyncio.wait({running}, timeout=END_WITHIN_S)
    if not done:
        logger.warning("a pipeline did not end in time and was cancelled from inside")
        with contextlib.suppress(Exception):
            await worker.pipeline.queue_frame(CancelFrame(reason="watchdog"))
        await asyncio.wait({running}, timeout=END_WITHIN_S)
        running.cancel()
