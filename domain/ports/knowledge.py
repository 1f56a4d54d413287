"""Answers out of the company's own documents."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Passage:
    """One section of a document in force."""

    document: str
    version: str
    title: str
    section: str
    text: str
    score: float
    """0 to 1; what is below the store's threshold is not returned."""


class Knowledge(Protocol):
    """Full-text search over the documents that are in force on a day."""

    async def search(self, company: str, question: str, *, on: date, limit: int = 3) -> Sequence[Passage]: ...
