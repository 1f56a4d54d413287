"""What goes wrong on request."""

from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class CallFaults:
    """The misfortunes of one call."""

    lost_stop: bool = False
    """No `stop` is sent: the socket goes silent, stays open for `linger_s` and then dies."""
    linger_s: float = 5.0
    dead_socket_after_s: float | None = None
    """Seconds from the first stream's start until its connection is cut without a close frame (1006)."""
    second_socket_after_s: float | None = None
    """Seconds from the stream's start until the carrier opens another socket for the same call."""
    garbage: bool = False
    """A volley of broken, foreign and binary frames right after `start`."""
    huge_frame: bool = False
    """A message of 1 MiB after `start`; a server may close the socket over it."""
    callbacks_twice: bool = False
    callbacks_late_s: float = 0.0
    callbacks_out_of_order: bool = False
    """Each event changes places with the one after it; the numbers stay the true ones."""
    webhook_retry: bool = False
    """Every webhook is sent twice with one idempotency token; only the second answer counts."""
    action_after_hang_up: bool = False
    """`<Connect action>` is requested although the caller has left."""


@dataclass(kw_only=True)
class RestFaults:
    """The misfortunes of the next requests to the REST interface; each count falls as it is used."""

    throttle_next: int = 0
    """Requests answered 429 with error 20429, without being carried out."""
    time_out_next: int = 0
    """Updates and messages carried out but never answered."""
    time_out_hold_s: float = 60.0

    def takes_throttle(self) -> bool:
        self.throttle_next, hit = max(0, self.throttle_next - 1), self.throttle_next > 0
        return hit

    def takes_time_out(self) -> bool:
        self.time_out_next, hit = max(0, self.time_out_next - 1), self.time_out_next > 0
        return hit


@dataclass(kw_only=True)
class MessageFaults:
    """The misfortunes of SMS; the count falls as it is used."""

    undelivered_next: int = 0
    """Messages whose handset is unreachable (30003)."""
    callbacks_twice: bool = False
    callbacks_late_s: float = 0.0
    callbacks_out_of_order: bool = False
    """All are told at the end, the newest first."""

    def takes_undelivered(self) -> bool:
        self.undelivered_next, hit = max(0, self.undelivered_next - 1), self.undelivered_next > 0
        return hit


@dataclass(kw_only=True)
class Faults:
    """What the carrier does wrong from now on: `calls` for those placed next, the others at once."""

    calls: CallFaults = CallFaults()
    rest: RestFaults = field(default_factory=RestFaults)
    messages: MessageFaults = field(default_factory=MessageFaults)
