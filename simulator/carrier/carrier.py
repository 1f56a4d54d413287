"""The carrier as one object: numbers, calls, and what may be asked of them from either side."""

import asyncio
from collections.abc import Iterable, Mapping

import httpx

from simulator.carrier.account import Account, PhoneNumber
from simulator.carrier.call import Goto, Instructions, SimulatedCall
from simulator.carrier.exchange import Exchange, FarEnd, Voice
from simulator.carrier.faults import CallFaults, Faults
from simulator.carrier.interpreter import Interpreter, Rejected
from simulator.carrier.line import LineEnded, Telephone
from simulator.carrier.messaging import Messaging
from simulator.carrier.reach import Opener, Reach, open_websocket
from simulator.carrier.sound import hummed
from simulator.carrier.status_callbacks import StatusCallbacks
from simulator.carrier.webhooks import Webhooks

AFTER_HANG_UP_S = 2.0
"""What a verb may still do when somebody has hung up: say `stop`, ask `<Record>`'s action."""

GOODBYE_S = 1.0
"""What calls get to end cleanly when the carrier closes."""


class NoSuchNumber(Exception):
    """Nobody has that number here."""


class CallEnded(Exception):
    """Too late: the call is over (Twilio's 21220)."""


class Carrier:
    """Enough of Twilio for calls that come in and SMS that go out. To be made on a running loop; close it."""

    def __init__(
        self,
        *,
        account: Account,
        numbers: Iterable[PhoneNumber],
        origins: Mapping[str, str],
        voice: Voice = hummed,
        far_ends: Mapping[str, FarEnd] | None = None,
        faults: Faults | None = None,
        http: httpx.AsyncClient | None = None,
        opener: Opener = open_websocket,
    ) -> None:
        self.account = account
        self.numbers = {number.number: number for number in numbers}
        self.calls: dict[str, SimulatedCall] = {}
        self.faults = faults or Faults()
        self._http = http or httpx.AsyncClient(trust_env=False)
        reach = Reach(origins=origins, http=self._http, opener=opener)
        self.webhooks = Webhooks(account, reach)
        self.exchange = Exchange(
            account=account, reach=reach, webhooks=self.webhooks, voice=voice, far_ends=dict(far_ends or {})
        )
        self.messaging = Messaging(account, self.webhooks, self.faults, self.exchange.later)

    async def place_call(
        self, from_: str, to: str, telephone: Telephone, *, faults: CallFaults | None = None
    ) -> SimulatedCall:
        """Dial one of our numbers; returns as it rings. Raises `NoSuchNumber`."""
        number = self.numbers.get(to)
        if number is None:
            raise NoSuchNumber("the number dialled is none of this carrier's: add it to its numbers")
        call = SimulatedCall(
            from_=from_, number=number, telephone=telephone, faults=faults or self.faults.calls
        )
        self.calls[call.sid] = call
        callbacks = StatusCallbacks(call, self.account.sid, self.webhooks)
        call.watchers.append(callbacks.tell)
        self.exchange.later(callbacks.run())
        self.exchange.later(self._carry(call))
        return call

    def complete(self, call: SimulatedCall) -> None:
        """The product hangs up by REST. Raises `CallEnded`."""
        self._require_live(call)
        call.line.end("carrier")

    def redirect(self, call: SimulatedCall, instructions: Instructions) -> None:
        """The product gives new instructions by REST; what the call was doing ends. Raises `CallEnded`."""
        self._require_live(call)
        call.orders.put_nowait(instructions)

    async def settled(self) -> None:
        """Every callback has been posted and every call carried to its end."""
        while self.exchange.afterwards:
            await asyncio.wait(set(self.exchange.afterwards))

    async def close(self) -> None:
        """End every call and every task; raises what broke in the simulator itself."""
        for call in self.calls.values():
            call.line.end("carrier")
        tasks = set(self.exchange.afterwards)
        if tasks:
            await asyncio.wait(tasks, timeout=GOODBYE_S)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._http.aclose()
        if self.exchange.broken:
            raise self.exchange.broken[0]

    @staticmethod
    def _require_live(call: SimulatedCall) -> None:
        if call.is_over or call.line.is_over:
            raise CallEnded("the call is over")

    async def _carry(self, call: SimulatedCall) -> None:
        call.enter("queued")
        call.enter("ringing")
        try:
            final = await self._follow(call)
        except BaseException:
            call.line.end("carrier")
            call.enter("failed")
            raise
        call.line.end("carrier")
        call.enter(final)

    async def _follow(self, call: SimulatedCall) -> str:
        """Carry out instructions until they run out, are replaced or somebody hangs up -> final status."""
        interpreter = Interpreter(call, self.exchange)
        instructions: Instructions = Goto(url=call.number.voice_url)
        over = asyncio.create_task(call.line.over())
        try:
            while True:
                work = asyncio.create_task(interpreter.run(instructions))
                order = asyncio.create_task(call.orders.get())
                try:
                    await asyncio.wait({work, order, over}, return_when=asyncio.FIRST_COMPLETED)
                    if over.done():
                        await asyncio.wait({work}, timeout=AFTER_HANG_UP_S)
                finally:
                    for task in (work, order):
                        task.cancel()
                    await asyncio.gather(work, order, return_exceptions=True)
                if over.done() or not order.done() or order.cancelled():
                    return _final(call, work)
                instructions = order.result()
        finally:
            over.cancel()


def _final(call: SimulatedCall, work: asyncio.Task[None]) -> str:
    """How a call ends: as completed once it was answered, otherwise by who gave up."""
    failure = None if work.cancelled() else work.exception()
    if isinstance(failure, Rejected):
        return failure.status
    if failure is not None and not isinstance(failure, LineEnded):
        raise failure
    if not call.is_answered and call.line.ended_by == "caller":
        return "no-answer"
    return "completed"
