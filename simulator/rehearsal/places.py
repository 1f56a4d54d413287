"""Where everything of a rehearsal is: addresses, numbers, and the secrets of this one run."""

import secrets
import socket
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
"""Where the product's packages and the sample company lie."""
HOST = "127.0.0.1"
PUBLIC_URL = "https://rehearsal.callwright.test"
"""What the product calls itself; the simulated carrier knows the way from there to this machine."""
COMPANY = ROOT / "companies" / "sample"
LINE = "+14155550100"
UNSERVED_LINE = "+14155550109"
"""A number of the account that no line of the company has."""
REPORT = ROOT / "build" / "rehearsal.json"

PRODUCT_PORT, CARRIER_PORT, BRAIN_PORT, OFFICE_PORT = 8080, 8090, 8093, 8790
MAIL_PORT, POST_PORT = 8025, 8094


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """Good for one run."""

    account_sid: str = field(default_factory=lambda: "AC" + secrets.token_hex(16))
    auth_token: str = field(default_factory=lambda: secrets.token_hex(16))
    api_key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    office_key: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    model_key: str = field(default_factory=lambda: "sk-stand-in-" + secrets.token_hex(8))


@dataclass(frozen=True, kw_only=True)
class Places:
    """The ports of this run."""

    product: int
    carrier: int
    brain: int
    office: int
    mail: int
    """Speaks SMTP."""
    post: int
    """The page of what would have gone out."""
    home: Path = ROOT / ".callwright"
    """What the product keeps between two rehearsals: its database, its voices, recordings."""

    @property
    def product_url(self) -> str:
        return f"http://{HOST}:{self.product}"

    @property
    def carrier_url(self) -> str:
        return f"http://{HOST}:{self.carrier}"

    @property
    def brain_url(self) -> str:
        return f"http://{HOST}:{self.brain}"

    @property
    def office_url(self) -> str:
        return f"http://{HOST}:{self.office}"

    @property
    def post_url(self) -> str:
        return f"http://{HOST}:{self.post}"


def find_places() -> Places:
    """The usual ports, and free ones where somebody else has those."""
    return Places(
        product=free_port(PRODUCT_PORT),
        carrier=free_port(CARRIER_PORT),
        brain=free_port(BRAIN_PORT),
        office=free_port(OFFICE_PORT),
        mail=free_port(MAIL_PORT),
        post=free_port(POST_PORT),
    )


def free_port(wanted: int) -> int:
    """`wanted` if nobody listens there, otherwise any that is free."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("this machine has no free port on its loopback address")
