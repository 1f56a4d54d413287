"""The end of a conversation: the goodbye is heard, by the proof of its mark, before anybody hangs up."""

from domain.patience import GOODBYE_PROOF_S
from domain.ports.media import Ending
from pipelines.talk import Talk


class Parting:
    """Decides nothing: it carries out an ending that the model, the caller's silence or a failure brought."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._models_own = False
        self.ending: Ending | None = None
        """How the call ends once everything has been heard; None while it goes on."""

    @property
    def decided(self) -> bool:
        """The last words are on their way: nothing else is said any more."""
        return self.ending is not None

    async def say_goodbye(self, text: str | None = None, *, ending: Ending = Ending.AGENT_HUNG_UP) -> None:
        """Say it; nothing interrupts it."""
        if self.decided:
            return
        self.ending = ending
        await self._talk.say(text or self._talk.sheet.language.sentences.goodbye, "goodbye")
        self._bound()

    async def after_speech(self) -> None:
        """The model asked to end the call; it has mostly said goodbye already."""
        if not self._talk.speaks:
            await self.say_goodbye()
            return
        self._models_own = True
        self.ending = Ending.AGENT_HUNG_UP
        self._bound()

    def called_back(self) -> None:
        """The caller cut in on the model's goodbye: they have something more to say."""
        if self._models_own:
            self._models_own, self.ending = False, None
            self._talk.inbox.not_at("parting")

    def _bound(self) -> None:
        self._talk.inbox.at("parting", self._talk.now + GOODBYE_PROOF_S, self._look)

    def _look(self) -> None:
        """A mark that does not come back must not keep a dead line open."""
        if self.ending is not None:
            if self._talk.speaks:
                self._bound()
            else:
                self._talk.inbox.end(self.ending)
