"""Amounts of money: minor units and a currency, never a float and never without its currency."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_WITHOUT_CENTS = frozenset(
    {
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    }
)
_THREE_PLACES = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_WRITTEN = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?) ([A-Z]{3})")
LARGEST_MINOR = 10**13
"""More than any company refunds on the telephone; what is beyond is a mistake."""


class NotMoney(ValueError):
    """Says what is wrong with the amount, without quoting a caller."""


class CurrencyMismatch(Exception):
    """Two currencies met: nothing adds or compares them."""


def places(currency: str) -> int:
    """Decimal places of an ISO 4217 currency."""
    return 0 if currency in _WITHOUT_CENTS else 3 if currency in _THREE_PLACES else 2


@dataclass(frozen=True, kw_only=True, order=False)
class Money:
    """So much of one currency; may be zero, never negative."""

    minor: int
    currency: str
    """ISO 4217, such as `EUR`."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z]{3}", self.currency):
            raise NotMoney("a currency is three capital letters, such as EUR")
        if not 0 <= self.minor <= LARGEST_MINOR:
            raise NotMoney("an amount is neither negative nor beyond ten to the thirteen minor units")

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> "Money":
        """`amount` in major units, such as "25.00". Raises `NotMoney`, also for too many places."""
        try:
            major = Decimal(amount)
        except InvalidOperation as error:
            raise NotMoney("an amount is a decimal number, such as 25.00") from error
        if not major.is_finite() or abs(major) > LARGEST_MINOR:
            raise NotMoney("an amount is a decimal number, such as 25.00")
        minor = major.scaleb(places(currency))
        if minor != minor.to_integral_value():
            raise NotMoney(f"{currency} has {places(currency)} decimal places")
        return cls(minor=int(minor), currency=currency)

    @classmethod
    def parse(cls, written: str) -> "Money":
        """An amount as a company writes it: `25.00 EUR`."""
        if (found := _WRITTEN.fullmatch(written.strip())) is None:
            raise NotMoney("write an amount and its currency, such as `25.00 EUR`")
        return cls.of(found[1], found[2])

    def __add__(self, other: "Money") -> "Money":
        return Money(minor=self.minor + self._same(other).minor, currency=self.currency)

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other).minor

    def __str__(self) -> str:
        return f"{Decimal(self.minor).scaleb(-places(self.currency)):f} {self.currency}"

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be compared")
        return other
