"""Who may look: the API key, one-time links, and the signed cookie of a browser that showed either.

Nothing is kept but the links that nobody has used and the addresses that guessed: the cookie proves
itself, and a new API key signs every browser out.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections import OrderedDict
from dataclasses import dataclass
from typing import Literal

from domain.clock import Clock

SIGNED_IN_S = 12 * 3600
"""A shift, with its overtime."""
LINK_S = 600
LINKS = 100
"""Links that may wait to be used; the oldest gives way."""
GUESSES = 10
"""Wrong keys of one address within `GUESSES_S` before it has to wait."""
GUESSES_S = 60.0
ADDRESSES = 10_000
_NAME_BYTES = 6


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Somebody who may look, by a name that says nothing about the person."""

    name: str
    """`api-key`, or `browser-` and the sign-in's own name."""


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Nobody we know."""

    reason: Literal["no_key_set", "no_key_given", "wrong_key", "too_many_guesses", "signed_out"]
    retry_after_s: int = 0


class Access:
    """Decides who comes in. `api_key` None lets nobody in."""

    def __init__(self, api_key: str | None, clock: Clock) -> None:
        self._clock = clock
        self._key = _digest(api_key.encode()) if api_key else None
        self._cookie_key = (
            hmac.digest(api_key.encode(), b"callwright sign-in 1", "sha256") if api_key else b""
        )
        self._guesses: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._links: OrderedDict[bytes, float] = OrderedDict()

    @property
    def is_open(self) -> bool:
        return self._key is not None

    def by_key(self, given: str, address: str) -> Visitor | Refused:
        """An API key, presented from `address`."""
        if self._key is None:
            return Refused(reason="no_key_set")
        if wait_s := self._must_wait(address):
            return Refused(reason="too_many_guesses", retry_after_s=wait_s)
        if not hmac.compare_digest(_digest(given.encode()), self._key):
            self._guessed(address)
            return Refused(reason="wrong_key")
        self._guesses.pop(address, None)
        return Visitor(name="api-key")

    def new_link(self) -> str:
        """A token that signs one browser in, once, within `LINK_S` seconds."""
        token = secrets.token_urlsafe(32)
        self._links[_digest(token.encode())] = self._clock.monotonic() + LINK_S
        while len(self._links) > LINKS:
            self._links.popitem(last=False)
        return token

    def by_link(self, token: str, address: str) -> str | Refused:
        """Spend a link: the cookie's value."""
        if wait_s := self._must_wait(address):
            return Refused(reason="too_many_guesses", retry_after_s=wait_s)
        until = self._links.pop(_digest(token.encode()), None)
        if until is None or until < self._clock.monotonic():
            self._guessed(address)
            return Refused(reason="wrong_key")
        return self.new_cookie()

    def new_cookie(self) -> str:
        """A value that lets a browser in until it expires."""
        until = int(self._clock.now().timestamp()) + SIGNED_IN_S
        claim = secrets.token_bytes(_NAME_BYTES) + until.to_bytes(8, "big")
        return base64.urlsafe_b64encode(claim + self._signature(claim)).decode("ascii")

    def by_cookie(self, value: str) -> Visitor | Refused:
        if self._key is None:
            return Refused(reason="no_key_set")
        try:
            opened = base64.urlsafe_b64decode(value.encode())
        except (binascii.Error, ValueError):
            return Refused(reason="signed_out")
        claim, signature = opened[: _NAME_BYTES + 8], opened[_NAME_BYTES + 8 :]
        until = int.from_bytes(claim[_NAME_BYTES:], "big")
        if (
            not hmac.compare_digest(signature, self._signature(claim))
            or until < self._clock.now().timestamp()
        ):
            return Refused(reason="signed_out")
        return Visitor(name=f"browser-{claim[:_NAME_BYTES].hex()}")

    def _signature(self, claim: bytes) -> bytes:
        return hmac.digest(self._cookie_key, claim, "sha256")

    def _must_wait(self, address: str) -> int:
        """Whole seconds until this address may try again; 0 where it may now."""
        since, count = self._guesses.get(address, (0.0, 0))
        left = since + GUESSES_S - self._clock.monotonic()
        return max(1, round(left)) if count >= GUESSES and left > 0 else 0

    def _guessed(self, address: str) -> None:
        now = self._clock.monotonic()
        since, count = self._guesses.pop(address, (now, 0))
        self._guesses[address] = (since, count + 1) if now - since < GUESSES_S else (now, 1)
        while len(self._guesses) > ADDRESSES:
            self._guesses.popitem(last=False)


def _digest(secret: bytes) -> bytes:
    """Of equal length whatever was given, so that comparing takes the same time."""
    return hashlib.sha256(secret).digest()
