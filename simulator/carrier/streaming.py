"""`<Connect><Stream>`: the call's sound goes to the product over a socket, and the product's comes back."""

import asyncio
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit, urlunsplit

from simulator.carrier import wire
from simulator.carrier.account import new_sid
from simulator.carrier.call import Goto, SimulatedCall
from simulator.carrier.exchange import Exchange, Next
from simulator.carrier.line import LineEnded
from simulator.carrier.reach import HandshakeFailed, Socket, SocketGone, Unreachable
from simulator.carrier.twiml import Verb
from simulator.carrier.webhooks import WebhookFailed

BACKLOG = 500
"""Messages that may wait for a server that does not read: ten seconds, then the socket is cut (31903)."""
GOODBYE_S = 1.0


async def connect(verb: Verb, call: SimulatedCall, exchange: Exchange) -> Next:
    """Blocks until the server closes the socket or it dies; the action is asked what comes next."""
    noun = verb.first("Stream")
    if noun is None:
        call.warn(12200, "<Connect> without <Stream>")
        return None
    stream = MediaStream(noun, call, exchange)
    try:
        await call.line.until(_carry(stream, noun, call, exchange))
    except LineEnded:
        if verb.attributes.get("action") and call.faults.action_after_hang_up:
            exchange.later(_ask_in_vain(_action(verb, call, stream), call, exchange))
        raise
    finally:
        call.line.playout.drop()
    return _action(verb, call, stream) if verb.attributes.get("action") else None


def _action(verb: Verb, call: SimulatedCall, stream: "MediaStream") -> Goto:
    return Goto(
        url=urljoin(call.document_url, verb.attributes["action"]),
        method=verb.attributes.get("method", "POST"),
        form=[("StreamSid", stream.sid), *([("StreamError", stream.error)] if stream.error else [])],
    )


async def _ask_in_vain(goto: Goto, call: SimulatedCall, exchange: Exchange) -> None:
    try:
        await exchange.webhooks.ask(
            goto.url, [*call.form(exchange.account.sid), *goto.form], method=goto.method
        )
    except WebhookFailed as failed:
        call.warn(failed.error, str(failed))


async def _carry(stream: "MediaStream", noun: Verb, call: SimulatedCall, exchange: Exchange) -> None:
    """The stream, and the second socket of a carrier that opens one."""
    async with asyncio.TaskGroup() as sockets:
        first = sockets.create_task(stream.run())
        if call.faults.second_socket_after_s is not None and len(call.stream_sids) == 1:
            await asyncio.wait({first}, timeout=call.faults.second_socket_after_s)
            if not first.done():
                sockets.create_task(MediaStream(noun, call, exchange).run())


