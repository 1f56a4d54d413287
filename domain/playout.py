"""What the caller has heard: our speech as it waits, plays, is held back, and is cut off.

The carrier buffers what it is sent and plays it in order (Twilio, Media Streams, "Messages to
Twilio"). A mark comes back when everything before it has played, and also when the buffer is
cleared, so a mark proves something only in the generation in which it was sent.
Times are seconds of one monotonic clock; sound is mu-law at 8 kHz, eight bytes a millisecond.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

BYTES_PER_SECOND = 8000
LEAD_S = 1.0
"""How far ahead of the caller's ear the carrier's buffer is filled: cheap to clear, safe from jitter."""
FIRST_PACKET_S = 0.1
PACKET_S = 0.2
MARK_EVERY_S = 0.4
LOST_MARK_S = 1.0
"""A mark this late is taken for lost: what it stood for has been played."""


Role = Literal["answer", "sentence", "filler", "disclosure", "recording", "goodbye", "secret_number"]
"""What a piece of speech is for: the model's words, a fixed sentence, the filling of a wait, a notice."""

PROTECTED: frozenset[Role] = frozenset({"disclosure", "recording", "goodbye", "secret_number"})
"""No interruption stops these: the law, or the caller's dignity or safety, wants them heard."""


@dataclass(kw_only=True, eq=False)
class Utterance:
    """One piece of speech that is planned, sent and heard as a whole: mostly a sentence."""

    id: str
    text: str
    turn: int
    role: Role
    audio: bytearray = field(default_factory=bytearray)
    complete: bool = False
    """No more audio will come for it."""
    word_ends: list[tuple[float, int]] = field(default_factory=list)
    """(seconds of audio, characters of text spoken by then), where the engine tells."""
    sent: int = 0
    """Bytes of `audio` that the carrier has."""
    position: float | None = None
    """Where on the line's axis it begins, in seconds of sound; None until its first byte is sent."""
    first_sound_at: float | None = None
    """When its first byte of sound came from the engine."""
    started_at: float | None = None
    ended_at: float | None = None
    proved: bool = False
    """The mark behind its last byte came back in its own generation."""

    @property
    def protected(self) -> bool:
        return self.role in PROTECTED

    @property
    def seconds(self) -> float:
        return len(self.audio) / BYTES_PER_SECOND

    def text_by(self, heard_s: float) -> str:
        """The words whose sound lies in the first `heard_s` seconds; a word half heard is left out."""
        if self.complete and heard_s >= self.seconds - 0.02:
            return self.text
        if self.word_ends:
            spoken = [characters for at, characters in self.word_ends if at <= heard_s]
            return self.text[: spoken[-1]] if spoken else ""
        if not self.audio:
            return ""
        share = heard_s / self.estimated_seconds()
        reached = int(len(self.text) * min(1.0, share))
        if reached >= len(self.text):
            return self.text
        return self.text[: self.text.rfind(" ", 0, reached + 1) + 1].rstrip()

    def estimated_seconds(self) -> float:
        """The whole length, guessed from the usual pace of speech while audio is still coming."""
        return self.seconds if self.complete else max(self.seconds, len(self.text) / 15.0)

    def seconds_by(self, characters: int) -> float:
        """Where in the sound the character at this index begins."""
        if self.word_ends:
            return next((at for at, spoken in reversed(self.word_ends) if spoken <= characters), 0.0)
        return self.estimated_seconds() * characters / max(1, len(self.text))


@dataclass(frozen=True, kw_only=True)
class Packet:
    """Sound to send now, and the mark to send behind it."""

    utterance: Utterance
    sound: bytes
    plays_at: float
    mark: str | None


