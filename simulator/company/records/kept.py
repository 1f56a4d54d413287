"""What every record is made of."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Currency = Literal["EUR"]
Minor = Annotated[int, Field(strict=True, gt=0, le=1_000_000)]
"""Cents that somebody asks for."""
Reason = Annotated[str, Field(min_length=1, max_length=500)]


class Record(BaseModel):
    """Something that is kept; a change replaces it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Written(Record):
    """A record that callers may change."""

    version: int = 1
    """Counts its changes; a write may demand it with `If-Match`."""
    idempotency_key: str | None = None
    """Of the request that made or last changed it; null if that had none."""


class Money(Record):
    """An amount in the currency's smallest unit."""

    amount_minor: int
    """Cents."""
    currency: Currency = "EUR"


class Address(Record):
    """Where a parcel or a technician goes."""

    street: str
    postcode: str
    city: str
    country: str
    """ISO 3166, two letters."""


class Problem(Record):
    """Why there is no other answer."""

    title: str
    status: int
    code: str
    """The same for machines, such as `order_packed`."""
    detail: str
