"""What we ask of the carrier about a call that it carries."""

from typing import Protocol


class CallGone(Exception):
    """The carrier says that the call is over already: the caller left."""


class PhoneFailed(Exception):
    """The carrier did not do what was asked; `retryable` says whether asking again may help."""

    def __init__(self, message: str, *, retryable: bool) -> None:
        super().__init__(message)
        self.retryable = retryable


class Phone(Protocol):
    """Call control. Every method raises `CallGone` or `PhoneFailed`, and is bounded in time."""

    async def hang_up(self, carrier_call_id: str) -> None: ...

    async def redirect(self, carrier_call_id: str, twiml: str) -> None:
        """Give the call new instructions; its media stream closes."""
        ...
