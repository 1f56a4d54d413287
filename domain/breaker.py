"""When an operation that keeps failing is left alone for a while, and when it is tried again."""

from dataclasses import dataclass, replace
from typing import Literal

Failure = Literal["no_answer", "mismatch"]
"""No answer in time or a server's error; or an answer that is not as its document says."""


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """How much failing is borne."""

    failures: int = 5
    """So many in a row, within the window, and the operation is withdrawn."""
    mismatches: int = 3
    """The same for answers that do not match the document: these rarely heal."""
    window_s: float = 60.0
    pause_s: float = 30.0
    """How long a withdrawn operation rests before one call may try it."""


@dataclass(frozen=True, kw_only=True)
class Breaker:
    """One operation's record; times are those of one monotonic clock, in seconds."""

    tolerance: Tolerance = Tolerance()
    failed: tuple[tuple[float, Failure], ...] = ()
    """What went wrong since the last success, within the window."""
    shut_until: float | None = None
    """None while calls flow freely; from then on one call may try."""

    @property
    def withdrawn(self) -> bool:
        return self.shut_until is not None

    def admits(self, now: float) -> bool:
        return self.shut_until is None or now >= self.shut_until

    def trying(self, now: float) -> "Breaker":
        """A call sets out. Of a withdrawn operation it is the trial, and the next waits another pause.

        So a trial that is never heard of again does not keep the operation away for good.
        """
        if self.shut_until is None:
            return self
        return replace(self, shut_until=now + self.tolerance.pause_s)

    def succeeded(self) -> "Breaker":
        return Breaker(tolerance=self.tolerance)

    def hurt(self, failure: Failure, now: float) -> "Breaker":
        """A call failed."""
        bounds = self.tolerance
        failed = (*(it for it in self.failed if now - it[0] < bounds.window_s), (now, failure))
        mismatches = sum(kind == "mismatch" for _, kind in failed)
        too_much = len(failed) >= bounds.failures or mismatches >= bounds.mismatches
        shut_until = now + bounds.pause_s if self.withdrawn or too_much else None
        return replace(self, failed=failed[-bounds.failures :], shut_until=shut_until)
