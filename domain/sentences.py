"""Cutting a stream of words into sentences as early as the voice can begin to speak them."""

import re

MIN_CHARS = 12
"""A shorter sentence ("Sure.") waits for the next one: it would end before that one has sound."""
LONGEST_CHARS = 400
"""Beyond half a minute of speech a sentence is cut at a space: nobody waits for a stop that never comes."""
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
        pieces = (text[at : at + LONGEST_CHARS] for at in range(0, len(text), LONGEST_CHARS))
        return [sentence for piece in pieces for sentence in self._cut(piece)]

    def _cut(self, text: str) -> list[str]:
        self._text += text
        sentences, begin = [], 0
        for end in _END.finditer(self._text):
            candidate = self._text[begin : end.end()].strip()
            if len(candidate) < MIN_CHARS or self._may_go_on(candidate, at_end=end.end() == len(self._text)):
                continue
            sentences.append(candidate)
            begin = end.end()
        self._text = self._text[begin:]
        while len(self._text) > LONGEST_CHARS:
            length = self._text.rfind(" ", MIN_CHARS, LONGEST_CHARS) + 1 or LONGEST_CHARS
            sentences.append(self._text[:length].strip())
            self._text = self._text[length:]
        return [sentence for sentence in sentences if sentence]

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
