"""Who buys."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from simulator.company.records.kept import Address, Record, Written

Tier = Literal["gold", "silver", "standard"]


Channel = Literal["email", "sms", "phone", "post"]


class Marketing(Record):
    """Where advertisements may be sent."""

    email: bool = True
    sms: bool = False
    phone: bool = False
    post: bool = True


class Contact(Record):
    """How a customer is reached."""

    phones: list[str]
    email: str


class Customer(Written):
    """A person who buys from Larkfield."""

    customer_id: str
    name: str
    phones: list[str]
    """E.164."""
    email: str
    address: Address
    tier: Tier
    language: str
    """BCP 47."""
    customer_since: date
    card_last4: str
    born_on: date
    marketing: Marketing = Marketing()
    previous_contact: Contact | None = None
    """What `restoreCustomerContact` goes back to."""


class NewContact(Record):
    """What changes of a customer's contact; what is left out stays."""

    phone: Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")] | None = None
    """E.164; takes the place of the first number."""
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=200)] | None = None


class NewMarketingPreference(Record):
    """Whether advertisements may be sent on a channel."""

    channel: Channel
    allowed: Annotated[bool, Field(strict=True)]


class NewNote(Record):
    """What somebody writes into a customer's file."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]
    order_id: str | None = None


class Note(Written):
    """Written by whoever spoke with the customer; nobody checked it."""

    note_id: str
    customer_id: str
    order_id: str | None
    text: str
    written_at: datetime


class NewPasswordReset(Record):
    """Where the link goes; only to what is on record."""

    channel: Literal["email", "sms"] = "email"


class PasswordReset(Written):
    """A link to choose a new password was sent."""

    reset_id: str
    customer_id: str
    channel: Literal["email", "sms"]
    sent_to: str
    """Masked."""
    requested_at: datetime
    expires_at: datetime
