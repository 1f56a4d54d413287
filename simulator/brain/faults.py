"""What goes wrong on request: each fault takes the next answers, in the order of its coming."""

from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal[
    "hang",
    "hang_first_token",
    "hang_mid_stream",
    "status",
    "slow_drip",
    "garbage",
    "wrong_arguments",
    "empty",
]


class Fault(BaseModel):
    """`POST /_faults`."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind = "status"
    """`hang` gives no answer at all; `hang_first_token` sends headers and then nothing."""
    times: int = Field(default=1, ge=1)
    """How many requests it takes; a client that tries again by itself uses up another."""
    status: int = Field(default=500, ge=400, le=599)
    seconds: float = Field(default=3600.0, ge=0)
    """How long a hang lasts unless the client leaves."""
    token_ms: float = Field(default=700.0, ge=0)
    """Pace of `slow_drip`."""
    dead: bool = False
    """Refuse everything until the faults are cleared."""


@dataclass
class FaultBook:
    """The faults that are still to come."""

    waiting: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        self.waiting.append(fault)

    def clear(self) -> None:
        self.waiting.clear()

    @property
    def dead(self) -> bool:
        return any(fault.dead for fault in self.waiting)

    def next(self) -> Fault | None:
        """The fault for this request; counts it."""
        if not self.waiting:
            return None
        fault = self.waiting[0]
        if not fault.dead:
            fault.times -= 1
            if not fault.times:
                self.waiting.pop(0)
        return fault
