"""The dialogue engine: reads the whole request from its beginning and says what comes next."""

import re
from collections.abc import Callable, Mapping

from simulator.brain.aftermath import Aftermath
from simulator.brain.capabilities import Toolbox
from simulator.brain.dialogue import Dialogues, Intent
from simulator.brain.moves import Moves
from simulator.brain.proving import Proving
from simulator.brain.results import read_result
from simulator.brain.spoken import amount_in, digit_strings, say_digits, words
from simulator.brain.talk import Answer, Talk
from simulator.brain.transcript import Called, Note, Returned, Said, Spoken, Transcript
from simulator.brain.understanding import Ear, Heard

_ANSWERS: Mapping[str, Callable[[Moves], Answer]] = {
    "yes": Moves.yes,
    "no": Moves.no,
    "correction": Moves.correction,
    "undo": Moves.undo,
    "no_number": Moves.without_number,
}
_SILENCE = ("nothing", "silent", "silence", "quiet", "not answered", "no answer", "still there")


class Engine:
    """Deterministic: the same request has the same answer."""

    def __init__(self, dialogues: Dialogues) -> None:
        self.dialogues = dialogues
        self.ear = Ear(dialogues)

    def answer(self, transcript: Transcript, toolbox: Toolbox) -> Answer:
        """What follows the last message."""
        return _Reading(self, transcript, toolbox).to_the_end()


