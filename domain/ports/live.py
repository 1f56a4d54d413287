"""What people watch while a call is live, without the journal's delay or its duty to keep."""

from typing import Literal, Protocol


class Live(Protocol):
    """A hub that forgets: nothing is stored, and publishing costs nothing while nobody watches."""

    @property
    def watched(self) -> bool:
        """Whether anyone looks on; ask before building a note."""
        ...

    def publish(
        self, call_id: str, kind: Literal["caller_partial", "agent_speaking", "agent_stopped"], text: str
    ) -> None: ...
