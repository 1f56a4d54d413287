"""The end of a conversation: the goodbye is heard, by the proof of its mark, before anybody hangs up."""

import asyncio
from typing import TYPE_CHECKING

from domain.language import Language
from domain.patience import GOODBYE_PROOF_S
from domain.ports.media import Ending

if TYPE_CHECKING:
    from pipelines.dialogue import Dialogue


class Parting:
    """Decides nothing: it carries out an ending that the model, the caller's silence or a failure brought."""

    def __init__(self, dialogue: "Dialogue", language: Language) -> None:
        self._dialogue = dialogue
        self._goodbye = language.sentences.goodbye
        self._loop = asyncio.get_running_loop()
        self._models_own = False
        self.ending: Ending | None = None
        """How the call ends once everything has been heard; None while it goes on."""

    async def say_goodbye(self, text: str | None = None, *, ending: Ending = Ending.AGENT_HUNG_UP) -> None:
        """Say it; nothing interrupts it."""
        if self.ending is not None:
            return
        self._decide(ending)
        await self._dialogue.say(text or self._goodbye, "goodbye")
        self._bound()

    async def after_speech(self) -> None:
        """The model asked to end the call; it has mostly said goodbye already."""
        if not self._dialogue.speaks:
            await self.say_goodbye()
            return
        self._models_own = True
        self._decide(Ending.AGENT_HUNG_UP)
        self._bound()

    def called_back(self) -> None:
        """The caller cut in on the model's goodbye: they have something more to say."""
        if self._models_own:
            self._models_own, self.ending = False, None
            self._dialogue.not_at("parting")
            self._dialogue.waiting.go_on()

    def _decide(self, ending: Ending) -> None:
        self.ending = ending
        self._dialogue.waiting.stop()

    def _bound(self) -> None:
        self._dialogue.at("parting", self._loop.time() + GOODBYE_PROOF_S, self._look)

    def _look(self) -> None:
        """A mark that does not come back must not keep a dead line open."""
        if self.ending is not None:
            if self._dialogue.speaks:
                self._bound()
            else:
                self._dialogue.end(self.ending)
