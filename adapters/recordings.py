"""Recordings on disk: one encrypted file a call, only appended to, by one thread of the process.

A folder holds what is to be deleted on its day, so deleting what is due is removing folders.
`adapters/recording_file.py` says how a file is laid out.
"""

import asyncio
import re
import shutil
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from loguru import logger
from prometheus_client import Counter

from adapters.disk_thread import DiskThread
from adapters.recording_file import QUIET, RATE, Appender, Chunk, Kind, read_chunks
from adapters.secrets import MasterKey
from adapters.wave_file import wave
from domain.clock import Clock

CHUNK = 2 * RATE
"""Samples that are sealed together: what a crash can lose."""
SUFFIX = ".recording"
_SAFE = re.compile(r"[A-Za-z0-9_-]{1,80}")

DROPPED = Counter(
    "callwright_recording_seconds_dropped", "Seconds of calls that the disk was too slow to take."
)
WRITTEN = Counter("callwright_recording_seconds_written", "Seconds of calls on disk, both sides together.")


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A recording that was opened."""

    call_id: str
    path: str
    """Under the folder of recordings."""
    at: datetime
    delete_on: date


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A recording that was closed."""

    call_id: str
    at: datetime
    pauses_ms: tuple[tuple[int, int], ...]
    gaps: bool
    """Whether sound is missing that should be there."""


class RecordingList(Protocol):
    """Who is told what recordings there are."""

    async def begun(self, recording: Begun) -> None: ...

    async def finished(self, recording: Finished) -> None: ...

    async def deleted(self, call_ids: tuple[str, ...]) -> None: ...


