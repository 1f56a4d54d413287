"""A message for a call back, taken from kept sound and without any model."""

import asyncio

from loguru import logger

from domain.events import MessageTaken
from domain.message_taking import MessageTaking, Step
from domain.ports.callbacks import CallbackRequest
from domain.ports.media import Ending
from pipelines.parting import Parting
from pipelines.talk import Talk

STORE_WITHIN_S = 1.5
"""The caller waits, and nothing else of the call is dealt with, while their message is stored."""


class Message:
    """One call's message; once it is offered, every turn of the caller is for it."""

    def __init__(self, talk: Talk, parting: Parting) -> None:
        self._talk = talk
        self._parting = parting
        self._sentences = talk.sheet.language.sentences
        self._taking: MessageTaking | None = None

    @property
    def open(self) -> bool:
        """The caller's turns are for the message now."""
        return self._taking is not None

    async def offer(self) -> None:
        """Apologise, and ask for it."""
        self._taking = MessageTaking()
        await self._talk.say(self._sentences.provider_failure, "sentence")
        await self.offer_again()

    async def offer_again(self) -> None:
        """Where a message is being taken, ask for it; else nothing."""
        if self.open:
            await self._talk.say(self._sentences.call_back_offer, "sentence")

    async def take(self, text: str) -> None:
        """A turn of the caller, for the message."""
        assert self._taking is not None
        if self._taking.caller_said(text) is not Step.NOTED:
            await self.offer_again()
            return
        sheet = self._talk.sheet
        about, number = self._taking.about, sheet.caller.number
        request = CallbackRequest(
            call_id=sheet.caller.call_id, company=sheet.company.id, number=number, name="", about=about
        )
        try:
            async with asyncio.timeout(STORE_WITHIN_S):
                message_id = await sheet.kit.callbacks.take(request)
        except Exception as error:  # whatever the storage raises, the carrier can still record a message
            logger.bind(call=sheet.caller.call_id, error=type(error).__name__).error(
                "a message could not be stored; the call goes to its fallback"
            )
            await self._parting.say_goodbye(self._sentences.provider_failure, ending=Ending.FALLBACK)
            return
        self._talk.notes.write(MessageTaken(message_id=message_id, number=number, name="", about=about))
        await self._parting.say_goodbye(self._sentences.call_back_noted)
