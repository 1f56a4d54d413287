"""What a process counts about itself, for Prometheus."""

from prometheus_client import CollectorRegistry, Counter, Gauge


class Metrics:
    """The process's own registry, so that two apps in one test do not share numbers."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.refused = Counter(
            "callwright_refused",
            "Requests, sockets and calls that were refused",
            ["door", "reason"],
            registry=self.registry,
        )
        self.ignored = Counter(
            "callwright_ignored",
            "Messages that changed nothing and were let pass",
            ["door", "reason"],
            registry=self.registry,
        )
        self.withdrawn = Counter(
            "callwright_withdrawn",
            "Times that an operation of a company's systems was withdrawn",
            ["company", "operation"],
            registry=self.registry,
        )
        self.calls_ended = Counter(
            "callwright_calls_ended", "Calls by how they ended", ["outcome"], registry=self.registry
        )
        self.stream_errors = Counter(
            "callwright_stream_errors",
            "Media streams that the carrier reported as failed",
            registry=self.registry,
        )
        self.phone_failures = Counter(
            "callwright_phone_failures",
            "Requests for call control that failed",
            ["retryable"],
            registry=self.registry,
        )
        self.live_calls = Gauge(
            "callwright_live_calls", "Conversations in this process", registry=self.registry
        )
        self.pending_sockets = Gauge(
            "callwright_pending_sockets",
            "Media sockets that have not presented a token yet",
            registry=self.registry,
        )
        self.loop_lag = Gauge(
            "callwright_loop_lag_seconds",
            "Worst lateness of the event loop in the last second",
            registry=self.registry,
        )
        self.draining = Gauge(
            "callwright_draining", "1 while new calls are refused for good", registry=self.registry
        )
