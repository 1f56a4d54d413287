"""Runs the state machine of calls: decide, store with compare-and-set, then act."""

from collections.abc import Callable
from typing import assert_never

from loguru import logger

from adapters.carrier import twiml
from app.metrics import Metrics
from app.telephony.live_calls import LiveCalls
from domain.call import (
    Bounds,
    Call,
    CallEvent,
    CarrierSaysGone,
    Command,
    Decision,
    EndConversation,
    EvictStream,
    HangUp,
    RedirectToFallback,
    RefuseStream,
    Reply,
    WriteCallEnded,
)
from domain.call_rules import decide
from domain.clock import Clock
from domain.events import CallEnded
from domain.ports.calls import CallStore
from domain.ports.journal import Journal
from domain.ports.phone import CallGone, Phone, PhoneFailed


class CallUnknown(Exception):
    """No such call is stored."""


class CallControl:
    """The only writer of calls."""

    def __init__(
        self,
        *,
        store: CallStore,
        phone: Phone,
        journal: Journal,
        live: LiveCalls,
        clock: Clock,
        metrics: Metrics,
        fallback_url: Callable[[Call], str],
        bounds: Bounds | None = None,
    ) -> None:
        """`fallback_url`: where the carrier asks for the fallback's instructions of a call."""
        self.bounds = bounds or Bounds()
        self._store = store
        self._phone = phone
        self._journal = journal
        self._live = live
        self._clock = clock
        self._metrics = metrics
        self._fallback_url = fallback_url

    async def apply(self, call_id: str, event: CallEvent) -> Decision:
        """Let `event` happen to the call. Raises `CallUnknown`.

        Returns what was decided; commands to the carrier, the journal and the conversation are carried
        out, a `Reply` or `RefuseStream` is for the door that brought the event.
        """
        while True:
            call = await self._store.load(call_id)
            if call is None:
                raise CallUnknown(call_id)
            after, commands = decide(call, event, self._clock.now(), self.bounds)
            if after == call or await self._store.replace(after, call.version):
                break
        for command in commands:
            await self._carry_out(after, command)
        return after, commands

    async def _carry_out(self, call: Call, command: Command) -> None:
        match command:
            case Reply() | RefuseStream():
                pass
            case EvictStream():
                await self._live.evict(call.id, command.stream_sid)
            case EndConversation():
                await self._live.end(call.id)
            case HangUp():
                await self._ask_carrier(call, None)
            case RedirectToFallback():
                await self._ask_carrier(call, twiml.ask_again(self._fallback_url(call)))
            case WriteCallEnded():
                self._metrics.calls_ended.labels(command.outcome.value).inc()
                ended = CallEnded(
                    outcome=command.outcome.value,  # type: ignore[arg-type]  # the journal's own four words
                    reason=command.reason,
                    duration_ms=command.duration_ms,
                )
                self._journal.write(call.id, ended)
            case _:
                assert_never(command)

    async def _ask_carrier(self, call: Call, instructions: str | None) -> None:
        """Hang up, or redirect; what fails now is asked again at the call's deadline."""
        try:
            if instructions is None:
                await self._phone.hang_up(call.carrier_call_id)
            else:
                await self._phone.redirect(call.carrier_call_id, instructions)
        except CallGone:
            await self.apply(call.id, CarrierSaysGone())
        except PhoneFailed as failed:
            self._metrics.phone_failures.labels(str(failed.retryable).lower()).inc()
            logger.bind(call=call.id, error=str(failed)).warning("the carrier did not take call control")
