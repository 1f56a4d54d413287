"""A scripted caller hears sound on the line, and reads in the product's live feed what the sound says.

A person understands what they hear; a script does not. So it takes the moment from the line and the
words from the feed, and knows that it was asked to repeat itself, or to hold on for a moment.
"""

import re

_ASKED_AGAIN = re.compile(
    r"did not (catch|get|understand|hear)|didn't (catch|get)|(say|tell) (it|that|the number|me) again|"
    r"another way|still did not|so far\W|just those again",
    re.IGNORECASE,
)
_HOLD_ON = re.compile(
    r"\b(a|one) moment\b|^let me (see|look|think|check)|still (waiting|looking)|takes a little longer|"
    r"i am (checking|looking)",
    re.IGNORECASE,
)
LATE_S = 3.0
"""Words without sound: after so long the caller stops waiting for the sound of them."""


class Ear:
    """What the agent has said since the caller's last turn."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.answer_since_s: float | None = None
        """When the first sentence came that was no "one moment, please"."""
        self._latest_s = 0.0

    def hear(self, text: str, at_s: float) -> None:
        """A sentence of the agent's, at a moment of the recording."""
        if text.strip():
            self.said.append(text.strip())
            self._latest_s = at_s
            if self.answer_since_s is None and not self.told_to_wait:
                self.answer_since_s = at_s

    def forget(self) -> None:
        """The caller speaks: what was said before is answered."""
        self.said.clear()
        self.answer_since_s = None

    @property
    def words(self) -> str:
        return " ".join(self.said)

    @property
    def asked_again(self) -> bool:
        """The agent has not understood."""
        return bool(_ASKED_AGAIN.search(self.words))

    @property
    def told_to_wait(self) -> bool:
        """The last sentence promised another."""
        return bool(self.said and _HOLD_ON.search(self.said[-1]) and "?" not in self.said[-1])

    def awaits_sound(self, last_sound_s: float, now_s: float) -> bool:
        """A sentence was announced that has not sounded yet."""
        return bool(self.said) and last_sound_s < self._latest_s and now_s - self._latest_s < LATE_S
