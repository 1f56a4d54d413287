"""When a provider fails in mid-call: once more where that helps, else a message is taken without it."""

from typing import Literal

from domain.events import ProviderFailed
from domain.ports.media import Ending
from pipelines.answer import Answer
from pipelines.message import Message
from pipelines.parting import Parting
from pipelines.talk import Talk

Station = Literal["speech_to_text", "model", "text_to_speech"]
NO_ANSWER_IN_TIME = "NoAnswerInTime"
EMPTY_ANSWER = "EmptyAnswer"


class Recovery:
    """Speaks only from kept sound and needs no model; a person behind the line, if any, gets the call."""

    def __init__(
        self, talk: Talk, answer: Answer, parting: Parting, message: Message, *, more_ears: bool
    ) -> None:
        """`more_ears`: another recogniser is ready to hear this call, should the present one fail."""
        self._talk = talk
        self._answer = answer
        self._parting = parting
        self._message = message
        self._more_ears = more_ears
        self._person_behind = talk.sheet.line.fallback_number is not None
        """The line's fallback is a person, who helps more than a message does."""
        self._failures = 0
        self.wants_other_ears = False
        """The conversation ended only so that the other recogniser can go on with the call."""

    def answered(self) -> None:
        """The model answered: what failed before is forgotten."""
        self._failures = 0

    async def provider_failed(self, station: Station, provider: str, error: str) -> None:
        if self._parting.decided:
            return
        if station == "model" and not self._answer.open:
            await self._answer.forget_guess()  # a guess, or an answer that the caller has cut off
            return
        again = station == "model" and self._failures == 0 and error != NO_ANSWER_IN_TIME
        again = again and self._talk.turns.ours
        if await self._second_takes_over(station):
            self._note(station, provider, error, "second_provider")
            return
        to_person = not again and (station == "speech_to_text" or self._person_behind)
        self._note(station, provider, error, "retry" if again else "fallback" if to_person else "apology")
        self._failures += 1
        if again:
            await self._answer.ask_again()
        elif to_person:
            await self._answer.give_up()
            line_trouble = self._talk.sheet.language.sentences.line_trouble
            await self._parting.say_goodbye(line_trouble, ending=Ending.FALLBACK)
        elif not self._message.open:
            await self._answer.give_up()
            await self._message.offer()

    async def _second_takes_over(self, station: Station) -> bool:
        match station:
            case "text_to_speech":
                return await self._answer.speak_with_second_voice()
            case "speech_to_text" if self._more_ears:
                self.wants_other_ears = True
                self._talk.inbox.end(Ending.FALLBACK)
                return True
            case _:
                return False

    def second_model(self, error: str) -> None:
        self._note("model", "first", error, "second_provider")

    def _note(
        self,
        station: Station,
        provider: str,
        error: str,
        took_over: Literal["retry", "second_provider", "apology", "fallback"],
    ) -> None:
        failed = ProviderFailed(station=station, provider=provider, error=error, took_over=took_over)
        self._talk.notes.write(failed)
