"""The page of what would have gone out: everything, newest first, and that it went nowhere."""

import smtplib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import httpx

from simulator.carrier.messaging import SimulatedSms
from simulator.post.mail_server import MailServer, listening
from simulator.post.outbox import outbox_of
from simulator.post.page import Piece, create_app
from tests.simulator.carrier.product import NUMBER, Product, carrier_for
from tests.simulator.carrier.test_rest import asks

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def piece(number: int, **changes: str) -> Piece:
    words = {"kind": "SMS", "sender": NUMBER, "to": "+14155550111", "subject": "", "text": f"Text {number}."}
    return Piece(**{**words, "state": "sent", **changes}, at=NOW + timedelta(seconds=number))


async def looked_at(pieces: Sequence[Piece]) -> tuple[str, list[dict[str, str]]]:
    service = httpx.ASGITransport(app=create_app(lambda: pieces))
    async with httpx.AsyncClient(transport=service, base_url="http://post") as http:
        return (await http.get("/")).text, (await http.get("/messages.json")).json()


async def test_the_newest_stands_first_and_the_page_says_what_it_is() -> None:
    page, listed = await looked_at([piece(1), piece(3), piece(2)])
    assert page.index("Text 3.") < page.index("Text 2.") < page.index("Text 1.")
    assert [it["text"] for it in listed] == ["Text 3.", "Text 2.", "Text 1."]
    assert "Stand-in post" in page
    assert "Nothing on this page has reached anybody." in page


async def test_an_empty_page_says_so_and_words_are_no_markup() -> None:
    empty, listed = await looked_at([])
    assert "Nothing yet." in empty
    assert listed == []
    page, _ = await looked_at([piece(1, text="<script>alert(1)</script>")])
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


async def test_sms_and_letters_stand_in_one_outbox() -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = (
        "a@larkfield.example",
        "b@customer.example",
        "Your refund",
    )
    letter.set_content("25.00 € are on their way.")

    def post(port: int) -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as smtp:
            smtp.send_message(letter)

    mail = MailServer()
    async with carrier_for(Product()) as carrier, listening(mail) as port:
        carrier.messaging.take(SimulatedSms(from_=NUMBER, to="+14155550111", body="Your code is 471200."))
        await asks(lambda: post(port))
        pieces = {it.kind: it for it in outbox_of(carrier.messaging, mail)()}
    assert pieces["SMS"].text == "Your code is 471200."
    assert (pieces["E-mail"].to, pieces["E-mail"].subject) == ("b@customer.example", "Your refund")
    assert pieces["E-mail"].text == "25.00 € are on their way.\n"
