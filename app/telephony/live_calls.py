"""The conversations of this process, each on at most one media socket at a time."""

import asyncio
from collections.abc import Callable, Sequence

from loguru import logger

from app.metrics import Metrics
from app.telephony.media_socket import AsgiMediaSocket
from domain.call import Call
from domain.ports.media import Conversation, Ending
from domain.ports.recordings import RecordingSwitch

OpenConversation = Callable[[Call], Conversation]
KILL_S = 2.5
"""A cancelled conversation ends within 2 s by contract."""


class LiveCall:
    """One conversation and the socket that carries it now."""

    def __init__(self, call_id: str, conversation: Conversation) -> None:
        self.call_id = call_id
        self.stream_sid: str | None = None
        self.socket: AsgiMediaSocket | None = None
        self._conversation = conversation
        self._run: asyncio.Task[Ending] | None = None
        self._closing: asyncio.Task[None] | None = None

    @property
    def talks(self) -> bool:
        return self._run is not None and not self._run.done()

    @property
    def recorder(self) -> RecordingSwitch:
        return self._conversation.recorder

    @property
    def closing(self) -> bool:
        return self._closing is not None

    async def talk(self, socket: AsgiMediaSocket, stream_sid: str) -> Ending | None:
        """Run the conversation on this socket; None if it was ended from outside."""
        self.socket, self.stream_sid = socket, stream_sid
        run = self._run = asyncio.create_task(self._conversation.run(socket, stream_sid), name="conversation")
        try:
            await asyncio.wait({run})
        finally:
            run.cancel()
        if run.cancelled():
            return None
        if error := run.exception():
            logger.bind(call=self.call_id, error=type(error).__name__).opt(exception=error).error(
                "the conversation broke; the call goes to its fallback"
            )
            return Ending.FALLBACK
        return run.result()

    async def evict(self, stream_sid: str) -> None:
        """Take the socket of this stream away, so that the conversation can go on with another."""
        if self.stream_sid != stream_sid or self.socket is None:
            return
        await self.socket.close(1001, "a newer stream carries this call")
        await self._stopped()

    async def close(self) -> None:
        """End it now; every caller returns when it is over."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._close(), name="close conversation")
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        if self._run is not None:
            self._run.cancel()
            await self._stopped()
        try:
            await self._conversation.close()
        except Exception as error:
            logger.bind(call=self.call_id, error=type(error).__name__).opt(exception=error).error(
                "the conversation did not close cleanly"
            )

    async def _stopped(self) -> None:
        if self._run is None:
            return
        await asyncio.wait({self._run}, timeout=KILL_S)
        if not self._run.done():
            self._run.cancel()
            await asyncio.wait({self._run}, timeout=KILL_S)
            logger.bind(call=self.call_id).error("the conversation did not stop in time")


class LiveCalls:
    """The registry; a conversation stays in it from its first stream until nothing can resume it."""

    def __init__(self, open_conversation: OpenConversation, metrics: Metrics) -> None:
        self._open = open_conversation
        self._metrics = metrics
        self._calls: dict[str, LiveCall] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def all(self) -> Sequence[LiveCall]:
        return tuple(self._calls.values())

    def join(self, call: Call) -> LiveCall:
        """The call's conversation: the one that lost its stream, or a new one."""
        known = self._calls.get(call.id)
        if known is None or known.closing:
            self._calls[call.id] = LiveCall(call.id, self._open(call))
            self._metrics.live_calls.set(len(self._calls))
        return self._calls[call.id]

    def recorder(self, call_id: str) -> RecordingSwitch | None:
        """None where the call is not of this process, or its conversation is over."""
        live = self._calls.get(call_id)
        return None if live is None or live.closing else live.recorder

    async def evict(self, call_id: str, stream_sid: str) -> None:
        if live := self._calls.get(call_id):
            await live.evict(stream_sid)

    async def end(self, call_id: str) -> None:
        """Nothing of the conversation is left when this returns; calls of other processes are theirs."""
        if live := self._calls.get(call_id):
            try:
                await live.close()
            finally:
                if self._calls.get(call_id) is live:
                    del self._calls[call_id]
                    self._metrics.live_calls.set(len(self._calls))

    async def close(self) -> None:
        """The process ends: every conversation writes what it owes."""
        await asyncio.gather(*(self.end(call_id) for call_id in tuple(self._calls)))
