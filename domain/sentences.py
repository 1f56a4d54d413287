"""Cutting a stream of words into sentences as early as the voice can begin to speak them."""

import re

MIN_CHARS = 12
"""A shorter sentence ("Sure.") waits for the next one: it would end before that one has sound."""
_END = re.compile(r"""[.!?…]["')\]]*\s|[.!?…]["')\]]*$|\n+""")
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|st|no|nr|vs|etc|approx|e\.g|i\.e|bzw|ca|z\.b|d\.h|usw|str|tel)|\b[a-z]|\d)\.$",
    re.IGNORECASE,
)


class SentenceCutter:
    """Gives each sentence as soon as it is surely over: mostly with its full stop, not a word later."""

    def __init__(self) -> None:
        self._text = ""

    def add(self, text: str) -> list[str]:
        self._text += text
        sentences, begin = [], 0
        for end in _END.finditer(self._text):
            candidate = self._text[begin : end.end()].strip()
            if len(candidate) < MIN_CHARS or self._may_go_on(candidate, at_end=end.end() == len(self._text)):
                continue
            sentences.append(candidate)
            begin = end.end()
        self._text = self._text[begin:]
        return sentences

    def rest(self) -> str:
        """What is left when the model has ended."""
        rest, self._text = self._text.strip(), ""
        return rest

    @staticmethod
    def _may_go_on(candidate: str, *, at_end: bool) -> bool:
        """A full stop that ends an abbreviation, or what may yet become a decimal number."""
        if candidate[-1] != ".":
            return False
        found = _ABBREVIATION.search(candidate)
        return found is not None and (at_end or not candidate[-2].isdigit())
