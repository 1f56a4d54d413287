"""When a provider fails in mid-call: once more where that helps, else a message is taken without it."""

import asyncio
from typing import TYPE_CHECKING, Literal

from loguru import logger

from domain.company import Company
from domain.events import MessageTaken, ProviderFailed
from domain.language import Language
from domain.message_taking import MessageTaking, Step
from domain.ports.callbacks import CallbackRequest, Callbacks
from domain.ports.media import Ending
from pipelines.kit import Caller

if TYPE_CHECKING:
    from pipelines.dialogue import Dialogue

Station = Literal["speech_to_text", "model", "text_to_speech", "back_office", "line"]
NO_ANSWER_IN_TIME = "NoAnswerInTime"
EMPTY_ANSWER = "EmptyAnswer"
STORE_WITHIN_S = 1.5
"""The caller waits, and nothing else of the call is dealt with, while their message is stored."""


class Recovery:
    """Speaks only from kept sound and needs no model; a person behind the line, if any, gets the call."""

    def __init__(
        self,
        dialogue: "Dialogue",
        language: Language,
        caller: Caller,
        company: Company,
        callbacks: Callbacks,
        *,
        person_behind: bool,
    ) -> None:
        """`person_behind`: the line's fallback is a person, who helps more than a message does."""
        self._person_behind = person_behind
        self._dialogue = dialogue
        self._sentences = language.sentences
        self._caller = caller
        self._company = company
        self._callbacks = callbacks
        self._failures = 0
        self._message: MessageTaking | None = None

    @property
    def takes_message(self) -> bool:
        """The caller's turns are for the message now."""
        return self._message is not None

    def answered(self) -> None:
        """The model answered: what failed before is forgotten."""
        self._failures = 0

    async def provider_failed(self, station: Station, provider: str, error: str) -> None:
        if self._dialogue.is_ending:
            return
        if station == "model" and not self._dialogue.answer.open:
            await self._dialogue.answer.forget_guess()  # a guess, or an answer that the caller has cut off
            return
        again = station == "model" and self._failures == 0 and error != NO_ANSWER_IN_TIME
        again = again and self._dialogue.turns.ours
        if await self._second_takes_over(station):
            self._note(station, provider, error, "second_provider")
            return
        to_person = not again and (station == "speech_to_text" or self._person_behind)
        self._note(station, provider, error, "retry" if again else "fallback" if to_person else "apology")
        self._failures += 1
        if again:
            await self._dialogue.answer.run_model()
        elif to_person:
            await self._dialogue.answer.give_up()
            await self._dialogue.parting.say_goodbye(self._sentences.line_trouble, ending=Ending.FALLBACK)
        elif self._message is None:
            await self._offer_message()

    async def _second_takes_over(self, station: Station) -> bool:
        match station:
            case "text_to_speech":
                return await self._dialogue.answer.speak_with_second_voice()
            case "speech_to_text" if self._dialogue.more_ears:
                self._dialogue.wants_other_ears = True
                self._dialogue.end(Ending.FALLBACK)
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
        self._dialogue.note(
            ProviderFailed(station=station, provider=provider, error=error, took_over=took_over)
        )

    async def _offer_message(self) -> None:
        self._message = MessageTaking()
        await self._dialogue.answer.give_up()
        await self._dialogue.say(self._sentences.provider_failure, "sentence")
        await self.offer_again()

    async def offer_again(self) -> None:
        """Where a message is being taken, ask for it; else nothing."""
        if self._message is not None:
            await self._dialogue.say(self._sentences.call_back_offer, "sentence")

    async def take_message(self, text: str) -> None:
        """A turn of the caller, for the message."""
        assert self._message is not None
        if self._message.caller_said(text) is not Step.NOTED:
            await self.offer_again()
            return
        about, number = self._message.about, self._caller.number
        request = CallbackRequest(
            call_id=self._caller.call_id, company=self._company.id, number=number, name="", about=about
        )
        try:
            async with asyncio.timeout(STORE_WITHIN_S):
                message_id = await self._callbacks.take(request)
        except Exception as error:  # whatever the storage raises, the carrier can still record a message
            logger.bind(call=self._caller.call_id, error=type(error).__name__).error(
                "a message could not be stored; the call goes to its fallback"
            )
            await self._dialogue.parting.say_goodbye(self._sentences.provider_failure, ending=Ending.FALLBACK)
            return
        self._dialogue.note(MessageTaken(message_id=message_id, number=number, name="", about=about))
        await self._dialogue.parting.say_goodbye(self._sentences.call_back_noted)
