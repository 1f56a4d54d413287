"""E-mail through a real SMTP server on the loopback network: what arrives, and how each failure is named."""

import datetime as dt
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.smtp import MailServer, Security, SmtpSender, parse_address
from domain.ports.messages import Outgoing, Undeliverable
from domain.ports.systems import MaybeDone, NotDone
from simulator.post import mail_server

NOW = dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC)
OUTGOING = Outgoing(
    id="4f0c-deed-1.order_cancelled",
    company="sample",
    call_id="c1",
    template="refund",
    channel="email",
    to="anna@customer.example",
    subject="Your refund of 25.00 €",
    text="Dear Anna,\n\nwe have refunded 25.00 €.\n.\nLarkfield",
)
PASSWORD = "secret"


class Noon:
    """A clock that stands still."""

    def now(self) -> dt.datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("one attempt waits for nothing")


class Post:
    """A mail server, and senders that know the way to it."""

    def __init__(self, server: mail_server.MailServer, port: int, trusted: ssl.SSLContext) -> None:
        self.server = server
        self._port = port
        self._trusted = trusted

    def sender(
        self,
        security: Security = "none",
        *,
        password: str | None = None,
        trusted: bool = True,
        command_s: float = 5.0,
    ) -> SmtpSender:
        return SmtpSender(
            server=MailServer(
                host="127.0.0.1",
                port=self._port,
                security=security,
                user="callwright" if password else None,
                password=password,
            ),
            sender="Larkfield <hello@larkfield.example>",
            clock=Noon(),
            command_s=command_s,
            tls=self._trusted if trusted else None,
        )


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(the server's, one that trusts it)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
        .not_valid_after(dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file: Path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=str(file))


Open = Callable[..., AbstractAsyncContextManager[Post]]


@pytest.fixture
def post(certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> Open:
    @asynccontextmanager
    async def opened(
        *, tls: bool = False, at_once: bool = False, password: str | None = None
    ) -> AsyncIterator[Post]:
        user = "callwright" if password else None
        server = mail_server.MailServer(user=user, password=password)
        theirs, trusted = certificate
        async with mail_server.listening(server, tls=theirs if tls else None, at_once=at_once) as port:
            yield Post(server, port, trusted)

    return opened


async def test_a_letter_arrives_as_it_was_written(post: Open) -> None:
    async with post() as it:
        id_ = await it.sender().send(OUTGOING)
        [letter] = it.server.letters
    assert (letter.sender, letter.recipients) == ("hello@larkfield.example", ("anna@customer.example",))
    assert letter.content["From"] == "Larkfield <hello@larkfield.example>"
    assert letter.content["To"] == "anna@customer.example"
    assert letter.subject == "Your refund of 25.00 €"
    assert letter.text.rstrip() == OUTGOING.text
    assert id_ == letter.content["Message-ID"] == "<4f0c-deed-1.order_cancelled@larkfield.example>"
    assert letter.content["Date"] == "Sat, 21 Nov 2026 09:00:00 +0000"
    assert letter.content["Auto-Submitted"] == "auto-generated"


async def test_a_second_copy_is_known_for_one(post: Open) -> None:
    strange = replace(OUTGOING, id="deed 7: refund>\r\nBcc: x")
    async with post() as it:
        sender = it.sender()
        assert await sender.look_up(strange) is None
        assert await sender.send(strange) == await sender.send(strange)
        first, second = it.server.letters
    assert first.content["Message-ID"] == second.content["Message-ID"]
    assert first.content["Bcc"] is None


async def test_a_subject_stays_one_line(post: Open) -> None:
    async with post() as it:
        await it.sender().send(replace(OUTGOING, subject="Hello\r\nBcc: everybody@example.test"))
        [letter] = it.server.letters
    assert letter.subject == "Hello Bcc: everybody@example.test"
    assert letter.recipients == ("anna@customer.example",)


async def test_an_address_beyond_ascii_arrives(post: Open) -> None:
    async with post() as it:
        await it.sender().send(replace(OUTGOING, to="jürgen@customer.example"))
        [letter] = it.server.letters
    assert letter.recipients == ("jürgen@customer.example",)


@pytest.mark.parametrize(("security", "at_once"), [("starttls", False), ("tls", True)])
async def test_a_letter_and_a_password_go_over_tls(post: Open, security: Security, at_once: bool) -> None:
    async with post(tls=True, at_once=at_once, password=PASSWORD) as it:
        await it.sender(security, password=PASSWORD).send(OUTGOING)
        [letter] = it.server.letters
    assert letter.secured


async def test_a_server_without_starttls_is_sent_nothing(post: Open) -> None:
    async with post() as it:
        with pytest.raises(NotDone):
            await it.sender("starttls").send(OUTGOING)
        assert it.server.letters == []


async def test_a_certificate_of_nobody_is_not_believed(post: Open) -> None:
    async with post(tls=True) as it:
        with pytest.raises(NotDone):
            await it.sender("starttls", trusted=False).send(OUTGOING)
        assert it.server.letters == []


async def test_a_wrong_password_sends_nothing_and_may_be_put_right(post: Open) -> None:
    async with post(password=PASSWORD) as it:
        with pytest.raises(NotDone) as failed:
            await it.sender(password="wrong").send(OUTGOING)
    assert not isinstance(failed.value, Undeliverable)
    assert "535" in str(failed.value)
    assert "wrong" not in str(failed.value)


@pytest.mark.parametrize("to", ["", "nobody", "a@b@", "a b@c.example", "a@c.example\r\nBcc: d@e.example"])
async def test_what_is_no_address_is_undeliverable(post: Open, to: str) -> None:
    async with post() as it:
        with pytest.raises(Undeliverable) as failed:
            await it.sender().send(replace(OUTGOING, to=to))
        assert it.server.letters == []
    assert to == "" or to not in str(failed.value)


async def test_a_mailbox_that_is_not_there_is_undeliverable(post: Open) -> None:
    async with post() as it:
        it.server.faults.unknown.add(OUTGOING.to)
        with pytest.raises(Undeliverable) as failed:
            await it.sender().send(OUTGOING)
        assert it.server.letters == []
    assert "550" in str(failed.value)
    assert OUTGOING.to not in str(failed.value)


async def test_a_server_that_wants_us_later_gets_it_later(post: Open) -> None:
    async with post() as it:
        it.server.faults.greylist_next = 1
        with pytest.raises(NotDone) as failed:
            await it.sender().send(OUTGOING)
        assert not isinstance(failed.value, Undeliverable)
        await it.sender().send(OUTGOING)
        assert len(it.server.letters) == 1


async def test_a_server_that_dies_with_the_letter_may_have_kept_it(post: Open) -> None:
    async with post() as it:
        it.server.faults.silent_next = 1
        with pytest.raises(MaybeDone):
            await it.sender().send(OUTGOING)
        assert len(it.server.letters) == 1


async def test_nobody_at_the_port_is_not_done(post: Open) -> None:
    async with post() as it:
        sender = it.sender()
    with pytest.raises(NotDone):
        await sender.send(OUTGOING)


async def test_a_server_that_never_speaks_is_given_up(post: Open) -> None:
    async with post(tls=True, at_once=True) as it:  # it waits for a handshake, and we for a greeting
        with pytest.raises(NotDone, match="Timeout"):
            await it.sender(command_s=0.05).send(OUTGOING)


@pytest.mark.parametrize("written", ["Larkfield", "Larkfield <>", "x@", "@x.example", "a@b.example\n"])
def test_a_sender_is_an_address(written: str) -> None:
    with pytest.raises(ValueError, match="no e-mail address"):
        parse_address(written)
