"""What the caller says and keys, before anybody else sees it: secrets are masked, or reach nobody."""

from collections.abc import Callable
from typing import Protocol

import prompts
from domain import events
from domain.events import Event, InputMasked
from domain.masking import Kind, Masked, Masker, Replacement, SensitiveMode, Span
from domain.masking.masker import LEAD_MS, TAIL_MS
from domain.ports.recordings import RecordingSwitch

PAUSES = "sensitive mode"
"""Under which name the recording is paused."""


class Keys(Protocol):
    """Who is given the keys of a sensitive time; nobody else sees them."""

    async def __call__(self, key: str) -> None: ...


class GuardInput:
    """One call's guard; it outlives its sockets. Moments are milliseconds since the call was answered."""

    def __init__(
        self,
        masker: Masker,
        *,
        recorder: RecordingSwitch,
        silence: Callable[[Span], None],
        recall: Callable[[Replacement], None],
        write: Callable[[Event], None],
    ) -> None:
        """`silence`: the caller's sound of a span must go. `recall`: a turn that passed must be replaced."""
        self._masker = masker
        self._recorder = recorder
        self._silence = silence
        self._recall = recall
        self._write = write
        self._mode = SensitiveMode()
        self._keys: Keys | None = None
        self._first_key: Callable[[], None] | None = None
        self._turn_began_ms: int | None = None

    # -- words -------------------------------------------------------------------------------

    def started(self, words: str, at_ms: int) -> str:
        """A turn of the caller's begins, with its first words where there are some."""
        self._turn_began_ms = at_ms
        return self.words(words)

    def words(self, so_far: str) -> str:
        """The turn's words so far, as they may be shown."""
        return "" if self._shut() else self._masker.interim(so_far)

    def may_be_done(self, text: str) -> str:
        """The turn's words as its end would have them; empty where nothing may be made of them."""
        return "" if self._shut() else self._masker.preview(text)

    def finished(self, text: str, started_ms: int, ended_ms: int) -> str:
        """The turn is over: its words as they may be kept and sent on."""
        shut, self._turn_began_ms = self._shut(started_ms), None
        if shut:
            self._silence(Span(from_ms=max(0, started_ms - LEAD_MS), to_ms=ended_ms + TAIL_MS))
            return ""
        return self._settled(self._masker.final(text, started_ms, ended_ms), ended_ms)

    def agent_said(self, text: str) -> None:
        """What we asked for tells what the caller's digits are."""
        self._masker.agent_said(text)

    # -- keys --------------------------------------------------------------------------------

    async def key(self, key: str) -> bool:
        """True where the key was for a sensitive time, and for nobody else."""
        if self._first_key is not None:
            self._first_key()
        if self._keys is None:
            return False
        await self._keys(key)
        return True

    def entered(self, digits: str, started_ms: int, ended_ms: int) -> str:
        """A finished entry: its digits, or what stands in their place."""
        if self._mode.covers(started_ms):
            return ""
        return self._settled(self._masker.keypad(digits, started_ms, ended_ms), ended_ms)

    # -- sensitive mode ----------------------------------------------------------------------

    @property
    def sensitive(self) -> bool:
        """Nobody hears, records or thinks; the keys go to one place."""
        return self._mode.on

    def expect_keys(self, first: Callable[[], None]) -> None:
        """A sensitive time is about to begin: whoever types ahead calls `first`, which may begin it."""
        self._first_key = first

    def begin_sensitive(self, reason: str, keys: Keys, at_ms: int, *, typed_ahead: bool = False) -> bool:
        """False where it is on already. `reason` goes into the journal: no words of the caller's.

        `typed_ahead`: a key was pressed before; its tone goes too.
        """
        if not self._mode.begin(reason, at_ms):
            return False
        self._first_key, self._keys = None, keys
        self._recorder.pause(PAUSES)
        if typed_ahead:
            self._silence(Span(from_ms=max(0, at_ms - LEAD_MS), to_ms=at_ms))
        self._write(events.SensitiveMode(on=True, reason=reason, at_ms=at_ms))
        return True

    def end_sensitive(self, at_ms: int) -> None:
        """A turn that touches the time is still dropped when it ends."""
        self._first_key = None
        if (over := self._mode.end(at_ms)) is None:
            return
        self._keys = None
        self._recorder.resume(PAUSES)
        self._write(events.SensitiveMode(on=False, reason=over.reason, at_ms=at_ms))

    # -- inside ------------------------------------------------------------------------------

    def _shut(self, began_ms: int | None = None) -> bool:
        """Whether the turn that is open touches a sensitive time."""
        began = self._turn_began_ms if began_ms is None else began_ms
        return self._mode.on or (began is not None and self._mode.covers(began))

    def _settled(self, masked: Masked, at_ms: int) -> str:
        for kind in masked.kinds:
            recalled = masked.recalled_ms if kind is Kind.CARD else ()
            self._write(InputMasked(what=kind.value, at_ms=at_ms, recalled=recalled))
        for span in masked.silence:
            self._silence(span)
        for replacement in masked.recall:
            self._recall(_as_it_was_told(replacement))
        return masked.text


def _as_it_was_told(replacement: Replacement) -> Replacement:
    """An entry stands in the conversation key by key."""
    if not replacement.keyed:
        return replacement
    was, now = map(prompts.keypad_entry, (replacement.was, replacement.now))
    return Replacement(was=was, now=now, keyed=True)
