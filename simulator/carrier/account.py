"""Who uses the carrier: an account, its numbers, and the sids by which everything is named."""

import secrets
from dataclasses import dataclass

STATUS_EVENTS = ("initiated", "ringing", "answered", "completed")


def new_sid(prefix: str) -> str:
    """Two letters for the kind of thing (CA, MZ, RE …) and 32 hexadecimal digits."""
    return prefix + secrets.token_hex(16)


@dataclass(frozen=True, kw_only=True)
class Account:
    """The credentials that the product has in its settings."""

    sid: str
    auth_token: str


@dataclass(frozen=True, kw_only=True)
class PhoneNumber:
    """A number of the account and what the carrier asks when somebody dials it. All URLs are public ones."""

    number: str
    """E.164."""
    voice_url: str
    fallback_url: str | None = None
    """Asked for TwiML where a webhook of the call fails."""
    status_callback: str | None = None
    status_events: tuple[str, ...] = STATUS_EVENTS
    """A real number tells only `completed`; all are on here so that a product meets them."""