class Playout:
    """The line's buffer on paper. Owns no clock and no socket."""

    def __init__(self) -> None:
        self._queue: deque[Utterance] = deque()
        self._playing: deque[Utterance] = deque()
        self._sent_s = 0.0
        self._dry_at = 0.0
        self._generation = 0
        self._marked_s = 0.0
        self._proved_s = 0.0
        self._held = False
        self.quiet_since = 0.0
        """When the caller last stopped hearing sound of ours; meaningful while `audible` is False."""

    # -- what is to be said ------------------------------------------------------------------

    def add(self, utterance: Utterance) -> None:
        self._queue.append(utterance)

    def add_next(self, utterance: Utterance) -> None:
        """Put it before everything of which the carrier has nothing yet."""
        begun = sum(1 for queued in self._queue if queued.sent)
        self._queue.insert(begun, utterance)

    @property
    def held(self) -> bool:
        return self._held

    def pending(self) -> bool:
        """Something is still to be sent or to be played."""
        return bool(self._queue) or bool(self._playing)

    def protected(self) -> bool:
        """What plays, or waits to, must be heard to its end."""
        return any(u.protected for u in (*self._playing, *self._queue))

    def audible(self, now: float) -> bool:
        """The caller hears something of ours at this moment."""
        return now < self._dry_at

    def remaining_s(self, now: float) -> float:
        """Sound that the caller has not heard yet, as far as it is known."""
        unsent = sum(u.seconds - u.sent / BYTES_PER_SECOND for u in self._queue)
        return max(0.0, self._dry_at - now) + unsent

    def current(self) -> Utterance | None:
        """What is playing, or else what comes next."""
        return self._playing[0] if self._playing else self._queue[0] if self._queue else None

    # -- sending -----------------------------------------------------------------------------

    def next_packet(self, now: float) -> Packet | None:
        """Sound that should go out now, or None: nothing waits, we are held, or far enough ahead."""
        if self._held or self._dry_at - now >= LEAD_S:
            return None
        self._skip_empty(now)
        if not self._queue:
            return None
        head = self._queue[0]
        limit = int((PACKET_S if self.audible(now) else FIRST_PACKET_S) * BYTES_PER_SECOND)
        sound = bytes(head.audio[head.sent : head.sent + limit])
        if not sound:
            return None
        starts_at = max(now, self._dry_at)
        if head.position is None:
            head.position, head.started_at = self._sent_s, starts_at
            self._playing.append(head)
        head.sent += len(sound)
        self._sent_s += len(sound) / BYTES_PER_SECOND
        self._dry_at = starts_at + len(sound) / BYTES_PER_SECOND
        ends = head.complete and head.sent == len(head.audio)
        if ends:
            self._queue.popleft()
        return Packet(utterance=head, sound=sound, plays_at=starts_at, mark=self._mark(ends))

    def _skip_empty(self, now: float) -> None:
        """An utterance that ended without (more) sound has nothing left to send."""
        while self._queue and self._queue[0].complete and self._queue[0].sent == len(self._queue[0].audio):
            done = self._queue.popleft()
            if done.position is None:
                done.position, done.started_at = self._sent_s, now
                self._playing.append(done)

    def _mark(self, ends: bool) -> str | None:
        if not ends and self._sent_s - self._marked_s < MARK_EVERY_S:
            return None
        self._marked_s = self._sent_s
        return f"{self._generation}:{round(self._sent_s * BYTES_PER_SECOND)}"

    def look_again_in(self, now: float) -> float | None:
        """Seconds until there is room for more, or a mark counts as lost; None while nothing is due."""
        if self._held:
            return None
        if self._queue and self._queue[0].sent < len(self._queue[0].audio):
            return max(0.0, self._dry_at - now - LEAD_S + PACKET_S)
        if self._playing:
            return max(0.01, self._dry_at + LOST_MARK_S - now)
        return None

    # -- what was heard ----------------------------------------------------------------------

    def mark_returned(self, name: str, now: float) -> bool:
        """Everything before this mark has been heard; False for a mark of a buffer that was cleared."""
        generation, _, position = name.partition(":")
        if generation != str(self._generation) or not position.isdigit():
            return False
        self._proved_s = int(position) / BYTES_PER_SECOND
        behind = self._sent_s - self._proved_s
        self._dry_at = now + behind if behind > 1e-6 else min(self._dry_at, now)
        return True

    def _heard_position(self, now: float) -> float:
        return self._sent_s - max(0.0, self._dry_at - now)

    def finished(self, now: float) -> Iterator[Utterance]:
        """Take out, in order, every utterance that has been heard to its end by now."""
        by_clock = self._sent_s - max(0.0, self._dry_at + LOST_MARK_S - now)
        while self._playing:
            head = self._playing[0]
            assert head.position is not None
            end = head.position + head.seconds - 0.001
            unsent = not head.complete or head.sent < len(head.audio)
            if unsent or end > max(self._proved_s, by_clock):
                return
            self._playing.popleft()
            head.proved = end <= self._proved_s
            head.ended_at = now
            yield head

    def quiet_from(self, now: float) -> float:
        """Since when the caller hears nothing of ours; `now` while something sounds."""
        return now if self.audible(now) else max(self.quiet_since, self._dry_at)

    # -- interruption ------------------------------------------------------------------------

    def hold(self, now: float) -> None:
        """The carrier's buffer is cleared; what was not heard is kept, to go on or to be dropped."""
        position = self._heard_position(now)
        for utterance in reversed(self._playing):
            assert utterance.position is not None
            heard = max(0.0, min(utterance.seconds, position - utterance.position))
            if utterance not in self._queue:
                self._queue.appendleft(utterance)
            utterance.sent = round(heard * BYTES_PER_SECOND)
            if not utterance.sent:  # nothing of it was heard: it has not begun
                utterance.position = utterance.started_at = None
        self._playing.clear()
        self._cleared(position, now)
        self._held = True

    def resume(self) -> None:
        """Go on from the beginning of the word in which we were cut off."""
        self._held = False
        for utterance in self._queue:
            if utterance.position is not None:
                heard_s = utterance.sent / BYTES_PER_SECOND
                again_from = utterance.seconds_by(len(utterance.text_by(heard_s)))
                utterance.sent = int(min(heard_s, again_from) * BYTES_PER_SECOND)
                utterance.position = self._sent_s - utterance.sent / BYTES_PER_SECOND
                self._playing.append(utterance)

    def drop(self, now: float) -> list[tuple[Utterance, float]]:
        """Forget all that was not heard; returns (utterance, seconds heard) of each that had begun."""
        if not self._held:
            self.hold(now)
        cut = []
        for utterance in self._queue:
            if utterance.sent:
                utterance.ended_at = now
                cut.append((utterance, utterance.sent / BYTES_PER_SECOND))
        self._queue.clear()
        self._held = False
        return cut

    def forget_unsent(self) -> list[Utterance]:
        """Say no more than the carrier has already; returns what it has nothing of."""
        unsent = [utterance for utterance in self._queue if not utterance.sent]
        for utterance in self._queue:
            if utterance.sent:
                del utterance.audio[utterance.sent :]
                utterance.complete = True
        self._queue.clear()
        return unsent

    def _cleared(self, position: float, now: float) -> None:
        self._generation += 1
        self._sent_s = self._marked_s = position
        self._proved_s = min(self._proved_s, position)
        self.quiet_since = min(now, self._dry_at)
        self._dry_at = min(now, self._dry_at)
