"""What answers the telephone, put together: engines, fixed sentences, conversations, the carrier's doors."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial

from loguru import logger

from adapters.carrier.phone import TwilioPhone
from adapters.carrier.recordings import TwilioRecordings
from adapters.carrier.twiml import Words
from app.conversations import Conversations
from app.metrics import Metrics
from app.settings import Settings
from app.speech import engine_names, keep_sentences, models, speech_engines, voices_missing
from app.storage import Storage
from app.telephony.exchange import Capacity, CarrierAccount, Exchange, Trunk, open_exchange
from app.telephony.lines import ReachedLine
from domain.call import Bounds
from domain.clock import Clock
from domain.company import Company, Line
from domain.events import Event
from domain.language import language_for
from pipelines.fixed_speech import FixedSpeech
from pipelines.kit import CallKit, Patience
from pipelines.model import warm_up
from pipelines.speech.opening import SpeechEngines
from tools.gate import Gate

SENTENCES_WITHIN_S = 20.0
"""How long a start waits for the fixed sentences; what is missing then is made while calls run."""
KIND_END_S = 60.0
"""How long the goodbye of the longest call may take before the state machine takes the caller away."""


class SpeechIncomplete(Exception):
    """The chosen engines cannot speak on every line; says what to write where."""


@dataclass(frozen=True, kw_only=True)
class Switchboard:
    """What a process that carries calls stands on."""

    settings: Settings
    storage: Storage
    companies: Sequence[Company]
    gates: Mapping[str, Gate]
    clock: Clock
    metrics: Metrics
    stack: AsyncExitStack

    async def open(self) -> Exchange:
        """Raises `SpeechIncomplete`."""
        settings, storage, stack = self.settings, self.storage, self.stack
        engines = speech_engines(settings, self.companies, self.clock)
        await engines.start()
        stack.push_async_callback(engines.close)
        lines = _lines_understood(settings, self.companies, engines)
        kit = await self._kit(engines, lines, lambda: exchange.admission.taken)
        conversations = Conversations(
            kit=kit,
            gates=self.gates,
            companies={company.id: company for company in self.companies},
            recall=partial(_recall, storage),
        )
        exchange = open_exchange(
            account=_account(settings),
            capacity=_capacity(settings),
            trunk=Trunk(
                store=storage.calls,
                phone=_phone(settings, self.clock, stack),
                journal=storage.journal,
                callbacks=storage.callbacks,
                receipts=storage.outbox,
                voicemails=storage.voicemails,
                carrier_recordings=_carrier_recordings(settings, stack),
                recordings=storage.recordings,
                open_conversation=conversations.open,
                line_of={line.number: _reached(company, line) for company, line in lines}.get,
                clock=self.clock,
                metrics=self.metrics,
            ),
            bounds=Bounds(longest_call_s=settings.longest_call_s + KIND_END_S),
            tell_lag=_print_lag if settings.print_loop_lag else None,
        )
        stack.push_async_callback(exchange.live.close)
        return exchange

    async def _kit(
        self, engines: SpeechEngines, lines: Sequence[tuple[Company, Line]], live_calls: Callable[[], int]
    ) -> CallKit:
        settings, storage, stack = self.settings, self.storage, self.stack
        kept = FixedSpeech(settings.home / "speech", engine=settings.text_to_speech, render=engines.render)
        keeping = asyncio.create_task(keep_sentences(kept, lines), name="keep sentences")
        stack.callback(keeping.cancel)
        endpoints = models(settings)
        await asyncio.gather(warm_up(endpoints), asyncio.wait({keeping}, timeout=SENTENCES_WITHIN_S))
        return CallKit(
            clock=self.clock,
            journal=storage.journal,
            recordings=storage.recordings,
            callbacks=storage.callbacks,
            live=storage.live,
            fixed_speech=kept,
            models=endpoints,
            open_ears=engines.ears,
            open_voices=engines.voices,
            live_calls=live_calls,
            ignored=lambda reason: self.metrics.ignored.labels("media", reason).inc(),
            patience=Patience(longest_call_s=settings.longest_call_s),
            engines=engine_names(settings),
        )


def _print_lag(worst_s: float) -> None:
    """The line that the load rig looks for in a server's output."""
    print(f"loop_lag_ms={1000 * worst_s:.1f}", flush=True)  # noqa: T201


def _account(settings: Settings) -> CarrierAccount:
    return CarrierAccount(
        sid=settings.twilio_account_sid, tokens=settings.twilio_tokens, public_url=settings.public_url
    )


def _capacity(settings: Settings) -> Capacity:
    """The engine on this machine hears only so many at once."""
    local = settings.speech_to_text == "local"
    most = min(settings.max_calls, settings.local_recognisers) if local else settings.max_calls
    return Capacity(max_calls=most, max_lag_s=settings.busy_lag_ms / 1000)


def _lines_understood(
    settings: Settings, companies: Sequence[Company], engines: SpeechEngines
) -> list[tuple[Company, Line]]:
    """Raises `SpeechIncomplete` where a chosen voice has no name."""
    lines = [(company, line) for company in companies for line in company.lines]
    for company, line in lines:
        if not engines.understands(line):
            logger.bind(company=company.id, line=line.id, language=line.language).warning(
                "a line is not served: the chosen recogniser does not know its language"
            )
    served = [(company, line) for company, line in lines if engines.understands(line)]
    if missing := voices_missing(settings, served):
        raise SpeechIncomplete("\n".join(missing))
    return served


def _reached(company: Company, line: Line) -> ReachedLine:
    said = language_for(line.language).of_company(company.name).sentences
    words = Words(
        language=line.language,
        busy=said.busy,
        transferring=said.line_trouble,
        leave_message=f"{said.provider_failure} {said.call_back_offer}",
        goodbye=said.goodbye,
    )
    return ReachedLine(company=company.id, line=line, words=words)


def _phone(settings: Settings, clock: Clock, stack: AsyncExitStack) -> TwilioPhone:
    username, password = settings.twilio_credentials
    phone = TwilioPhone(
        account_sid=settings.twilio_account_sid,
        username=username,
        password=password,
        clock=clock,
        base_url=settings.twilio_api_url,
    )
    stack.push_async_callback(phone.close)
    return phone


def _carrier_recordings(settings: Settings, stack: AsyncExitStack) -> TwilioRecordings:
    username, password = settings.twilio_credentials
    recordings = TwilioRecordings(
        account_sid=settings.twilio_account_sid,
        username=username,
        password=password,
        base_url=settings.twilio_api_url,
    )
    stack.push_async_callback(recordings.close)
    return recordings


async def _recall(storage: Storage, call_id: str) -> Sequence[Event]:
    """What another process wrote of this call; our own numbers go on after it."""
    await storage.journal.resume(call_id)
    recorded = await storage.views.events(call_id)
    return [entry.event for entry in recorded if isinstance(entry.event, Event)]