class MediaStream:
    """One socket of one call."""

    def __init__(self, noun: Verb, call: SimulatedCall, exchange: Exchange) -> None:
        self.sid = new_sid("MZ")
        self.error: str | None = None
        self.url = noun.attributes.get("url", "")
        self._noun = noun
        self._call = call
        self._exchange = exchange
        self._sheet = wire.Sheet(account_sid=exchange.account.sid, call_sid=call.sid, stream_sid=self.sid)
        self._outbox: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self._warned: set[int] = set()
        self._began_s = 0.0
        self._is_first = not call.stream_sids
        call.stream_sids.append(self.sid)

    async def run(self) -> None:
        """Returns when the server has closed the socket or it died; cancelling says `stop` and closes it."""
        try:
            socket = await self._open()
        except (HandshakeFailed, Unreachable) as failed:
            self.error = str(failed)
            self._call.warn(failed.error if isinstance(failed, HandshakeFailed) else 31901, str(failed))
            self._tell("stream-error")
            return
        self._tell("stream-started")
        self._greet()
        line, faults = self._call.line, self._call.faults
        jobs = [asyncio.create_task(self._write(socket))]
        if faults.dead_socket_after_s is not None and self._is_first:
            jobs.append(asyncio.create_task(_cut_after(socket, faults.dead_socket_after_s)))
        line.taps.append(self._hear)
        line.keys.append(self._key)
        try:
            await self._read(socket)
        except asyncio.CancelledError:
            await self._say_goodbye(socket, jobs[0])
            raise
        finally:
            line.taps.remove(self._hear)
            line.keys.remove(self._key)
            for job in jobs:
                job.cancel()
            self._tell("stream-stopped")

    async def _open(self) -> Socket:
        """Twilio drops the query string on the handshake and signs what is left."""
        parts = urlsplit(self.url)
        if parts.scheme != "wss":
            raise HandshakeFailed(31922, f"scheme {parts.scheme!r} is not wss")
        url = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
        headers = self._exchange.webhooks.headers(url, [])
        return await self._exchange.reach.opener(self._exchange.reach.local(url), headers)

    def _greet(self) -> None:
        self._began_s = self._call.recording.seconds
        parameters = {p.attributes["name"]: p.attributes.get("value", "") for p in self._noun.nested}
        for message in (self._sheet.connected(), self._sheet.start(parameters)):
            self._outbox.put_nowait(message)
        if self._call.faults.garbage:
            for rubbish in wire.garbage(self.sid):
                self._outbox.put_nowait(rubbish)
        if self._call.faults.huge_frame:
            self._outbox.put_nowait(wire.huge(self.sid))

    def _hear(self, frame: bytes) -> None:
        elapsed_ms = round((self._call.recording.seconds - self._began_s) * 1000)
        self._outbox.put_nowait(self._sheet.media(frame, elapsed_ms))

    def _key(self, digit: str) -> None:
        self._outbox.put_nowait(self._sheet.dtmf(digit))

    async def _write(self, socket: Socket) -> None:
        try:
            while (message := await self._outbox.get()) is not None:
                if self._outbox.qsize() > BACKLOG:
                    self._warn(31903, "the server does not read")
                    return socket.cut()
                await socket.send(message)
        except SocketGone:
            return None

    async def _read(self, socket: Socket) -> None:
        try:
            while True:
                self._obey(wire.read(await socket.receive(), self.sid))
        except SocketGone as gone:
            self._call.did("Stream closed", f"code={gone.code}")

    def _obey(self, order: wire.Order) -> None:
        playout = self._call.line.playout
        match order:
            case wire.Media(sound=sound):
                playout.append(sound)
            case wire.Mark(name=name):
                playout.mark(lambda: self._outbox.put_nowait(self._sheet.mark(name)))
            case wire.Clear():
                playout.clear()
            case wire.Invalid(error=error, reason=reason):
                self._warn(error, reason)

    def _warn(self, error: int, reason: str) -> None:
        """Each number once a stream."""
        if error not in self._warned:
            self._warned.add(error)
            self._call.warn(error, reason)

    async def _say_goodbye(self, socket: Socket, writer: asyncio.Task[None]) -> None:
        if self._call.faults.lost_stop:
            self._exchange.later(_cut_after(socket, self._call.faults.linger_s))
            return
        self._outbox.put_nowait(self._sheet.stop())
        self._outbox.put_nowait(None)
        await asyncio.wait({writer}, timeout=GOODBYE_S)
        try:
            await asyncio.wait_for(socket.close(), GOODBYE_S)
        except TimeoutError:
            socket.cut()

    def _tell(self, event: str) -> None:
        url = self._noun.attributes.get("statusCallback")
        if url:
            self._exchange.later(self._post(urljoin(self._call.document_url, url), event))

    async def _post(self, url: str, event: str) -> None:
        form = [
            ("AccountSid", self._exchange.account.sid),
            ("CallSid", self._call.sid),
            ("StreamSid", self.sid),
            ("StreamName", self._noun.attributes.get("name", self.sid)),
            ("StreamEvent", event),
            *([("StreamError", self.error)] if self.error else []),
            ("Timestamp", datetime.now(UTC).isoformat()),
        ]
        try:
            method = self._noun.attributes.get("statusCallbackMethod", "POST")
            await self._exchange.webhooks.ask(url, form, method=method)
        except WebhookFailed as failed:
            self._call.warn(failed.error, str(failed))


async def _cut_after(socket: Socket, seconds: float) -> None:
    await asyncio.sleep(seconds)
    socket.cut()
