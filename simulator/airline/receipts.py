"""What writes have done, one line each, and the promise that a key does a thing once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from simulator.airline.records import Refusal


@dataclass(frozen=True, kw_only=True)
class Effect:
    """A write that was carried out."""

    tool: str
    arguments: dict[str, Any]
    key: str | None
    answer: dict[str, Any]


class Receipts:
    """Every effect, oldest first. A key that comes again is answered as it was, and does nothing."""

    def __init__(self) -> None:
        self.effects: list[Effect] = []

    def of(self, key: str | None) -> Effect | None:
        return next((it for it in self.effects if key is not None and it.key == key), None)

    async def once(
        self,
        tool: str,
        arguments: dict[str, Any],
        key: str | None,
        carry_out: Callable[[], Awaitable[dict[str, Any]]],
    ) -> dict[str, Any]:
        """A refused request leaves its key free, as it has changed nothing."""
        if (before := self.of(key)) is not None:
            if (before.tool, before.arguments) != (tool, arguments):
                raise Refusal(409, "key_reused", "This key was used for another request.")
            return before.answer
        answer = await carry_out()
        self.effects.append(Effect(tool=tool, arguments=arguments, key=key, answer=answer))
        return answer
