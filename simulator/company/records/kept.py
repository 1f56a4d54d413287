"""What every record is made of."""

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Something that is kept; a change replaces it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Money(Record):
    """An amount in the currency's smallest unit."""

    amount_minor: int
    """Cents."""
    currency: Literal["EUR"] = "EUR"


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
    detail: str
