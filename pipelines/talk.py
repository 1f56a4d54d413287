"""The ground on which the organs of a conversation stand, and the little that all of them do."""

import asyncio
from collections.abc import Sequence
from typing import Any, Literal, Protocol

from pipecat.processors.aggregators.llm_context import LLMContext

from domain.playout import Role
from domain.turn_taking import TurnTaking
from pipelines.call_sheet import CallSheet
from pipelines.guard_input import GuardInput
from pipelines.heard import Heard
from pipelines.inbox import Inbox
from pipelines.notes import Notes


class Channel(Protocol):
    """What a conversation asks of the pipeline around it."""

    async def run_model(self, told: LLMContext, *, speculative: bool) -> None: ...

    async def stop_answer(self) -> None:
        """Cancel the model and text-to-speech where they are."""
        ...

    async def withdraw_guess(self) -> None:
        """The eager end of turn was wrong: forget the answer that is held back."""
        ...

    async def caller_turn(self, *, begins: bool) -> None:
        """Tell the services that the caller's turn began or ended."""
        ...

    async def speak(self, text: str) -> None:
        """Send a planned sentence to text-to-speech."""
        ...

    async def second_voice(self) -> bool:
        """Speak with the second text-to-speech from now on; False where there is none left."""
        ...

    async def summarise(self, turns: Sequence[dict[str, Any]]) -> str:
        """These turns in a few sentences; empty where no model answers in time."""
        ...

    def last_sound(self) -> float:
        """When the caller's last sound arrived, in seconds of the loop's time; 0.0 before the first."""
        ...


class Talk:
    """One conversation's inbox, notes, speech and floor, and the pipeline around it."""

    def __init__(
        self,
        sheet: CallSheet,
        *,
        inbox: Inbox,
        notes: Notes,
        heard: Heard,
        turns: TurnTaking,
        guard: GuardInput,
    ) -> None:
        self.sheet = sheet
        self.inbox = inbox
        self.notes = notes
        self.heard = heard
        self.turns = turns
        self.guard = guard
        self.channel: Channel
        self.last_key = 0.0
        """When the caller last pressed one, in seconds of the loop's time."""
        self.supervisor_asked = False
        """A person decides, and the caller holds on."""
        self._loop = asyncio.get_running_loop()

    @property
    def now(self) -> float:
        """In seconds of the loop's time."""
        return self._loop.time()

    def last_sign(self) -> float:
        """When the caller last made a sound or pressed a key, in seconds of the loop's time; 0.0 before."""
        return max(self.channel.last_sound(), self.last_key)

    @property
    def speaks(self) -> bool:
        """Something of ours is being made, waits to be said, or is on the line."""
        return self.heard.mouth.playout.pending() or self.heard.line_out.waiting

    async def say(self, text: str, role: Role, *, next_up: bool = False) -> None:
        """A fixed sentence: from its kept sound, or live where there is none."""
        if not self.heard.say_kept(text, role, next_up=next_up):
            self.heard.plan(text, role)
            await self.channel.speak(text)

    async def ask(self, read_back: str) -> None:
        """The gate's question, as it stands."""
        self.heard.put_question(read_back)
        await self.say(read_back, "sentence")

    def show(self, kind: Literal["caller_partial", "agent_speaking", "agent_stopped"], text: str) -> None:
        """To those who look on."""
        live = self.sheet.kit.live
        if live.watched:
            live.publish(self.sheet.caller.call_id, kind, text)
