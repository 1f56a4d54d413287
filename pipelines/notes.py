"""What goes into the journal of one call, on the call's own clock."""

from domain.events import Event, NoticePlayed
from domain.ports.journal import Journal


class Notes:
    """One call's pen. It outlives the call's sockets."""

    def __init__(self, journal: Journal, call_id: str, *, answered_at: float) -> None:
        """`answered_at`: in seconds of the loop's time."""
        self._journal = journal
        self._call_id = call_id
        self.answered_at = answered_at
        self.noticed: set[str] = set()
        """Notices that were heard to their end, on whichever socket."""

    def write(self, event: Event) -> None:
        if isinstance(event, NoticePlayed):
            self.noticed.add(event.notice)
        self._journal.write(self._call_id, event)

    def ms(self, at: float) -> int:
        """A moment of the loop's time, in milliseconds since the call was answered."""
        return max(0, round(1000 * (at - self.answered_at)))
