"""The product as a process of its own: its settings, its log, its readiness and its end."""

import asyncio
import os
import shutil
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from simulator.brain import MODEL
from simulator.rehearsal.places import COMPANY, HOST, LINE, PUBLIC_URL, ROOT, Places, Secrets

COMMAND = (sys.executable, "-m", "app", "serve")
START_S = 90.0
"""The first start founds a database and speaks every fixed sentence once."""
STOP_S = 8.0
MOST_CALLS = 4
"""As many as the local engine hears at once; a scene fills them all."""
LAST_LINES = 40
SENDER = "Larkfield <hello@larkfield.example>"


class ProductFailed(Exception):
    """The product did not come up, or died; the message ends with what it said last."""


def settings(places: Places, secrets: Secrets) -> dict[str, str]:
    """The product's environment; names are those of `callwright` itself, as any installation has them."""
    return {
        "CALLWRIGHT_HOST": HOST,
        "CALLWRIGHT_PORT": str(places.product),
        "CALLWRIGHT_PUBLIC_URL": PUBLIC_URL,
        "CALLWRIGHT_HOME": str(places.home),
        "CALLWRIGHT_COMPANIES": str(COMPANY),
        "CALLWRIGHT_API_KEY": secrets.api_key,
        "CALLWRIGHT_TWILIO_ACCOUNT_SID": secrets.account_sid,
        "CALLWRIGHT_TWILIO_AUTH_TOKEN": secrets.auth_token,
        "CALLWRIGHT_TWILIO_API_URL": places.carrier_url,
        "CALLWRIGHT_SPEECH_TO_TEXT": "local",
        "CALLWRIGHT_TEXT_TO_SPEECH": "local",
        "CALLWRIGHT_MODEL": MODEL,
        "CALLWRIGHT_MODEL_BASE_URL": f"{places.brain_url}/v1",
        "CALLWRIGHT_BACK_OFFICE_URL": places.office_url,
        "CALLWRIGHT_BACK_OFFICE_KEY": secrets.office_key,
        "CALLWRIGHT_SMS_FROM": LINE,
        "CALLWRIGHT_SMTP_HOST": HOST,
        "CALLWRIGHT_SMTP_PORT": str(places.mail),
        "CALLWRIGHT_SMTP_SECURITY": "none",
        "CALLWRIGHT_EMAIL_FROM": SENDER,
        "CALLWRIGHT_MAX_CALLS": str(MOST_CALLS),
        "CALLWRIGHT_LOCAL_RECOGNISERS": str(MOST_CALLS),
        "CALLWRIGHT_DRAIN_S": "0",
        "OPENAI_API_KEY": secrets.model_key,
    }


def environment(inherited: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """What a rehearsal inherits, without settings and keys that are meant for real calls."""
    ours = ("CALLWRIGHT_", "DEEPGRAM_", "OPENAI_", "CARTESIA_", "ELEVENLABS_", "DATABASE_URL")
    kept = {name: value for name, value in inherited.items() if not name.startswith(ours)}
    path = os.pathsep.join(filter(None, (str(ROOT), inherited.get("PYTHONPATH"))))
    return {**kept, **own, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


class Product:
    """The running process."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self._process = process
        self._url = url
        self._said: deque[str] = deque(maxlen=LAST_LINES)
        self._reading = asyncio.create_task(self._read())

    @property
    def is_over(self) -> bool:
        return self._process.returncode is not None

    async def ready(self, *, within_s: float = START_S) -> None:
        """It takes calls. Raises `ProductFailed`."""
        loop = asyncio.get_running_loop()
        gives_up = loop.time() + within_s
        async with httpx.AsyncClient(trust_env=False, timeout=2) as http:
            while loop.time() < gives_up:
                if self.is_over:
                    raise ProductFailed(await self._obituary())
                try:
                    if (await http.get(f"{self._url}/readyz")).status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(0.1)
        raise ProductFailed(f"The product was not ready within {within_s:.0f} s.\n{self.last_words}")

    async def died(self) -> None:
        """Raises `ProductFailed` when the process is no more."""
        await self._process.wait()
        raise ProductFailed(await self._obituary())

    async def stop(self) -> None:
        """Ask it to end, and end it if it does not."""
        for order, patience_s in ((signal.SIGTERM, STOP_S), (signal.SIGKILL, STOP_S)):
            if self.is_over:
                break
            self._process.send_signal(order)
            try:
                await asyncio.wait_for(self._process.wait(), patience_s)
            except TimeoutError:
                continue
        await self._reading

    @property
    def last_words(self) -> str:
        """The end of its log."""
        return "\n".join(f"  | {line}" for line in self._said) or "  | (it said nothing)"

    async def _obituary(self) -> str:
        await asyncio.wait({self._reading}, timeout=1)
        return f"The product ended with code {self._process.returncode}. It said last:\n{self.last_words}"

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            self._said.append(line.decode(errors="replace").rstrip())


def with_new_books(home: Path) -> None:
    """The back office of a rehearsal begins anew, so what was done in the last one is forgotten here too.

    Voices that were made, which take longest, are kept; and so is everything while another rehearsal runs.
    """
    if any(_lives(pid) for pid in home.glob("postgres/**/postmaster.pid")):
        return
    for kept in ("postgres", "recordings"):
        shutil.rmtree(home / kept, ignore_errors=True)
    (home / "journal-heads.jsonl").unlink(missing_ok=True)


def _lives(pid: Path) -> bool:
    try:
        os.kill(int(pid.read_text().split()[0]), 0)
    except (OSError, ValueError, IndexError):
        return False
    return True


@asynccontextmanager
async def running(
    places: Places, secrets: Secrets, *, command: Sequence[str] = COMMAND
) -> AsyncIterator[Product]:
    """Started but perhaps not ready; it has ended on leaving.

    A session of its own keeps a Ctrl-C of the terminal from it: calls end first, then the product.
    It runs in its home, where no `.env` file of a real installation lies.
    """
    places.home.mkdir(parents=True, exist_ok=True)
    with_new_books(places.home)
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=places.home,
        env=environment(os.environ, settings(places, secrets)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        limit=1 << 20,
    )
    product = Product(process, places.product_url)
    try:
        yield product
    finally:
        await product.stop()
