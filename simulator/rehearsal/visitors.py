"""Calls that people make by the softphone while the rehearsal stays up: shown as plain lines."""

import asyncio

from rich.console import Console

from simulator.carrier.call import SimulatedCall
from simulator.carrier.carrier import Carrier
from simulator.rehearsal.live_feed import LiveFeed
from simulator.rehearsal.product_api import ProductApi
from simulator.rehearsal.view.plain import PlainAudience
from simulator.rehearsal.watched_call import WatchedCall

LOOK_EVERY_S = 0.5


async def show_visitors(carrier: Carrier, api: ProductApi, feed: LiveFeed, console: Console) -> None:
    """Until cancelled."""
    audience, shown = PlainAudience(console), set(carrier.calls)
    async with asyncio.TaskGroup() as visits:
        while True:
            for sid, call in list(carrier.calls.items()):
                if sid not in shown:
                    shown.add(sid)
                    visits.create_task(_show(call, api, feed, audience))
            await asyncio.sleep(LOOK_EVERY_S)


async def _show(call: SimulatedCall, api: ProductApi, feed: LiveFeed, audience: PlainAudience) -> None:
    watched = WatchedCall(
        call=call, telephone=call.line.telephone, title=call.from_, api=api, feed=feed, onlooker=audience
    )
    watching = asyncio.create_task(watched.watch())
    try:
        await call.ended()
        await watched.settled()
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
