"""The one place where parts meet: every process is put together here, and adapters are chosen only here.

`app/storage.py` and `app/speech.py` are its two store-rooms.
"""

import asyncio
import gc
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial

from loguru import logger

from adapters.carrier.phone import TwilioPhone
from adapters.carrier.recordings import TwilioRecordings
from adapters.carrier.twiml import Words
from adapters.company_folder.load import load_company
from app.api.assembly import open_api
from app.conversations import Conversations
from app.gates import NoJobsYet, open_gates
from app.housekeeping import Housekeeping
from app.logs import set_up_logs
from app.metrics import Metrics
from app.server import DrainingServer, ServerKit, create_app, server_config
from app.settings import Settings
from app.speech import engine_names, keep_sentences, models, speech_engines, voices_missing
from app.storage import Storage, open_storage
from app.telephony.exchange import Capacity, CarrierAccount, Exchange, Trunk, open_exchange
from app.telephony.lines import ReachedLine
from domain.call import Bounds
from domain.clock import Clock, SystemClock
from domain.company import Company, Line
from domain.events import Event
from domain.language import language_for
from pipelines.fixed_speech import FixedSpeech
from pipelines.kit import CallKit, Patience
from pipelines.model import warm_up
from pipelines.speech.opening import SpeechEngines
from tools.gate import Gate

__all__ = ["open_storage", "run", "serve"]


class SpeechIncomplete(Exception):
    """The chosen engines cannot speak on every line; says what to write where."""


SENTENCES_WITHIN_S = 20.0
"""How long a start waits for the fixed sentences; what is missing then is made while calls run."""
KIND_END_S = 60.0
"""How long the goodbye of the longest call may take before the state machine takes the caller away."""


def serve(settings: Settings) -> None:
    """Run one process until it is told to stop and its last call has ended."""
    set_up_logs(settings.log_level)
    try:
        import uvloop  # noqa: PLC0415  # not made for every platform
    except ImportError:
        asyncio.run(run(settings))
    else:
        uvloop.run(run(settings))


async def run(settings: Settings) -> None:
    clock, metrics = SystemClock(), Metrics()
    companies = tuple(load_company(folder) for folder in settings.companies)
    async with AsyncExitStack() as stack:
        storage = await stack.enter_async_context(open_storage(settings, clock))
        gates = await open_gates(
            settings, storage, companies, NoJobsYet(), clock=clock, metrics=metrics, stack=stack
        )
        exchange = None
        if settings.carries_calls:
            exchange = await _open_telephone(settings, storage, companies, gates, clock, metrics, stack)
        pause = exchange.recording_pause if exchange else None
        kit = ServerKit(
            metrics=metrics,
            clock=clock,
            routers=[open_api(settings, storage, clock, metrics, recording_pause=pause)],
            watches=[Housekeeping(storage.recordings, clock).watch],
            ready=storage.answers,
            hang_up_on_watchers=storage.live.close,
            metrics_token=settings.metrics_token.get_secret_value() if settings.metrics_token else None,
            close=_nothing,
        )
        if exchange:
            kit = _with_telephone(kit, exchange)
        settle_memory()
        config = server_config(
            create_app(kit),
            host=settings.host,
            port=settings.port,
            trusted_proxies=settings.trusted_proxies,
        )
        logger.bind(role=settings.role, host=settings.host, port=settings.port).info("ready for calls")
        await DrainingServer(config, kit, drain_s=settings.drain_s).serve()


def settle_memory() -> None:
    """What was built at start lives as long as the process: the collector need not walk it in mid-call.

    A full collection over the imported libraries takes some 40 ms in which no call is served.
    """
    gc.collect()
    gc.freeze()


async def _nothing() -> None:
    """The stack of `run` lets go of everything, in the opposite order of its making."""


def _with_telephone(kit: ServerKit, exchange: Exchange) -> ServerKit:
    return replace(
        kit,
        routers=[*kit.routers, *exchange.routers],
        routes=[*kit.routes, *exchange.routes],
        watches=[*kit.watches, *exchange.watches],
        live_calls=lambda: exchange.admission.taken,
        drain=exchange.admission.drain,
        draining=lambda: exchange.admission.draining,
    )


async def _open_telephone(
    settings: Settings,
    storage: Storage,
    companies: Sequence[Company],
    gates: Mapping[str, Gate],
    clock: Clock,
    metrics: Metrics,
    stack: AsyncExitStack,
) -> Exchange:
    engines = speech_engines(settings, companies, clock)
    await engines.start()
    stack.push_async_callback(engines.close)
    lines = _lines_understood(settings, companies, engines)
    kept = FixedSpeech(settings.home / "speech", engine=settings.text_to_speech, render=engines.render)
    keeping = asyncio.create_task(keep_sentences(kept, lines), name="keep sentences")
    stack.callback(keeping.cancel)
    endpoints = models(settings)
    await asyncio.gather(warm_up(endpoints), asyncio.wait({keeping}, timeout=SENTENCES_WITHIN_S))

    kit = CallKit(
        clock=clock,
        journal=storage.journal,
        recordings=storage.recordings,
        callbacks=storage.callbacks,
        live=storage.live,
        fixed_speech=kept,
        models=endpoints,
        open_ears=engines.ears,
        open_voices=engines.voices,
        live_calls=lambda: exchange.admission.taken,
        ignored=lambda reason: metrics.ignored.labels("media", reason).inc(),
        patience=Patience(longest_call_s=settings.longest_call_s),
        engines=engine_names(settings),
    )
    conversations = Conversations(
        kit=kit,
        gates=gates,
        companies={company.id: company for company in companies},
        recall=partial(_recall, storage),
    )
    exchange = open_exchange(
        account=_account(settings),
        capacity=_capacity(settings),
        trunk=Trunk(
            store=storage.calls,
            phone=await _phone(settings, clock, stack),
            journal=storage.journal,
            callbacks=storage.callbacks,
            voicemails=storage.voicemails,
            carrier_recordings=_carrier_recordings(settings, stack),
            recordings=storage.recordings,
            open_conversation=conversations.open,
            line_of={line.number: _reached(company, line) for company, line in lines}.get,
            clock=clock,
            metrics=metrics,
        ),
        bounds=Bounds(longest_call_s=settings.longest_call_s + KIND_END_S),
        tell_lag=_print_lag if settings.print_loop_lag else None,
    )
    stack.push_async_callback(exchange.live.close)
    return exchange


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


async def _phone(settings: Settings, clock: Clock, stack: AsyncExitStack) -> TwilioPhone:
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
