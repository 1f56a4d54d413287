"""The voice of a caller who types: flite where it is installed, espeak-ng from its package elsewhere."""

import asyncio
import shutil
import sys
from pathlib import Path

from simulator.callers.render import flite

_ROOT = Path(__file__).parents[2]
"""Where `-m` finds the process's module, wherever we were started."""
_PATIENCE_S = 10.0
LONGEST = 500
"""Characters; what one types in a call is shorter."""


class CannotSpeak(Exception):
    """No synthesiser could say the text."""


async def speak(text: str) -> bytes:
    """Mu-law at 8 kHz of `text` in English; nothing for nothing. Raises `CannotSpeak`."""
    spoken = text.strip()[:LONGEST]
    if not any(letter.isalnum() for letter in spoken):
        return b""
    if shutil.which("flite"):
        return await asyncio.to_thread(flite, spoken)
    return await _espeak(spoken)


async def _espeak(text: str) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore::DeprecationWarning", "-m", "simulator.callers.voice_process"),
        cwd=_ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_PATIENCE_S):
            sound, complaint = await process.communicate(text.encode())
    except TimeoutError:
        process.kill()
        await process.wait()
        raise CannotSpeak(f"espeak-ng took longer than {_PATIENCE_S:.0f} s") from None
    if process.returncode != 0 or not sound:
        reason = complaint.decode(errors="replace").strip().rpartition("\n")[2]
        raise CannotSpeak(f"espeak-ng did not speak ({reason}): install the extra `callwright[rehearsal]`")
    return sound