class Recording:
    """Implements `domain.ports.recordings.RecordingSink`: gathers sound and hands it to the disk thread."""

    def __init__(self, call_id: str, disk: DiskThread, appender: Appender, on_close: "OnClose") -> None:
        self._call_id = call_id
        self._disk = disk
        self._appender = appender
        self._on_close = on_close
        self._caller = bytearray()
        self._agent = bytearray()
        self._samples = 0
        self._paused_at: int | None = None
        self._closed = False

    def write(self, caller: bytes, agent: bytes) -> None:
        """Where one side is shorter it is filled with silence, so that the two stay together."""
        if self._closed:
            return
        count = max(len(caller), len(agent))
        self._samples += count
        if self._paused_at is not None:
            return
        self._caller += caller.ljust(count, QUIET)
        self._agent += agent.ljust(count, QUIET)
        if len(self._caller) >= CHUNK:
            self._hand_over()

    def pause(self) -> None:
        """Sound given from here on is not kept: its time is, as silence."""
        if self._paused_at is None and not self._closed:
            self._hand_over()
            self._paused_at = self._samples

    def resume(self) -> None:
        if self._paused_at is None:
            return
        start, self._paused_at = self._paused_at, None
        if self._samples > start:
            self._append(Chunk.span(Kind.PAUSED, self._samples - start))

    def silence(self, from_ms: int, to_ms: int) -> None:
        """Of what is gathered it goes at once, of what is in the file as soon as the disk is free."""
        gathered = self._samples - len(self._caller)
        first, past = max(0, from_ms * RATE // 1000), min(to_ms * RATE // 1000, self._samples)
        if past > (begin := max(first, gathered)):
            self._caller[begin - gathered : past - gathered] = QUIET * (past - begin)
        if first < gathered and not self._closed:
            self._disk.put(lambda: self._appender.silence(first, min(past, gathered)))

    async def close(self) -> None:
        if self._closed:
            return
        self.resume()
        self._hand_over()
        self._closed = True
        on_disk: Future[None] = Future()
        self._disk.put(lambda: _resolve(on_disk, self._appender.close))
        try:
            await asyncio.wrap_future(on_disk)
        except OSError as error:
            logger.bind(call_id=self._call_id, error=type(error).__name__).error("A recording is incomplete.")
        pauses_ms = tuple((_ms(start), _ms(end)) for start, end in self._appender.pauses)
        await self._on_close(self._call_id, pauses_ms, self._appender.has_gaps)

    def _hand_over(self) -> None:
        if self._caller:
            chunk = Chunk(kind=Kind.SOUND, caller=bytes(self._caller), agent=bytes(self._agent))
            self._caller, self._agent = bytearray(), bytearray()
            self._append(chunk)

    def _append(self, chunk: Chunk) -> None:
        seconds = chunk.samples / RATE
        if self._disk.offer(lambda: self._appender.append(chunk)):
            WRITTEN.inc(seconds)
            return
        DROPPED.inc(seconds)
        self._disk.put(lambda: self._appender.append(Chunk.span(Kind.DROPPED, chunk.samples)))


class OnClose(Protocol):
    """Told when a recording is on disk."""

    async def __call__(self, call_id: str, pauses_ms: tuple[tuple[int, int], ...], gaps: bool) -> None: ...


class EncryptedRecordings:
    """Implements `domain.ports.recordings.Recordings` in a folder."""

    def __init__(
        self,
        folder: Path,
        master: MasterKey,
        clock: Clock,
        *,
        known: RecordingList | None = None,
        keep_days: int = 30,
    ) -> None:
        self._folder = folder
        self._keep_days = keep_days
        self._wrapping = master.wrapping("recordings")
        self._clock = clock
        self._known = known
        self._disk = DiskThread()
        self._notes: set[asyncio.Task[None]] = set()

    def open(self, call_id: str, *, keep_days: int | None = None) -> Recording:
        """Go on with the call's recording, or begin it; so many days after today it is deleted."""
        if not _SAFE.fullmatch(call_id):
            raise ValueError(
                "A call's id must be letters, digits, dashes and underscores to name a recording."
            )
        now = self._clock.now()
        days = self._keep_days if keep_days is None else keep_days
        delete_on = now.date() + timedelta(days=days)
        path = self.path(call_id) or self._folder / delete_on.isoformat() / f"{call_id}{SUFFIX}"
        appender = Appender(path, self._wrapping, call_id)
        self._disk.put(appender.open)
        if self._known is not None:
            place = str(path.relative_to(self._folder))
            begun = Begun(call_id=call_id, path=place, at=now, delete_on=date.fromisoformat(path.parent.name))
            self._note(self._known.begun(begun))
        return Recording(call_id, self._disk, appender, self._finished)

    def path(self, call_id: str) -> Path | None:
        """Where the recording is, whatever its day."""
        if not _SAFE.fullmatch(call_id):
            return None
        return next(self._folder.glob(f"*/{call_id}{SUFFIX}"), None)

    def read(self, call_id: str) -> Iterator[tuple[bytes, bytes]]:
        """(caller, agent) in mu-law, at most `CHUNK` samples at a time; silence where nothing was kept."""
        for chunk in self._chunks(call_id):
            if chunk.caller:
                yield chunk.caller, chunk.agent
            for begin in range(0, chunk.silent, CHUNK):
                silence = QUIET * min(CHUNK, chunk.silent - begin)
                yield silence, silence

    def wav(self, call_id: str, *, mu_law: bool = False) -> Iterator[bytes]:
        """A two-channel WAV file, piece by piece."""
        samples = sum(chunk.samples for chunk in self._chunks(call_id))
        return wave(self.read(call_id), samples, mu_law=mu_law)

    async def keep(self, name: str, caller: bytes) -> None:
        """A recording of one side that is complete already. On disk when this returns; raises `OSError`.

        Whatever an attempt before this one left is replaced.
        """
        now = self._clock.now()
        delete_on = now.date() + timedelta(days=self._keep_days)
        path = self._folder / delete_on.isoformat() / f"{name}{SUFFIX}"
        await asyncio.to_thread(self._write_whole, path, name, caller)
        if self._known is not None:
            place = str(path.relative_to(self._folder))
            await self._known.begun(Begun(call_id=name, path=place, at=now, delete_on=delete_on))
            await self._known.finished(Finished(call_id=name, at=now, pauses_ms=(), gaps=False))

    def _write_whole(self, path: Path, name: str, caller: bytes) -> None:
        if (before := self.path(name)) is not None:
            before.unlink()
        appender = Appender(path, self._wrapping, name)
        appender.open()
        try:
            for begin in range(0, len(caller), CHUNK):
                piece = caller[begin : begin + CHUNK]
                appender.append(Chunk(kind=Kind.SOUND, caller=piece, agent=QUIET * len(piece)))
        finally:
            appender.close()

    async def delete(self, call_ids: tuple[str, ...]) -> None:
        """Delete these calls' recordings and voicemails now, such as those of a person who is erased."""
        names = (*call_ids, *map(voicemail_of, call_ids))
        for path in filter(None, map(self.path, names)):
            path.unlink(missing_ok=True)
        if self._known is not None:
            await self._known.deleted(names)

    async def delete_due(self, today: date) -> int:
        """Delete what is to be gone by `today`; returns how many recordings were."""
        folders = await asyncio.to_thread(
            lambda: [folder for folder in self._days() if folder.name <= f"{today}"]
        )
        gone: list[str] = []
        for folder in folders:
            gone += [path.stem for path in folder.glob(f"*{SUFFIX}")]
            await asyncio.to_thread(shutil.rmtree, folder)
        if self._known is not None and gone:
            await self._known.deleted(tuple(gone))
        return len(gone)

    async def close(self) -> None:
        """Everything that was handed over is written."""
        await asyncio.gather(*self._notes, return_exceptions=True)
        await asyncio.to_thread(self._disk.close)

    def _days(self) -> list[Path]:
        return sorted(self._folder.glob("????-??-??")) if self._folder.exists() else []

    def _chunks(self, call_id: str) -> Iterator[Chunk]:
        path = self.path(call_id)
        if path is None:
            raise FileNotFoundError(f"There is no recording of call {call_id}.")
        return read_chunks(path, self._wrapping, call_id)

    async def _finished(self, call_id: str, pauses_ms: tuple[tuple[int, int], ...], gaps: bool) -> None:
        if self._known is None:
            return
        finished = Finished(call_id=call_id, at=self._clock.now(), pauses_ms=pauses_ms, gaps=gaps)
        await asyncio.gather(*self._notes, return_exceptions=True)
        await self._told(self._known.finished(finished))

    def _note(self, telling: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(self._told(telling))
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)

    async def _told(self, telling: Coroutine[None, None, None]) -> None:
        """The list helps people find recordings; a file is kept and deleted whether it is listed or not."""
        try:
            await telling
        except Exception as error:
            logger.bind(error=type(error).__name__).error(
                "The list of recordings could not be brought up to date."
            )


def voicemail_of(call_id: str) -> str:
    """Under which name the message that a caller left is kept, beside the call's own recording."""
    return f"{call_id}-voicemail"


def _ms(samples: int) -> int:
    return samples * 1000 // RATE


def _resolve(future: Future[None], work: Callable[[], None]) -> None:
    try:
        work()
    except OSError as error:
        future.set_exception(error)
    else:
        future.set_result(None)
