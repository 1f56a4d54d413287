"""How surely we know who calls, and how often they may be wrong about it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from domain.actions import Identity

_NOT_WRITTEN = re.compile(r"[\W_]+")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Who the caller is, as far as it is proven in this call."""

    level: Identity = Identity.UNKNOWN
    customer_id: str = ""
    customer: Mapping[str, Any] | None = None
    wrong: int = 0
    """Failed attempts in this call."""

    def recognised(self, customer_id: str, customer: Mapping[str, Any]) -> "Standing":
        """The number belongs to exactly this customer. Never lowers what was proven."""
        if self.level > Identity.UNKNOWN:
            return self
        return replace(self, level=Identity.RECOGNISED, customer_id=customer_id, customer=customer)

    def proven(self, level: Identity, customer_id: str, customer: Mapping[str, Any]) -> "Standing":
        """Another customer than the one of before starts anew: nothing proven for one holds for another."""
        same = customer_id == self.customer_id
        return replace(
            self,
            level=max(level, self.level) if same else level,
            customer_id=customer_id,
            customer=customer,
        )

    def failed(self) -> "Standing":
        return replace(self, wrong=self.wrong + 1)

    def may_try(self, wrong_today: int, attempts: int) -> bool:
        """`wrong_today`: this customer's failed attempts in all calls of the day."""
        return self.wrong < attempts and wrong_today < attempts


def facts_match(told: Mapping[str, str], record: Mapping[str, Any], needed: int) -> bool:
    """At least `needed` facts are told, and every one that is told is right.

    Compared as spoken: without spaces, marks and capitals; an empty field of the record proves nothing.
    """
    if len(told) < needed:
        return False
    return all((known := bare(record.get(name))) and bare(value) == known for name, value in told.items())


def bare(value: object) -> str:
    """A value without what a recogniser or a keyboard may put between its letters."""
    text = unicodedata.normalize("NFKD", str(value if value is not None else ""))
    return _NOT_WRITTEN.sub("", text).casefold()
