"""Proving who calls: the facts and codes that a tool may want, asked for one by one."""

from collections.abc import Mapping

from simulator.brain.dates import day_in
from simulator.brain.moves import Moves
from simulator.brain.results import Result
from simulator.brain.spoken import digit_strings
from simulator.brain.talk import Answer, Talk

FACTS = ("postcode", "born_on")
PROOFS = frozenset({"verify_identity", "send_code", "check_code"})
_CODE_DIGITS = 6


class Proving:
    """Asks, and goes on with what the caller wanted as soon as it is proven."""

    def __init__(self, say: Mapping[str, str], moves: Moves, talk: Talk) -> None:
        self._say = say
        self._moves = moves
        self._talk = talk

    def wanted(self, level: str, words: str) -> Answer:
        """`level`: `verified` by facts or `confirmed` by a code; `words` may be a question."""
        self._talk.proving = True
        if level == "confirmed":
            return self._moves.call("send_code")
        missing = next((fact for fact in FACTS if fact not in self._talk.known), None)
        if missing is None:
            return self._moves.call("verify_identity")
        asked = self._moves.ask(missing)
        return Answer(text=words if "?" in words else f"{words or self._say['prove']} {asked.text}")

    def given(self, text: str) -> Answer | None:
        """What the caller says while a proof is asked for; None where it is none."""
        talk = self._talk
        if talk.expecting == "code":
            code = "".join(digit_strings(text, forgiving=True))
            if len(code) != _CODE_DIGITS:
                return None
            talk.known["code"] = code
            return self._moves.call("check_code")
        if talk.expecting not in FACTS:
            return None
        if day := day_in(text):
            talk.known["born_on"] = day
        elif postcode := _postcode(text):
            talk.known["postcode"] = postcode
        else:
            return None
        return self._moves.call("verify_identity")

    def of(self, result: Result) -> Answer:
        """How the proof went."""
        talk = self._talk
        talk.proving = result.name != "proven"
        match result.name:
            case "proven" | "found":
                return self._moves.go_on(result.say)
            case "sent":
                talk.expecting = "code"
                return Answer(text=result.say or self._moves.ask("code").text)
            case "not_proven" | "invalid" | "not_recognised" if talk.asked_of != "check_code":
                for fact in FACTS:
                    talk.known.pop(fact, None)
                talk.expecting = FACTS[0]
                return Answer(text=result.say or self._moves.ask(FACTS[0]).text)
            case "not_proven" | "invalid":
                talk.expecting = "code"
                return Answer(text=result.say)
            case _:
                return self._moves.refused(result.say)


def _postcode(text: str) -> str:
    """The longest run of digits; letters of a postcode are beyond a stand-in."""
    return max(digit_strings(text, forgiving=True), key=len, default="")
