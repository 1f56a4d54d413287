"""The supervisor of a scene: decides by the product's own command line, as one would at a terminal."""

import asyncio
import os
import sys

from simulator.rehearsal.places import Places, Secrets
from simulator.rehearsal.product import environment, settings

COMMAND = (sys.executable, "-m", "app", "approvals")
NAME = "Rita Vos, supervisor of the rehearsal"


class CannotDecide(Exception):
    """The command line refused; the message is its own."""


class Supervisor:
    """Runs `callwright approvals` with the settings of the product that is rehearsed."""

    def __init__(self, places: Places, secrets: Secrets) -> None:
        self._home = places.home
        self._settings = settings(places, secrets)

    async def approve(self, approval_id: str) -> None:
        """Raises `CannotDecide`."""
        await self._run("approve", approval_id, "--by", NAME)

    async def _run(self, *words: str) -> None:
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            *words,
            cwd=self._home,
            env=environment(os.environ, self._settings),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await process.communicate()
        if process.returncode:
            raise CannotDecide(said.decode(errors="replace").strip())
