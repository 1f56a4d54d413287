"""Which scenes are played, and how many calls at a time."""

import asyncio
from collections.abc import Callable, Sequence

from simulator.rehearsal.scene import Scene
from simulator.rehearsal.stage import Stage, Verdict

CALLS_AT_A_TIME = 2
"""On two cores the local recogniser follows so many callers in real time."""


async def play(
    scenes: Sequence[Scene], stage_for: Callable[[Scene], Stage], *, at_a_time: int = 1
) -> list[Verdict]:
    """Those that must be alone come after the others. -> verdicts in the order of the scenes."""
    places = asyncio.Semaphore(at_a_time)
    verdicts: dict[str, Verdict] = {}

    async def perform(scene: Scene) -> None:
        async with places:
            verdicts[scene.id] = await stage_for(scene).perform()

    together = [scene for scene in scenes if at_a_time > 1 and not scene.alone]
    async with asyncio.TaskGroup() as plays:
        for scene in together:
            plays.create_task(perform(scene))
    for scene in scenes:
        if scene not in together:
            await perform(scene)
    return [verdicts[scene.id] for scene in scenes]
