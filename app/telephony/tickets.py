"""One-time tickets for media streams: an unguessable address and a token, good for one call's next stream."""

import secrets
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """Handed to the carrier in its instructions; only the digest is stored.

    The address changes with every stream, so that the signature of one handshake opens no other.
    """

    path: str
    token: str = field(repr=False)

    @classmethod
    def mint(cls) -> "Ticket":
        return cls(path=secrets.token_urlsafe(24), token=secrets.token_urlsafe(32))

    def digest(self, account: str, carrier_call_id: str) -> str:
        """Binds address and token to the account and its call; every part is free of colons."""
        return sha256(":".join((account, carrier_call_id, self.path, self.token)).encode()).hexdigest()
