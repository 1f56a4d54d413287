"""One live call: its processors in the order of the stations, its reader, its writer, its end."""

import asyncio
import contextlib

from loguru import logger
from pipecat.frames.frames import CancelFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.service_switcher import ServiceSwitcher, ServiceSwitcherStrategyManual
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.frame_processor import FrameProcessor
from pipecat.workers.runner import WorkerRunner

from domain.events import NoticePlayed, StreamLost, StreamResumed
from domain.frame_joining import FrameJoiner
from domain.journal import EventsLost
from domain.masking import Replacement, Span
from domain.ports.media import Ending, MediaSocket, SocketClosed
from pipelines import wire
from pipelines.call_sheet import CallSheet
from pipelines.channel import CallChannel
from pipelines.deeds import Deeds
from pipelines.dialogue import Dialogue
from pipelines.guard_input import GuardInput
from pipelines.guard_output import GuardOutput
from pipelines.kit import Ears
from pipelines.line import SAMPLE_RATE, LineIn, LineOut
from pipelines.model import Model
from pipelines.mouth import Mouth
from pipelines.notes import Notes
from pipelines.recorder import MULAW_SILENCE, Recorder
from pipelines.secret_keys import SecretKeypad
from pipelines.tool_calls import ToolCalls
from pipelines.turn_taking import TurnTakingProcessor

END_WITHIN_S = 2.0


