"""The door for media streams: from a socket that knocks to a conversation that runs on it.

The socket proves itself three times: the handshake's signature, the one-time address and the token
in its first message, which is good for this call of this account and for no other.
"""

import asyncio
from collections import Counter
from typing import Literal

from loguru import logger
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.routing import WebSocketRoute
from starlette.types import Receive, Scope, Send

from adapters.carrier.signature import SignatureRefused, Signatures
from app.metrics import Metrics
from app.telephony.admission import Admission
from app.telephony.call_control import CallControl
from app.telephony.live_calls import LiveCalls
from app.telephony.media_socket import AsgiMediaSocket
from app.telephony.tickets import Ticket
from domain.call import Call, RefuseStream, State, StreamEnded, StreamStarted
from domain.ports.calls import CallStore
from domain.ports.media import Ending, SocketClosed

START_S = 5.0
MESSAGES_BEFORE_START = 3
MAX_PENDING = 100
MAX_PENDING_AT_ADDRESS = 8
"""A signature never expires: whoever caught one handshake must not fill the places of all others."""
POLICY_VIOLATION = 1008


class MediaFormat(BaseModel):
    """The only sound that the carrier sends."""

    encoding: Literal["audio/x-mulaw"]
    sample_rate: Literal[8000] = Field(alias="sampleRate")
    channels: Literal[1]


class StreamStart(BaseModel):
    """What a `start` message says about its stream."""

    account: str = Field(alias="accountSid", max_length=64)
    stream_sid: str = Field(alias="streamSid", pattern=r"^MZ[0-9a-fA-F]{32}$")
    carrier_call_id: str = Field(alias="callSid", pattern=r"^CA[0-9a-fA-F]{32}$")
    format: MediaFormat = Field(alias="mediaFormat")
    parameters: dict[str, str] = Field(alias="customParameters")


class OpeningMessage(BaseModel):
    """A message before the stream has started."""

    model_config = ConfigDict(extra="ignore")
    event: Literal["connected", "start"]
    start: StreamStart | None = None


class StreamRefused(Exception):
    """The socket is closed; `reason` is a metric's label."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class MediaDoor:
    """An ASGI application of its own: frameworks would wrap every message."""

    def __init__(
        self,
        *,
        signatures: Signatures,
        account: str,
        control: CallControl,
        store: CallStore,
        live: LiveCalls,
        admission: Admission,
        metrics: Metrics,
    ) -> None:
        self._signatures = signatures
        self._account = account
        self._control = control
        self._store = store
        self._live = live
        self._admission = admission
        self._metrics = metrics
        self._pending: Counter[str] = Counter()

    @property
    def routes(self) -> list[WebSocketRoute]:
        """The carrier may add a slash to the address."""
        return [WebSocketRoute("/twilio/media/{path}", self), WebSocketRoute("/twilio/media/{path}/", self)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        try:
            self._check_handshake(scope)
        except StreamRefused as refused:
            self._count(refused)
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        path = scope["path_params"]["path"]
        self._pending[path] += 1
        self._metrics.pending_sockets.set(self._pending.total())
        socket = AsgiMediaSocket(receive, send, self._metrics)
        try:
            await send({"type": "websocket.accept"})
            call, stream_sid = await self._admitted(socket, path)
        except StreamRefused as refused:
            self._count(refused)
            await socket.close(POLICY_VIOLATION, refused.reason)
            return
        finally:
            self._pending -= Counter((path,))
            self._metrics.pending_sockets.set(self._pending.total())
        await self._converse(call, socket, stream_sid)

    def _check_handshake(self, scope: Scope) -> None:
        here = self._pending[scope["path_params"]["path"]]
        if here >= MAX_PENDING_AT_ADDRESS or self._pending.total() >= MAX_PENDING:
            raise StreamRefused("too_many_pending")
        try:
            self._signatures.socket(scope["raw_path"], scope["query_string"], dict(scope["headers"]))
        except SignatureRefused as refused:
            raise StreamRefused(refused.fault) from refused

    async def _admitted(self, socket: AsgiMediaSocket, path: str) -> tuple[Call, str]:
        """The call that this socket's token opens. Raises `StreamRefused`."""
        try:
            async with asyncio.timeout(START_S):
                start = await self._start(socket)
        except TimeoutError:
            raise StreamRefused("no_start_in_time") from None
        except SocketClosed:
            raise StreamRefused("closed_before_start") from None
        if start.account != self._account:
            raise StreamRefused("wrong_account")
        known = await self._store.by_carrier_call_id(start.carrier_call_id)
        if known is None:
            raise StreamRefused("unknown_call")
        ticket = Ticket(path=path, token=start.parameters.get("token", ""))
        event = StreamStarted(
            stream_sid=start.stream_sid, ticket=ticket.digest(start.account, start.carrier_call_id)
        )
        call, commands = await self._control.apply(known.id, event)
        for command in commands:
            if isinstance(command, RefuseStream):
                raise StreamRefused(command.reason)
        return call, start.stream_sid

    async def _start(self, socket: AsgiMediaSocket) -> StreamStart:
        for _ in range(MESSAGES_BEFORE_START):
            try:
                opening = OpeningMessage.model_validate_json(await socket.receive())
            except ValidationError:
                raise StreamRefused("bad_opening") from None
            if opening.event == "start":
                if opening.start is None:
                    raise StreamRefused("bad_opening")
                return opening.start
        raise StreamRefused("no_start")

    async def _converse(self, call: Call, socket: AsgiMediaSocket, stream_sid: str) -> None:
        """Talk until the socket is not needed any more; closing it makes the carrier ask how to go on."""
        try:
            live = self._live.join(call)
            self._admission.arrived(call.id)
            ending = await live.talk(socket, stream_sid)
        except Exception as error:
            logger.bind(call=call.id, error=type(error).__name__).opt(exception=error).error(
                "no conversation could be opened; the call goes to its fallback"
            )
            ending = Ending.FALLBACK
        except asyncio.CancelledError:  # the server stops: whoever answers next takes the caller on
            await self._control.apply(call.id, StreamEnded(stream_sid=stream_sid, ending=Ending.STREAM_LOST))
            raise
        try:
            if ending is not None:
                after, _ = await self._control.apply(
                    call.id, StreamEnded(stream_sid=stream_sid, ending=ending)
                )
                may_resume = ending is Ending.STREAM_LOST and after.state in {State.RECONNECTING, State.LIVE}
                if not may_resume:
                    await self._live.end(call.id)
        finally:
            await socket.close(1000)

    def _count(self, refused: StreamRefused) -> None:
        self._metrics.refused.labels("media", refused.reason).inc()
