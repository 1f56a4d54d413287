"""E-mail over SMTP: one attempt, bounded; what the server had not yet been given it cannot have taken.

The Message-ID follows from the message's own id, so that a mailbox that compares them knows a second copy for
one. Not every mailbox does.
"""

import asyncio
import contextlib
import hashlib
import re
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.policy import EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Literal

import aiosmtplib

from domain.clock import Clock
from domain.ports.messages import Outgoing, Undeliverable
from domain.ports.systems import MaybeDone, NotDone

Security = Literal["starttls", "tls", "none"]
USUAL_PORTS: dict[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
FOR_GOOD = 500
"""From this reply code on, the server will not take the same message later either (RFC 5321, 4.2.1)."""
_PLAIN_ID = re.compile(r"(?=.{1,100}$)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """The server that takes our e-mail, and as whom we come."""

    host: str
    port: int
    security: Security = "starttls"
    """`starttls` insists: a server that does not offer it is sent nothing."""
    user: str | None = None
    password: str | None = None


class SmtpSender:
    """Implements `domain.ports.messages.Sender` for e-mail. A connection for each message: they are few."""

    def __init__(
        self,
        *,
        server: MailServer,
        sender: str,
        clock: Clock,
        command_s: float = 10.0,
        whole_s: float = 30.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`sender`: `Larkfield <hello@larkfield.example>`. `tls`: other authorities than the system's."""
        self._server = server
        self._sender = parse_address(sender)
        self._clock = clock
        self._command_s = command_s
        self._whole_s = whole_s
        self._tls = tls

    async def send(self, message: Outgoing) -> str:
        letter = self._letter(message)
        handed_over = False
        smtp = self._connection()
        try:
            async with asyncio.timeout(self._whole_s):
                await smtp.connect()
                policy = await self._envelope(smtp, letter["To"].addresses[0].addr_spec)
                handed_over = True
                await smtp.data(letter.as_bytes(policy=policy))
            await _say_goodbye(smtp)
        except aiosmtplib.SMTPResponseException as refused:
            what = f"the mail server answered {refused.code}: {type(refused).__name__}"
            if isinstance(refused, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError):
                raise (Undeliverable if refused.code >= FOR_GOOD else NotDone)(what) from None
            raise NotDone(what) from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError, UnicodeError) as broken:
            what = f"no usable answer from the mail server: {type(broken).__name__}"
            raise (MaybeDone if handed_over else NotDone)(what) from None
        finally:
            smtp.close()
        return str(letter["Message-ID"])

    async def look_up(self, message: Outgoing) -> str | None:
        """SMTP cannot be asked; a second copy carries the same Message-ID."""
        del message
        return None

    async def close(self) -> None:
        """Nothing is kept open."""

    def _connection(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            timeout=self._command_s,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=self._tls,
            local_hostname=self._sender.domain,
        )

    async def _envelope(self, smtp: aiosmtplib.SMTP, to: str) -> "EmailPolicy[EmailMessage]":
        """Sender and recipient; a policy that may write UTF-8 where an address needs it."""
        if to.isascii():
            await smtp.mail(self._sender.addr_spec)
            await smtp.rcpt(to)
            return SMTP_POLICY
        if smtp.is_ehlo_or_helo_needed:
            await smtp.ehlo()
        if not smtp.supports_extension("smtputf8"):
            raise Undeliverable("the mail server takes no address with letters beyond ASCII")
        await smtp.mail(self._sender.addr_spec, options=["SMTPUTF8", "BODY=8BITMIME"], encoding="utf-8")
        await smtp.rcpt(to, encoding="utf-8")
        return SMTP_POLICY.clone(utf8=True)

    def _letter(self, message: Outgoing) -> EmailMessage:
        """Raises `Undeliverable`."""
        letter = EmailMessage(policy=SMTP_POLICY)
        try:
            letter["From"] = self._sender
            letter["To"] = parse_address(message.to)
        except ValueError:
            raise Undeliverable("the recipient is no e-mail address") from None
        letter["Subject"] = " ".join(message.subject.split())
        letter["Date"] = format_datetime(self._clock.now())
        letter["Message-ID"] = message_id(message.id, self._sender.domain)
        letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office note answers it
        letter.set_content(message.text)
        return letter


def message_id(id_: str, domain: str) -> str:
    """The same for the same message, and readable where its id allows that."""
    plain = id_ if _PLAIN_ID.fullmatch(id_) else hashlib.sha256(id_.encode()).hexdigest()[:40]
    return f"<{plain}@{domain}>"


def parse_address(written: str) -> Address:
    """`Name <local@domain>` or the bare address. Raises `ValueError`, which quotes nothing."""
    name, bare = parseaddr(written)
    local, _, domain = bare.rpartition("@")
    if not local or not domain or not bare.isprintable() or " " in bare or not written.isprintable():
        raise ValueError("no e-mail address")
    return Address(display_name=name, username=local, domain=domain)


async def _say_goodbye(smtp: aiosmtplib.SMTP) -> None:
    """The message is theirs already, whatever becomes of this."""
    with contextlib.suppress(aiosmtplib.SMTPException, OSError):
        await smtp.quit(timeout=1.0)