class LiveCall:
    """A `domain.ports.media.Conversation`: what is remembered of a call, whichever socket carries it."""

    def __init__(self, sheet: CallSheet) -> None:
        self._sheet = sheet
        self._kit = sheet.kit
        self._loop = asyncio.get_running_loop()
        self._notes = Notes(
            sheet.kit.journal, sheet.caller.call_id, answered_at=self._loop.time() - sheet.answered_s_ago
        )
        self.recorder = Recorder(sheet.kit.recordings, sheet.caller.call_id)
        self._deeds = Deeds()
        self._dialogue: Dialogue | None = None
        self._guard = GuardInput(
            sheet.masker,
            recorder=self.recorder,
            silence=self._silence,
            recall=self._recall,
            write=self._notes.write,
        )
        self.secret_keys = SecretKeypad(self._guard, sheet.kit.clock)
        self._turn = 0
        self._runs = 0
        self._wants_other_ears = False

    # -- domain.ports.media.Conversation -----------------------------------------------------

    async def run(self, socket: MediaSocket, stream_sid: str) -> Ending:
        """Talk until the end; may be run once more on a new socket after `STREAM_LOST`."""
        sheet, notes = self._sheet, self._notes
        resumed = self._runs > 0 or sheet.recall is not None
        if self._runs == 0 and sheet.recall is not None:
            said_before = await sheet.recall()
            sheet.context.recall(said_before)
            notes.noticed |= {event.notice for event in said_before if isinstance(event, NoticePlayed)}
        self._runs += 1
        notes.write(StreamResumed(at_ms=notes.ms(self._loop.time())) if resumed else sheet.started)
        last = len(self._kit.open_ears) - 1
        for number, open_ears in enumerate(self._kit.open_ears):
            ears = await open_ears(sheet.line)
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
        call_id = self._sheet.caller.call_id
        await self.recorder.close(self._loop.time())
        await self._deeds.settle()
        try:
            await self._kit.journal.settle(call_id)
        except EventsLost as lost:
            logger.bind(call=call_id, events=lost.count).error("the journal lost events of a call")

    def _silence(self, span: Span) -> None:
        answered_at = self._notes.answered_at
        self.recorder.silence(answered_at + span.from_ms / 1000, answered_at + span.to_ms / 1000)

    def _recall(self, replacement: Replacement) -> None:
        """A turn that passed turns out to have held what nobody may keep."""
        self._sheet.context.replace_in_callers_words(replacement.was, replacement.now)
        if self._dialogue is not None:
            self._dialogue.recall(replacement)

    # -- one socket --------------------------------------------------------------------------

    async def _converse(
        self, socket: MediaSocket, stream_sid: str, ears: Ears, *, resumed: bool, more_ears: bool
    ) -> Ending:
        dialogue = Dialogue(
            self._sheet,
            self._notes,
            self.recorder,
            self._guard,
            self._deeds,
            self.secret_keys,
            weigh_pauses=not ears.weighs_pauses,
            more_ears=more_ears,
        )
        self._dialogue = dialogue
        dialogue.heard.turn = self._turn
        mouth = Mouth(
            stream_sid=stream_sid, send=socket.send, recorder=self.recorder, listener=dialogue.heard
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
            return await dialogue.run(resumed=resumed)
        finally:
            self._turn = dialogue.heard.turn
            self._wants_other_ears = dialogue.recovery.wants_other_ears
            dialogue.heard.drop()
            await _stop(worker, running, writing, reading)

    def _assemble(self, dialogue: Dialogue, mouth: Mouth, ears: Ears) -> tuple[LineIn, PipelineWorker]:
        """The stations of one utterance, in their order."""
        sheet, inbox, answer = self._sheet, dialogue.inbox, dialogue.answer
        line_in = LineIn(FrameJoiner(self._kit.live_calls))
        taking = TurnTakingProcessor(dialogue, starts_with_words=ears.starts_with_words)
        model = Model(
            self._kit.models,
            system_instruction=sheet.context.system_instruction,
            on_failover=lambda error: inbox.tell(lambda: dialogue.recovery.second_model(error)),
        )
        model.register_function(None, ToolCalls(sheet, answer, dialogue.consent).handle)
        line_out = LineOut(mouth)
        voices = self._kit.open_voices(sheet.line)
        speaking = ServiceSwitcher([*voices], ServiceSwitcherStrategyManual) if len(voices) > 1 else voices[0]
        stations: list[FrameProcessor] = [
            line_in,
            *ears.before(),
            ears.service,
            taking,
            model,
            GuardOutput(
                unsupported=sheet.truth.unsupported,
                on_held_back=lambda number, kinds: inbox.tell(lambda: answer.held_back(number, kinds)),
                for_the_ear=sheet.for_the_ear,
                plan=answer.sentence_planned,
                on_first_word=answer.first_word,
                on_tools=answer.tools_began,
                answer_number=lambda: answer.number,
                on_end=lambda number: inbox.tell(lambda: dialogue.answer_ended(number)),
            ),
            speaking,
            line_out,
        ]
        ears.tell_of_speech(taking.speech_began)
        ears.service.add_event_handler("on_error", taking.recogniser_failed)
        channel = CallChannel(taking, line_in, model, sheet.context, voices[1:])
        dialogue.connect(mouth=mouth, line_out=line_out, channel=channel)
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
        inbox, callers_turn = dialogue.inbox, dialogue.callers_turn
        try:
            while True:
                match wire.read(await socket.receive(), stream_sid):
                    case wire.Sound(mulaw=mulaw):
                        self.recorder.caller(mulaw, self._loop.time())
                        if started.is_set():
                            unheard = self._guard.sensitive
                            await line_in.hear(MULAW_SILENCE * len(mulaw) if unheard else mulaw)
                    case wire.MarkReturned(name=name):
                        mouth.mark_returned(name)
                    case wire.Digit(key=key):
                        inbox.tell(lambda key=key: callers_turn.key_pressed(key))  # type: ignore[misc]  # bound now
                    case wire.Stopped():
                        inbox.tell(lambda: inbox.end(Ending.CALLER_LEFT))
                        return
                    case wire.Ignored(reason=reason):
                        self._kit.ignored(reason)
        except SocketClosed as closed:
            self._notes.write(StreamLost(at_ms=self._notes.ms(self._loop.time()), code=closed.code))
            inbox.tell(lambda: inbox.end(Ending.STREAM_LOST))


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
