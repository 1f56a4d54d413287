"""Long calls: the oldest turns are told to the model as a summary that keeps facts and promises."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import prompts
from domain.events import ContextShortened
from domain.summary_check import Deed, Point, Said, Turn, missing, points
from pipelines.call_sheet import CallSheet
from pipelines.context import Message
from pipelines.notes import Notes

Summarise = Callable[[Sequence[Message]], Awaitable[str]]


class Shortening:
    """At most one summary in the making; it replaces what it stands for when it is there.

    What the model leaves out of it is put behind it, in the call's own words.
    """

    def __init__(self, sheet: CallSheet, notes: Notes) -> None:
        self._sheet = sheet
        self._notes = notes
        self._owed: list[Point] = []
        """Of all turns that were shortened away in this call: each summary replaces the one before it."""
        self._task: asyncio.Task[None] | None = None

    def begin_if_long(self, summarise: Summarise) -> None:
        if self._sheet.context.too_long() and self._task is None:
            self._task = asyncio.create_task(self._shorten(summarise), name="shorten the context")

    def stop(self) -> None:
        if self._task:
            self._task.cancel()

    async def _shorten(self, summarise: Summarise) -> None:
        context, language = self._sheet.context, self._sheet.language
        replaced = tuple(context.oldest())
        if summary := await summarise(replaced):
            self._owed += points(_turns(replaced), language)
            kept = prompts.summary_kept(summary, [it.words for it in missing(self._owed, summary, language)])
            context.shorten(len(replaced), self._sheet.caller.facts(kept))
            self._notes.write(ContextShortened(turns=len(replaced), summary=kept))
        self._task = None


def _turns(messages: Sequence[Message]) -> list[Turn]:
    """The model's messages as what was said and done in the call."""
    turns: list[Turn] = []
    calls: dict[str, tuple[str, Any]] = {}
    for message in messages:
        for call in message.get("tool_calls") or ():
            function = call["function"]
            calls[call["id"]] = (function["name"], json.loads(function["arguments"]))
        match message:
            case {"role": "tool", "tool_call_id": call_id, "content": content}:
                name, arguments = calls.get(call_id, ("action", {}))
                turns.append(Deed(action=name, arguments=arguments, result=_result(content)))
            case {"role": "user" | "assistant" as role, "content": str(text)}:
                turns.append(Said(by="caller" if role == "user" else "agent", text=text))
            case _:
                pass
    return turns


def _result(content: str) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content
