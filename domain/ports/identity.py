"""What proving who one is leaves behind: wrong attempts of a day, and one-time codes."""

from typing import Literal, Protocol

CodeCheck = Literal["right", "wrong", "expired", "too_many"]
TRIES_PER_CODE = 3
CODES_PER_DAY = 5
"""For one customer, over all calls: nobody can make us fill somebody's telephone."""


class IdentityRecords(Protocol):
    """Every method is one transaction and durable when it returns. No code is stored readable or logged."""

    async def attempts(self, company: str, customer: str, day: str) -> int:
        """Wrong attempts at this customer's identity in all calls of the company's day (ISO 8601)."""
        ...

    async def take_attempt(self, company: str, customer: str, day: str, *, most: int) -> bool:
        """One attempt more, wrong until it is given back; False where `most` of the day are gone.

        Taken before anything is compared, so that many calls at once have no more attempts than one.
        """
        ...

    async def give_back(self, company: str, customer: str, day: str) -> None:
        """The attempt that was taken was right."""
        ...

    async def note_wrong(self, company: str, customer: str, day: str) -> int:
        """One more wrong attempt; the number of them now."""
        ...

    async def make_code(
        self, company: str, customer: str, call_id: str, *, day: str, valid_s: float
    ) -> str | None:
        """Six digits for this customer, good in this call only. The customer's earlier codes are void.

        None where `CODES_PER_DAY` were made on the company's day: the last one is good for as long as it was.
        """
        ...

    async def check_code(self, company: str, customer: str, call_id: str, code: str) -> CodeCheck:
        """`right` at most once for each code; `too_many` from the last of its tries on.

        `expired` also where there is none, or it is another call's. A wrong one is not noted as an attempt:
        the caller does that.
        """
        ...
