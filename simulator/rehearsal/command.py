"""One rehearsal from the first process to the last: start everything, play, show, stay up, end everything."""

import asyncio
import contextlib
import signal
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from typing import Any

from rich.console import Console
from rich.text import Text

from simulator.rehearsal import product, programme, report
from simulator.rehearsal.live_feed import LiveFeed
from simulator.rehearsal.places import LINE, REPORT, Places, Secrets, find_places
from simulator.rehearsal.product_api import ProductApi
from simulator.rehearsal.scene import Scene
from simulator.rehearsal.stage import Audience, Stage, Verdict
from simulator.rehearsal.view import summary
from simulator.rehearsal.view.plain import PlainAudience
from simulator.rehearsal.view.screen import ScreenAudience
from simulator.rehearsal.view.transcript import NOTICE
from simulator.rehearsal.visitors import show_visitors
from simulator.rehearsal.world import World, standing


class Rehearsal:
    """What one `make rehearse` does."""

    def __init__(
        self, console: Console, scenes: Sequence[Scene], *, at_a_time: int, once: bool, quiet: bool
    ) -> None:
        self._console = console
        self._scenes = scenes
        self._at_a_time = at_a_time
        self._once = once
        self._quiet = quiet
        self._places: Places = find_places()
        self._secrets = Secrets()
        self.code_if_interrupted = 130
        """The exit code of a Ctrl-C: not a failure once the scenes have been played."""

    async def run(self) -> int:
        """-> exit code."""
        self._console.print(f"[bold]Callwright[/bold]  {NOTICE}")
        me = asyncio.current_task()
        assert me is not None
        with contextlib.suppress(NotImplementedError):  # not on every platform
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, me.cancel)
        try:
            return await self._run()
        except product.ProductFailed as failed:
            self._console.print(Text(str(failed), style="red"), soft_wrap=True)
            return 1

    async def _run(self) -> int:
        async with AsyncExitStack() as stack:
            process = await stack.enter_async_context(product.running(self._places, self._secrets))
            world = await stack.enter_async_context(standing(self._places, self._secrets))
            with self._console.status("starting: database, product, carrier, brain, back office"):
                await process.ready()
            api = ProductApi(self._places.product_url, self._secrets.api_key)
            stack.push_async_callback(api.close)
            return await _unless_it_dies(process, self._rehearse(world, api))

    async def _rehearse(self, world: World, api: ProductApi) -> int:
        feed = LiveFeed(api)
        listening = asyncio.create_task(feed.run())
        try:
            verdicts = await self._play(world, api, feed)
            if verdicts:
                summary.show(self._console, verdicts)
            if feed.breaks:
                self._console.print(f"The live feed broke: {', '.join(feed.breaks)}. Callers were deaf then.")
            if self._once:
                report.write(REPORT, verdicts)
                return 0 if all(verdict.passed for verdict in verdicts) else 1
            self.code_if_interrupted = 0
            await self._stay(world, api, feed)
            return 0
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _play(self, world: World, api: ProductApi, feed: LiveFeed) -> list[Verdict]:
        with contextlib.ExitStack() as stack:
            audience: Audience = PlainAudience(self._console, quiet=self._quiet)
            if self._console.is_terminal and not self._quiet:
                audience = stack.enter_context(ScreenAudience(self._console, self._scenes))
            return await programme.play(
                self._scenes,
                lambda scene: Stage(scene, world=world, api=api, feed=feed, audience=audience),
                at_a_time=self._at_a_time,
            )

    async def _stay(self, world: World, api: ProductApi, feed: LiveFeed) -> None:
        """Until Ctrl-C: whoever phones in by the softphone is shown too."""
        lines = (
            "",
            f"Phone in yourself:  {self._places.carrier_url}/softphone  (the line is {LINE})",
            f"Call pages:         {await api.sign_in_link()}  (signs you in once)",
            f"Messages:           {self._places.post_url}  (a stand-in post: what would have gone out)",
            f"Back office:        {self._places.office_url}/openapi.json  (simulated)",
            "Ctrl-C ends the rehearsal.",
            "",
        )
        for line in lines:
            self._console.print(line, soft_wrap=True)
        await show_visitors(world.carrier, api, feed, self._console)


async def _unless_it_dies(process: product.Product, work: Coroutine[Any, Any, int]) -> int:
    """The work's result. Raises `ProductFailed` as soon as the product is no more."""
    working, death = asyncio.create_task(work), asyncio.create_task(process.died())
    try:
        await asyncio.wait({working, death}, return_when=asyncio.FIRST_COMPLETED)
        if death.done():
            death.result()
        return working.result()
    finally:
        for task in (working, death):
            task.cancel()
        await asyncio.gather(working, death, return_exceptions=True)
