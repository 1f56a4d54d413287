"""Taking a message without any model: what to ask, what to keep, when to stop."""

from dataclasses import dataclass
from enum import Enum


class Step(Enum):
    """What is said next."""

    ASK_AGAIN = "ask_again"
    NOTED = "noted"


@dataclass(kw_only=True)
class MessageTaking:
    """One message. The caller is asked once more if nothing was understood, and then let go kindly."""

    about: str = ""
    _asked: int = 1

    def caller_said(self, text: str) -> Step:
        if text.strip() or self._asked > 1:
            self.about = text.strip()
            return Step.NOTED
        self._asked += 1
        return Step.ASK_AGAIN
