"""The two servers under test: the product as it is deployed, and the rig's stock pipecat bot."""

import contextlib
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from adapters.embedded_postgres import EmbeddedPostgres
from evals.bench.levels import Rig

ACCOUNT = "AC" + "0" * 32
TOKEN = "bench-token-of-no-account"  # noqa: S105  # signs loopback requests
PUBLIC = "https://voice.example.test"
LINE = "+14155550100"
ROOT = Path(__file__).parents[2]
IDLE_PORT = 9260


@dataclass(frozen=True, kw_only=True)
class Product:
    """`callwright serve --role media`, journal and recording on, its database on the rig's core."""

    home: Path
    database_url: str

    @classmethod
    @contextlib.contextmanager
    def running_database(cls, out: Path) -> Iterator["Product"]:
        """PostgreSQL runs beside, as in production: what it costs is not the media process's."""
        home = (out / "home").resolve()
        postgres = EmbeddedPostgres(home)
        try:
            yield cls(home=home, database_url=postgres.start())
        finally:
            postgres.stop()

    def command(self, *, nova: bool = False) -> str:
        """For the rig's sweep, which fills in `{port}` and `{fakes}`."""
        settings = {
            "CALLWRIGHT_ROLE": "media",
            "CALLWRIGHT_HOME": str(self.home),
            "CALLWRIGHT_DATABASE_URL": self.database_url,
            "CALLWRIGHT_PORT": "{port}",
            "CALLWRIGHT_PUBLIC_URL": PUBLIC,
            "CALLWRIGHT_COMPANIES": str(ROOT / "companies/sample"),
            "CALLWRIGHT_TWILIO_ACCOUNT_SID": ACCOUNT,
            "CALLWRIGHT_TWILIO_AUTH_TOKEN": TOKEN,
            "CALLWRIGHT_TWILIO_API_URL": "http://{fakes}",
            "CALLWRIGHT_SPEECH_TO_TEXT": "deepgram-nova" if nova else "deepgram-flux",
            "CALLWRIGHT_TEXT_TO_SPEECH": "deepgram",
            "CALLWRIGHT_MODEL_BASE_URL": "http://{fakes}/v1",
            "CALLWRIGHT_DEEPGRAM_FLUX_URL": "ws://{fakes}/v2/listen",
            "CALLWRIGHT_DEEPGRAM_NOVA_URL": "ws://{fakes}",
            "CALLWRIGHT_DEEPGRAM_SPEAK_URL": "ws://{fakes}",
            "CALLWRIGHT_BACK_OFFICE_URL": "http://{fakes}",
            "CALLWRIGHT_MAX_CALLS": "200",
            "CALLWRIGHT_BUSY_LAG_MS": "5000",
            "CALLWRIGHT_LOG_LEVEL": "WARNING",
            "CALLWRIGHT_PRINT_LOOP_LAG": "true",
            "DEEPGRAM_API_KEY": "bench",
            "OPENAI_API_KEY": "bench",
            "PYTHONPATH": str(ROOT),
        }
        assignments = " ".join(f"'{name}={value}'" for name, value in settings.items())
        return f"env {assignments} {sys.executable} -m app serve"

    @staticmethod
    def target() -> tuple[str, ...]:
        """A signed voice webhook, as the carrier calls it."""
        # Our notices and greeting take ten seconds: the uncounted call must come to its first turn,
        # in which the rig builds its own tables.
        driver = (
            f"--warmup 24 --auth-token {TOKEN} --account-sid {ACCOUNT}"
            f" --sign-url {PUBLIC}/twilio/voice --to {LINE}"
        )
        return ("--voice-url", "http://127.0.0.1:{port}/twilio/voice", "--driver-args", driver)


class PEER:
    """The rig's bot with all the tuning that its options offer."""

    @staticmethod
    def command() -> str:
        return f"{sys.executable} peer_pipecat.py --port {{port}} --fakes {{fakes}} --tuned"

    @staticmethod
    def target() -> tuple[str, ...]:
        return ("--stream-url", "ws://127.0.0.1:{port}/ws")


def idle_memory_mb(product: Product, rig: Rig) -> float:
    """Resident memory of a media process that has taken no call yet, all its processes together."""
    filled = product.command().format(port=IDLE_PORT, fakes="127.0.0.1:9")
    log = (rig.out / "idle.log").open("w")
    process = subprocess.Popen(  # noqa: S603  # a command of our own making
        ["/bin/sh", "-c", f"exec {filled}"], stdout=log, stderr=subprocess.STDOUT, cwd=ROOT
    )
    try:
        _wait_until_ready(process)
        return _resident_mb(process.pid)
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _wait_until_ready(process: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        with contextlib.suppress(OSError):
            if urllib.request.urlopen(f"http://127.0.0.1:{IDLE_PORT}/readyz", timeout=1).status == 200:
                return
        if process.poll() is not None:
            break
        time.sleep(0.25)  # waits for another process
    raise SystemExit("the product did not become ready; see build/bench/idle.log")


def _resident_mb(pid: int) -> float:
    """Proportional set size, so that what processes share counts once; Linux."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    own = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(_resident_mb(int(child)) for child in children)
