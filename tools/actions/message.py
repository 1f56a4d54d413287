"""Sends one of the company's own messages, to an address on record."""

from domain.gate_events import MessageQueued
from domain.ports.messages import Messages
from domain.ports.systems import NotDone
from tools.actions.errand import Errand, Result
from tools.paths import given
from tools.permit import Permit
from tools.words import Words


class SendMessage:
    """Runner of actions bound to a template of `messages.yaml`; `given.to` says whom it goes to."""

    def __init__(self, messages: Messages, words: Words) -> None:
        self._messages = messages
        self._words = words

    async def __call__(self, permit: Permit, errand: Errand) -> Result:
        errand.redeem(permit)
        template = errand.company.message(errand.action.binding.name)
        if template is None:
            raise NotDone(f"there is no template {errand.action.binding.name}")
        address = given(errand.action.binding, errand.scope).get("to")
        if not address:
            return Result(outcome="no_address", done=False)
        facts = {**errand.scope, **errand.arguments}
        language = str(errand.scope["call"]["language"])
        try:
            message = self._words.message(
                template, facts, language, message_id=errand.key, call_id=errand.call_id, to=str(address)
            )
        except LookupError as error:
            raise NotDone(f"{template.name} lacks a fact") from error
        await self._messages.send(message)
        queued = MessageQueued(message_id=message.id, template=template.name, channel=template.channel)
        return Result(outcome="done", events=(queued,))
