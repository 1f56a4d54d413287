"""Payment by keypad: a time in which nothing of the caller's is recorded, transcribed or thought about."""

from dataclasses import dataclass

LATE_MS = 700
"""So much later than it was spoken, the recogniser may report that a turn began."""


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A sensitive time that is over, in milliseconds since the call was answered."""

    from_ms: int
    to_ms: int
    reason: str


class SensitiveMode:
    """On or off, and whether a turn of the caller's touches it. A turn is let through whole or not at all."""

    def __init__(self) -> None:
        self._since_ms = 0
        self._until_ms: int | None = None
        self.reason: str | None = None
        """Why it is on; None while it is off."""

    @property
    def on(self) -> bool:
        return self.reason is not None

    def begin(self, reason: str, at_ms: int) -> bool:
        """False where it is on already; the first reason stays."""
        if self.reason is not None:
            return False
        self.reason, self._since_ms = reason, at_ms
        return True

    def end(self, at_ms: int) -> Stretch | None:
        """None where it was not on."""
        if self.reason is None:
            return None
        over = Stretch(from_ms=self._since_ms, to_ms=at_ms, reason=self.reason)
        self.reason, self._until_ms = None, at_ms
        return over

    def covers(self, started_ms: int) -> bool:
        """Whether a turn that is still open, or ends now, has a part in it."""
        if self.on:
            return True
        return self._until_ms is not None and started_ms < self._until_ms + LATE_MS
