"""The joint between the telephone's door and the conversation behind it."""

from enum import Enum
from typing import Protocol

from domain.ports.recordings import RecordingSwitch


class SocketClosed(Exception):
    """The peer is gone; `code` is the WebSocket close code (RFC 6455, 1006 when the socket just died)."""

    def __init__(self, code: int) -> None:
        super().__init__(f"media socket closed with code {code}")
        self.code = code


class MediaSocket(Protocol):
    """A carrier's media stream as text messages, in the order in which they arrived."""

    async def receive(self) -> str:
        """The next text message; raises `SocketClosed`. Binary and oversized messages never reach us."""
        ...

    async def send(self, message: str) -> None:
        """Raises `SocketClosed`; bounded in time, so that a peer that stops reading cannot hold a call."""
        ...


class Ending(Enum):
    """Why a conversation stopped using its media socket."""

    AGENT_HUNG_UP = "agent_hung_up"
    """Our goodbye was played out (its mark came back): hang up now."""

    CALLER_LEFT = "caller_left"
    """The carrier said `stop`: the caller hung up, or call control took the call away."""

    STREAM_LOST = "stream_lost"
    """The socket died without a `stop`: the caller may still be there."""

    FALLBACK = "fallback"
    """We cannot go on (providers failed, apology played): give the caller to the line's fallback."""


class Conversation(Protocol):
    """One call's talk. It outlives its socket: after `STREAM_LOST` it can be run once more on a new one."""

    @property
    def recorder(self) -> RecordingSwitch: ...

    async def run(self, socket: MediaSocket, stream_sid: str) -> Ending:
        """Talk until the end; leaves no task behind. Cancelling it is the kill switch and ends within 2 s."""
        ...

    async def close(self) -> None:
        """The call is over: let go of the recording and the recogniser, write what is owed to the journal."""
        ...
