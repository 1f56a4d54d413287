"""What the adapters of a company's systems say beyond the port: whose fault a failure was."""

from domain.ports.systems import MaybeDone, NotDone


class Unsendable(NotDone):
    """What was asked cannot be put into a request; the system itself may be in good health."""


class Mismatch(NotDone):
    """It answered, and not as its document says. Only of what reads."""


class MismatchAfterWrite(MaybeDone):
    """It answered a write, and not as its document says."""
