"""What the carrier and the mail server took, as pieces of one outbox."""

from simulator.carrier.messaging import Messaging
from simulator.post.mail_server import MailServer
from simulator.post.page import Outbox, Piece


def outbox_of(messaging: Messaging, mail: MailServer) -> Outbox:
    """Reads both afresh whenever it is asked."""

    def pieces() -> list[Piece]:
        sms = [
            Piece(
                kind="SMS",
                sender=it.from_,
                to=it.to,
                subject="",
                text=it.body,
                state=it.status,
                at=it.created_at,
            )
            for it in messaging.taken.values()
        ]
        letters = [
            Piece(
                kind="E-mail",
                sender=str(it.content["From"] or it.sender),
                to=", ".join(it.recipients),
                subject=it.subject,
                text=it.text,
                state="kept",
                at=it.at,
            )
            for it in mail.letters
        ]
        return sms + letters

    return pieces
