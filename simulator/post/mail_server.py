"""A real SMTP server that delivers nothing: it keeps every letter, and fails as it is told to."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

HOST = "127.0.0.1"
IDENT = "Callwright's stand-in mail server"


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One e-mail as it would have gone out."""

    sender: str
    recipients: Sequence[str]
    content: EmailMessage
    secured: bool
    """Came over TLS."""
    at: datetime

    @property
    def subject(self) -> str:
        return str(self.content["Subject"] or "")

    @property
    def text(self) -> str:
        body = self.content.get_body(("plain", "html"))
        return str(body.get_content()).replace("\r\n", "\n") if body is not None else ""


@dataclass(kw_only=True)
class MailFaults:
    """What the server does wrong from now on; the counts fall as they are used."""

    unknown: set[str] = field(default_factory=set)
    """Recipients that it refuses for good (550)."""
    greylist_next: int = 0
    """Recipients that it refuses for now (451)."""
    silent_next: int = 0
    """Letters that it takes and does not answer for."""


class MailServer:
    """Implements aiosmtpd's handler."""

    def __init__(self, *, user: str | None = None, password: str | None = None) -> None:
        """With a user, nobody else may send."""
        self.letters: list[Letter] = []
        self.faults = MailFaults()
        self._login = (user.encode(), (password or "").encode()) if user else None

    def connection(self, *, tls: ssl.SSLContext | None = None, secured: bool = False) -> SMTP:
        """The server's end of one connection; `tls` is offered by STARTTLS."""
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", UserWarning
            )  # passwords without TLS: this is the loopback network
            return SMTP(
                self,
                hostname=HOST,
                ident=IDENT,
                enable_SMTPUTF8=True,
                tls_context=tls,
                auth_required=self._login is not None,
                auth_require_tls=tls is not None and not secured,
                authenticator=self._authenticate,
            )

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object
    ) -> AuthResult:
        del server, session, envelope, mechanism
        known = isinstance(given, LoginPassword) and (given.login, given.password) == self._login
        return AuthResult(success=known, handled=known)

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        if address in self.faults.unknown:
            return "550 5.1.1 no such mailbox"
        if self.faults.greylist_next > 0:
            self.faults.greylist_next -= 1
            return "451 4.7.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del session
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        content = message_from_bytes(raw, policy=default)
        assert isinstance(content, EmailMessage)
        self.letters.append(
            Letter(
                sender=envelope.mail_from or "",
                recipients=tuple(envelope.rcpt_tos),
                content=content,
                secured=_wire(server).get_extra_info("ssl_object") is not None,
                at=datetime.now(UTC),
            )
        )
        if self.faults.silent_next > 0:
            self.faults.silent_next -= 1
            _wire(server).abort()
        return "250 kept; nothing is delivered"


def _wire(server: SMTP) -> asyncio.Transport:
    assert isinstance(server.transport, asyncio.Transport)
    return server.transport


@asynccontextmanager
async def listening(
    server: MailServer, *, port: int = 0, tls: ssl.SSLContext | None = None, at_once: bool = False
) -> AsyncIterator[int]:
    """Yields the port. `tls` is offered by STARTTLS, or spoken from the first byte if `at_once`."""
    loop = asyncio.get_running_loop()
    connections: list[SMTP] = []

    def connected() -> SMTP:
        connections.append(server.connection(tls=None if at_once else tls, secured=at_once))
        return connections[-1]

    listener = await loop.create_server(connected, HOST, port, ssl=tls if at_once else None)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for connection in connections:
            if connection.transport is not None:
                _wire(connection).abort()
        await asyncio.sleep(0.01)  # the loop closes what was aborted
