"""A call whose words are masked, turn by turn."""

from domain.masking import Known, Masked, Masker, masking_words_for

KNOWN = Known.of(shapes=(r"\d{4}", r"\+?[\d ]{5,20}"), words=frozenset({"medical advice"}))
CARD, CODE, EXPIRY = "[card number]", "[security code]", "[expiry date]"


class Call:
    """A masker with a clock: a turn every three seconds, each one second long."""

    def __init__(self, known: Known = KNOWN, language: str = "en") -> None:
        self.masker = Masker(masking_words_for(language), known)
        self.now_ms = 0

    def says(self, text: str) -> Masked:
        """The words come one by one; what each interim shows is at most what the whole turn would."""
        self.now_ms += 3000
        return self.masker.final(text, self.now_ms, self.now_ms + 1000)

    def hears(self, text: str) -> None:
        self.masker.agent_said(text)


def passed(*turns: str, asked: str = "", known: Known = KNOWN) -> list[str]:
    call = Call(known)
    if asked:
        call.hears(asked)
    return [call.says(turn).text for turn in turns]
