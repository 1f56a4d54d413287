"""Both sides of the call on one clock, as the caller heard them, from the notice's mark on."""

from domain.playout import BYTES_PER_SECOND, LEAD_S, PACKET_S
from domain.ports.recordings import Recordings, RecordingSink

MULAW_SILENCE = b"\xff"
FLUSH_BYTES = BYTES_PER_SECOND
"""Sound is handed on a second at a time."""

STREAM_WAS_AWAY = BYTES_PER_SECOND
"""Bytes by which the caller's side may lag: frames come late together, but not by a second."""


class Recorder:
    """Aligns our speech, which is sent ahead of its moment, with the caller's, which arrives in it."""

    def __init__(self, recordings: Recordings, call_id: str) -> None:
        self._recordings = recordings
        self._call_id = call_id
        self._sink: RecordingSink | None = None
        self._origin = 0.0
        self._caller = bytearray()
        self._agent = bytearray()
        """Both sides from `_written` on: what was handed on is not kept, however long the call lasts."""
        self._written = 0
        self._ahead: list[tuple[float, bytes]] = []
        """Before the recording begins: what was sent to the line and has not been heard yet."""
        self._paused_by: set[str] = set()

    @property
    def running(self) -> bool:
        return self._sink is not None

    def start(self, now: float) -> None:
        """Begin, or go on after a time in which nothing could be heard from the caller."""
        if self._sink is not None:
            self._caller += MULAW_SILENCE * (self._place(now) - len(self._caller))
            return
        self._sink = self._recordings.open(self._call_id)
        if self._paused_by:
            self._sink.pause()
        self._origin = now
        for plays_at, mulaw in self._ahead:
            heard_before = round(max(0.0, now - plays_at) * BYTES_PER_SECOND)
            self.agent(mulaw[heard_before:], max(now, plays_at))
        self._ahead.clear()

    def pause(self, by: str = "conversation") -> bool:
        """From here on nothing is kept, until everybody who paused has resumed; times stay true.

        False where `by` has paused it already. Also before the recording begins.
        """
        if by in self._paused_by:
            return False
        self._paused_by.add(by)
        if self._sink is not None and len(self._paused_by) == 1:
            self._flush(len(self._caller))
            self._sink.pause()
        return True

    def resume(self, by: str = "conversation") -> bool:
        """False where `by` had not paused it."""
        if by not in self._paused_by:
            return False
        self._paused_by.remove(by)
        if self._sink is not None and not self._paused_by:
            self._flush(len(self._caller))
            self._sink.resume()
        return True

    def silence(self, begins: float, ends: float) -> None:
        """What the caller said between two moments is gone, wherever it is by now; our own side stays."""
        if self._sink is None:
            return
        first, past = (max(0, round((at - self._origin) * BYTES_PER_SECOND)) for at in (begins, ends))
        from_here, to_here = max(0, first - self._written), min(past - self._written, len(self._caller))
        if from_here < to_here:
            self._caller[from_here:to_here] = MULAW_SILENCE * (to_here - from_here)
        if first < min(past, self._written):
            per_ms = BYTES_PER_SECOND // 1000
            self._sink.silence(first // per_ms, -(-min(past, self._written) // per_ms))

    def caller(self, mulaw: bytes, now: float) -> None:
        """Sound of the caller that has just arrived; a stream that was away leaves its time as silence."""
        if self._sink is None:
            return
        missing = self._place(now) - len(mulaw) - len(self._caller)
        if missing > STREAM_WAS_AWAY:
            self._caller += MULAW_SILENCE * missing
        self._caller += mulaw
        if len(self._caller) >= FLUSH_BYTES:
            self._flush(len(self._caller))

    def agent(self, mulaw: bytes, plays_at: float) -> None:
        """Sound that the caller will hear from `plays_at` on, unless it is cleared first."""
        if self._sink is None:
            self._ahead = [(at, sent) for at, sent in self._ahead if at + LEAD_S + PACKET_S > plays_at]
            self._ahead.append((plays_at, mulaw))
            return
        at = self._place(plays_at)
        if at > len(self._agent):
            self._agent += MULAW_SILENCE * (at - len(self._agent))
        self._agent[at : at + len(mulaw)] = mulaw

    def cleared(self, now: float) -> None:
        """The carrier threw away what had not played."""
        if self._sink is None:
            self._ahead = [
                (at, sent[: round((now - at) * BYTES_PER_SECOND)]) for at, sent in self._ahead if at < now
            ]
        else:
            del self._agent[self._place(now) :]

    async def close(self, now: float) -> None:
        if self._sink is None:
            return
        self.cleared(now)
        self._flush(max(len(self._caller), len(self._agent)))
        await self._sink.close()
        self._sink = None

    def _place(self, at: float) -> int:
        """Of a moment in what is not handed on yet; what is past already has its first place."""
        return max(0, round((at - self._origin) * BYTES_PER_SECOND) - self._written)

    def _flush(self, count: int) -> None:
        assert self._sink is not None
        self._written += count
        caller = bytes(self._caller[:count]).ljust(count, MULAW_SILENCE)
        agent = bytes(self._agent[:count]).ljust(count, MULAW_SILENCE)
        del self._caller[:count], self._agent[:count]
        self._sink.write(caller, agent)
