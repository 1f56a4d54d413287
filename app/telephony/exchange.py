"""The telephone's part of a process, put together: doors, control, and the tasks that look after calls."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.routing import BaseRoute

from adapters.carrier.signature import Signatures
from adapters.recordings import EncryptedRecordings
from app.metrics import Metrics
from app.telephony.admission import Admission, LoopLag
from app.telephony.call_control import CallControl
from app.telephony.caretaker import Caretaker
from app.telephony.carrier_addresses import CarrierAddresses
from app.telephony.carrier_requests import CarrierRequests
from app.telephony.fallback import FallbackDoor
from app.telephony.lines import LineOf
from app.telephony.live_calls import LiveCalls, OpenConversation
from app.telephony.media import MediaDoor
from app.telephony.message_status import MessageStatusDoor
from app.telephony.recording_pause import RecordingPause
from app.telephony.steering import Steering
from app.telephony.voice import VoiceDoor
from app.telephony.voicemails import VoicemailCollector
from domain.call import Bounds
from domain.clock import Clock
from domain.ports.callbacks import Callbacks
from domain.ports.calls import CallStore
from domain.ports.journal import Journal
from domain.ports.messages import Receipts
from domain.ports.phone import Phone
from domain.ports.voicemail import CarrierRecordings, OwedVoicemails


@dataclass(frozen=True, kw_only=True)
class CarrierAccount:
    """Whose calls we take, and how the carrier reaches and convinces us."""

    sid: str
    tokens: Sequence[str]
    """Secrets that sign requests, the current one first."""
    public_url: str


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """What one process takes on."""

    max_calls: int
    max_lag_s: float = 0.25


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """Ready to be put into a server."""

    control: CallControl
    live: LiveCalls
    admission: Admission
    lag: LoopLag
    caretaker: Caretaker
    voicemails: VoicemailCollector
    recording_pause: RecordingPause
    routers: Sequence[APIRouter]
    routes: Sequence[BaseRoute]

    @property
    def watches(self) -> Sequence[Callable[[], Coroutine[None, None, None]]]:
        return (self.lag.watch, self.caretaker.watch, self.voicemails.watch)


@dataclass(frozen=True, kw_only=True)
class Trunk:
    """What an exchange is connected to."""

    store: CallStore
    phone: Phone
    journal: Journal
    callbacks: Callbacks
    receipts: Receipts
    voicemails: OwedVoicemails
    carrier_recordings: CarrierRecordings
    recordings: EncryptedRecordings
    open_conversation: OpenConversation
    line_of: LineOf
    clock: Clock
    metrics: Metrics


def open_exchange(
    *,
    account: CarrierAccount,
    capacity: Capacity,
    trunk: Trunk,
    bounds: Bounds | None = None,
    tell_lag: Callable[[float], None] | None = None,
) -> Exchange:
    """Nothing runs and nothing is asked yet. `tell_lag`: the loop's worst lateness of each second."""
    bounds = bounds or Bounds()
    live = LiveCalls(trunk.open_conversation, trunk.metrics)
    lag = LoopLag(trunk.clock, trunk.metrics, tell=tell_lag)
    admission = Admission(
        clock=trunk.clock,
        lag=lag,
        live=lambda: len(live),
        max_calls=capacity.max_calls,
        max_lag_s=capacity.max_lag_s,
        expected_for_s=bounds.connect_s,
    )
    control = CallControl(
        store=trunk.store,
        phone=trunk.phone,
        journal=trunk.journal,
        live=live,
        clock=trunk.clock,
        metrics=trunk.metrics,
        fallback_url=CarrierAddresses(account.public_url).fallback,
        bounds=bounds,
    )
    signatures = Signatures(account.tokens, account.public_url)
    media = MediaDoor(
        signatures=signatures,
        account=account.sid,
        control=control,
        store=trunk.store,
        live=live,
        admission=admission,
        metrics=trunk.metrics,
    )
    return Exchange(
        control=control,
        live=live,
        admission=admission,
        lag=lag,
        caretaker=Caretaker(control=control, live=live, store=trunk.store, clock=trunk.clock),
        voicemails=VoicemailCollector(
            owed=trunk.voicemails,
            carrier=trunk.carrier_recordings,
            recordings=trunk.recordings,
            clock=trunk.clock,
        ),
        recording_pause=RecordingPause(
            live=live, store=trunk.store, journal=trunk.journal, clock=trunk.clock
        ),
        routers=_webhooks(account, signatures, trunk, control, admission),
        routes=media.routes,
    )


def _webhooks(
    account: CarrierAccount, signatures: Signatures, trunk: Trunk, control: CallControl, admission: Admission
) -> Sequence[APIRouter]:
    requests = CarrierRequests(
        signatures=signatures, account=account.sid, line_of=trunk.line_of, metrics=trunk.metrics
    )
    steering = Steering(
        requests=requests,
        control=control,
        store=trunk.store,
        admission=admission,
        addresses=CarrierAddresses(account.public_url),
        line_of=trunk.line_of,
        clock=trunk.clock,
    )
    voice = VoiceDoor(
        requests=requests,
        steering=steering,
        control=control,
        store=trunk.store,
        admission=admission,
        line_of=trunk.line_of,
        metrics=trunk.metrics,
    )
    fallback = FallbackDoor(
        requests=requests,
        steering=steering,
        callbacks=trunk.callbacks,
        voicemails=trunk.voicemails,
        journal=trunk.journal,
        line_of=trunk.line_of,
    )
    receipts = MessageStatusDoor(requests=requests, receipts=trunk.receipts, metrics=trunk.metrics)
    return voice.router, fallback.router, receipts.router