class _Reading:
    """One request, read step by step."""

    def __init__(self, engine: Engine, transcript: Transcript, toolbox: Toolbox) -> None:
        self._say = engine.dialogues.say
        self._dialogues = engine.dialogues
        self._ear = engine.ear
        self._transcript = transcript
        self._talk = Talk(known=transcript.facts())
        self._toolbox = toolbox
        self._moves = Moves(engine.dialogues, toolbox, self._talk, transcript)
        self._proving = Proving(engine.dialogues.say, self._moves, self._talk)
        self._aftermath = Aftermath(engine.dialogues, self._moves, self._proving, self._talk)

    def to_the_end(self) -> Answer:
        answer, spoken = Answer(text=self._say["opening"]), ""
        steps = self._transcript.steps
        for at, step in enumerate(steps):
            match step:
                case Said(text=text):
                    answer, spoken = self._caller(text, is_last=at + 1 == len(steps)), ""
                case Returned(call_id=call_id, text=text):
                    answer, spoken = self._returned(call_id, text), ""
                case Note():
                    answer = self._note(step, answer, spoken)
                case Called():
                    self._called(step)
                    continue
                case Spoken(text=text):
                    self._talk.last_said = self._talk.last_said or text
                    spoken = text
                    self._listen_for(text)
                    continue
            if answer.text and not self._repeats(step):
                self._talk.last_said = answer.text
        return answer

    def _called(self, step: Called) -> None:
        """What was really called counts, whatever we would call with the tools of today."""
        talk = self._talk
        talk.asked_of = self._toolbox.capability_of(step.tool, step.arguments) or talk.asked_of
        talk.pending[step.call_id] = talk.asked_of
        if talk.expecting not in {"consent", "supervisor"}:
            talk.expecting = None
        source = talk.asked_of
        if source and any(slot.source == source for slot in self._dialogues.slots.values()):
            talk.asked_source.add(source)

    def _listen_for(self, said: str) -> None:
        """What we have asked aloud is what we wait for, be it in a tool's words."""
        question = said.rpartition(". ")[2]
        slots = self._dialogues.slots.values()
        asked = [slot for slot in slots if slot.asked and re.search(slot.asked, question, re.IGNORECASE)]
        if asked and asked[0].id not in self._talk.known and self._talk.expecting != "consent":
            self._talk.expecting = asked[0].id

    def _returned(self, call_id: str, text: str) -> Answer:
        if read_result(text).name == "lapsed":  # the caller spoke of something else, and wants an answer
            self._talk.expecting = None
            return self._caller(self._talk.known.get("utterance", ""), is_last=True)
        return self._aftermath.of(call_id, text)

    def _repeats(self, step: object) -> bool:
        return isinstance(step, Said) and self._ear.hear(step.text).intent == "repeat"

    def _note(self, note: Note, answer: Answer, spoken: str) -> Answer:
        if note.is_correction:
            return self._from_the_facts(answer)
        if note.goes_on:
            return Answer(text=_rest(answer.text, spoken))
        if any(word in note.text.lower() for word in _SILENCE):
            return Answer(text=self._say["still_there"])
        return Answer(text=self._moves.open_question() or self._say["opening"])

    def _from_the_facts(self, answer: Answer) -> Answer:
        """The tool's own words, where they were not what was held back; else we do not know."""
        if question := self._moves.open_question():
            return Answer(text=question)
        own = self._talk.answered
        if own and own not in answer.text:
            return self._moves.more(own)
        return self._moves.offer(self._say["not_certain"], self._say["not_certain_at_all"])

    def _caller(self, text: str, *, is_last: bool) -> Answer:
        talk = self._talk
        if talk.expecting == "consent" and not is_last:  # the runtime hears it, and tells how it went
            talk.known["utterance"] = text
            return Answer()
        about_an_order = talk.expecting == "order_number" or talk.topic in {"order_status", "order_contents"}
        heard = self._ear.hear(text, number_expected=about_an_order)
        talk.answered = ""
        talk.known["utterance"] = text
        talk.known["said"] = f"{talk.known.get('said', '')} {text}".strip()
        self._take_amount(text)
        if heard.noise:
            return self._unclear()
        given = self._given(heard)
        if given:
            talk.unclear = 0
            return given
        intent = self._dialogues.intents.get(heard.intent or "")
        if intent is None and heard.question:
            talk.unclear, talk.topic = 0, None
            return self._moves.search(text)
        if intent is None:
            return self._unclear()
        talk.unclear = 0
        return self._move(intent, text)

    def _given(self, heard: Heard) -> Answer | None:
        """The answer where the utterance gives what was asked for, or a number at any time."""
        talk = self._talk
        intent = self._dialogues.intents.get(heard.intent or "")
        aside = intent is not None and intent.move in {"aside", "repeat", "goodbye", "undo"}
        if not aside and (proof := self._proving.given(heard.text)) is not None:
            return proof
        if talk.expecting in {"amount", "reason", "new_sku"} and not aside:
            return self._moves.go_on()
        if talk.expecting in {"about", "name"} and not aside:
            talk.known[talk.expecting] = _told(talk.expecting, heard.text)
            return self._moves.person()
        if talk.expecting == "phone" and not aside:
            digits = "".join(digit_strings(heard.text, forgiving=True))
            if len(digits) >= 6:
                talk.known["phone"] = digits
                return self._moves.person()
        joined = heard.digits or talk.part + heard.part
        wanted = self._dialogues.slots["order_number"].digits
        if heard.digits or (heard.part and len(joined) == wanted):
            talk.part = ""
            return self._order_number(joined, intent)
        if heard.part and talk.expecting == "order_number":
            talk.part = joined if len(joined) < wanted else ""
            template = self._say["partial_number" if talk.part else "long_number"]
            return Answer(text=template.format(digits=say_digits(joined)))
        return None

    def _order_number(self, digits: str, intent: Intent | None) -> Answer:
        if self._talk.known.get("order_number") != digits:
            self._moves.forget_order()
        self._talk.known["order_number"] = digits
        topic = self._dialogues.intents.get(self._talk.topic or "")
        default = self._dialogues.intents["order_status"]
        if intent is default and self._talk.expecting == "order_number":
            intent = None  # "the order number is ..." answers us
        for candidate in (intent, topic):
            if candidate and candidate.move == "task" and self._moves.needs_number(candidate):
                if candidate is intent:
                    return self._task(intent, self._talk.known["utterance"])
                return self._moves.task(candidate)
        return self._moves.task(default)

    def _move(self, intent: Intent, text: str) -> Answer:
        moves, talk = self._moves, self._talk
        if talk.expecting == "supervisor" and intent.move in {"yes", "no", "thanks", "aside", "correction"}:
            return Answer(text=self._say["still_asking"])
        match intent.move:
            case "task":
                return self._task(intent, text)
            case "question":
                talk.topic = intent.id
                return moves.search(text)
            case "person":
                talk.known.pop("about", None)
                return moves.person(text)
            case "thanks" if talk.expecting != "anything_else":
                return moves.more(self._say["welcome"])
            case "thanks" | "goodbye":
                return moves.goodbye()
            case "repeat":
                return Answer(text=talk.last_said or self._say["nothing_to_repeat"])
            case "aside":
                return moves.aside(intent)
            case "yes" | "no" | "correction" | "undo" | "no_number" as answer:
                return _ANSWERS[answer](moves)

    def _task(self, intent: Intent, text: str) -> Answer:
        self._talk.question = text
        self._moves.begin_anew(intent, text)
        self._take_amount(text)
        return self._moves.task(intent)

    def _take_amount(self, text: str) -> None:
        if amount := amount_in(text):
            self._talk.known["amount"] = amount

    def _unclear(self) -> Answer:
        talk = self._talk
        if talk.expecting == "supervisor":
            return Answer(text=self._say["still_asking"])
        if talk.expecting == "resume":
            return self._moves.resume()
        said = self._dialogues.unclear_number if talk.expecting == "order_number" else self._dialogues.unclear
        at = min(talk.unclear, len(said) - 1)
        talk.unclear += 1
        if at and talk.expecting != "order_number":
            if not self._moves.can_leave_message():
                at = 0
            else:
                talk.expecting = "offer"
        return Answer(text=said[at])


def _told(slot: str, text: str) -> str:
    if slot == "about":
        return text.strip().removesuffix(".")
    for opening in ("my name is ", "this is ", "it's ", "it is ", "i'm ", "i am ", "name is "):
        at = text.lower().find(opening)
        if at >= 0:
            text = text[at + len(opening) :]
            break
    return " ".join(word.capitalize() for word in text.strip(" .!,").split()[:4])


def _rest(answer: str, spoken: str) -> str:
    """What of the answer the caller does not hear, told by its words."""
    heard = len(words(spoken))
    marks = list(re.finditer(r"[A-Za-z0-9]+(?:'[A-Za-z]+)?", answer))
    if not heard or words(answer)[:heard] != words(spoken):
        return ""
    return answer[marks[heard].start() :] if heard < len(marks) else ""
