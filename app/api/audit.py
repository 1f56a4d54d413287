"""Every look at a call's data, and every hand laid on a live call, leaves a line: which, what, and who."""

from collections import OrderedDict
from typing import Literal

from loguru import logger

from app.api.access import Visitor
from domain.clock import Clock

Look = Literal["events", "page", "recording", "voicemail", "waveform", "live", "list", "proof", "approvals"]
Deed = Literal["recording paused", "recording resumed", "approval granted", "approval denied"]
SAME_LOOK_S = 60.0
"""A player asks for a recording in many pieces, a live page for its events every second: one look."""
REMEMBERED = 1000
EVERY_CALL = "*"


class Audit:
    """Writes to the log, marked `audit`; no personal data."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: OrderedDict[tuple[str, str, Look], float] = OrderedDict()

    def looked(self, visitor: Visitor, what: Look, call_id: str = EVERY_CALL) -> None:
        look, now = (visitor.name, call_id, what), self._clock.monotonic()
        if now - self._seen.get(look, -SAME_LOOK_S) < SAME_LOOK_S:
            return
        self._seen[look] = now
        self._seen.move_to_end(look)
        while len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        logger.bind(audit=True, call_id=call_id, what=what, who=visitor.name).info(
            "somebody looked at a call"
        )

    def did(self, visitor: Visitor, what: Deed, call_id: str) -> None:
        logger.bind(audit=True, call_id=call_id, what=what, who=visitor.name).info("somebody acted on a call")
