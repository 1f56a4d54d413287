"""Which line a called number belongs to."""

from collections.abc import Callable
from dataclasses import dataclass

from adapters.carrier.twiml import Words
from domain.company import Line


@dataclass(frozen=True, kw_only=True)
class ReachedLine:
    """The line, its company's id, and what the carrier's voice says on it when ours cannot."""

    company: str
    line: Line
    words: Words


LineOf = Callable[[str], ReachedLine | None]
"""By the number that was called, E.164."""
