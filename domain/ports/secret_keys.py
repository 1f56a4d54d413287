"""A number that the caller types on their keypad while nobody else hears, reads or keeps it."""

from typing import Protocol


class SecretKeys(Protocol):
    """One live call's keypad, for what only a system of record may see."""

    async def collect(self, name: str, digits: int, within_s: float) -> str | None:
        """Ask for so many digits, and wait; None where they were not entered in time, or the caller is gone.

        `name`: the argument's, which may be logged. What comes back may not.
        """
        ...
