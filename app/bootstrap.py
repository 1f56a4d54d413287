"""The one place where parts meet: every process is put together here, and adapters are chosen only here.

Its store-rooms: `storage.py` what is kept, `gates.py` the systems, `jobs.py` durable work, `answering.py` the
telephone, `speech.py` the engines, `messages.py` who carries SMS and e-mail.
"""

import asyncio
import gc
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace

from loguru import logger

from adapters.company_folder.load import load_company
from app.answering import Switchboard
from app.api.assembly import open_api
from app.gates import open_gates
from app.housekeeping import Housekeeping
from app.jobs import open_durable, start_working
from app.logs import set_up_logs
from app.messages import open_senders, with_what_is_sent
from app.metrics import Metrics
from app.server import DrainingServer, ServerKit, create_app, server_config
from app.settings import Settings
from app.storage import open_storage
from app.supervision import Supervision
from app.telephony.exchange import Exchange
from domain.clock import SystemClock
from tools.gate import Gate

__all__ = ["open_storage", "run", "serve"]


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
        durable = await open_durable(storage, stack)
        senders = open_senders(settings, clock)
        gates: Mapping[str, Gate] = {}
        if settings.does_deeds:
            companies = tuple(with_what_is_sent(company, senders.channels) for company in companies)
            gates = await open_gates(
                settings, storage, companies, durable, clock=clock, metrics=metrics, stack=stack
            )
        stack.push_async_callback(senders.close)
        working = await start_working(settings, storage, durable, gates, senders, clock=clock, stack=stack)
        exchange = None
        if settings.carries_calls:
            exchange = await Switchboard(
                settings=settings,
                storage=storage,
                companies=companies,
                gates=gates,
                clock=clock,
                metrics=metrics,
                stack=stack,
            ).open()
        pause = exchange.recording_pause if exchange else None
        kit = ServerKit(
            metrics=metrics,
            clock=clock,
            routers=[
                open_api(
                    settings,
                    storage,
                    clock,
                    metrics,
                    recording_pause=pause,
                    supervision=Supervision(storage.approvals, companies),
                )
            ],
            watches=[Housekeeping(storage.recordings, clock).watch, *working],
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
