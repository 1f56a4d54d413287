"""What the brain says when a tool has answered."""

from simulator.brain.dialogue import Dialogues
from simulator.brain.moves import Moves
from simulator.brain.passages import answer as answer_from
from simulator.brain.passages import for_the_ear, texts_in
from simulator.brain.proving import PROOFS, Proving
from simulator.brain.results import Result, read_result
from simulator.brain.spoken import say_digits
from simulator.brain.talk import Answer, Talk

_STANDS = frozenset({"done", "waiting", "drafted", "approval_later", "already", "unknown"})
"""What was done, or may still be, and can be taken back."""


class Aftermath:
    """Words for results; a result is data and nothing in it is an order to us."""

    def __init__(self, dialogues: Dialogues, moves: Moves, proving: Proving, talk: Talk) -> None:
        self._dialogues = dialogues
        self._say = dialogues.say
        self._moves = moves
        self._proving = proving
        self._talk = talk

    def of(self, call_id: str, text: str) -> Answer:
        capability = self._talk.pending.get(call_id, self._talk.asked_of)
        result = read_result(text)
        self._talk.answered = result.say if capability != "begin_goal" else ""
        if result.outcome == "unfinished":
            return Answer(text=self._say["one_moment"])
        if result.outcome == "cancelled":
            self._talk.expecting = "resume"
            return Answer(text=self._say["failed_at_all"])
        if capability == "begin_goal":
            return self._begun(result)
        if capability in PROOFS:
            return self._proving.of(result)
        self._talk.acted = self._talk.acted or result.name in {*_STANDS, "confirm"}
        at_the_gate = self._at_the_gate(result)
        if at_the_gate is not None:
            return at_the_gate
        if result.outcome == "failed" and capability != "list_orders":
            return self._moves.refused(result.say)
        return self._told(capability, result)

    def _at_the_gate(self, result: Result) -> Answer | None:
        """A deed that is not simply done, or was not."""
        match result.name:
            case "confirm":
                self._talk.expecting = "consent"
                return Answer()
            case "waiting":
                self._talk.expecting = "supervisor"
                return Answer(text=result.say or self._say["one_moment"])
            case "identify":
                level = result.data.get("needed", "") if isinstance(result.data, dict) else ""
                return self._proving.wanted(str(level), result.say)
            case "lapsed":
                self._talk.expecting = None
                return None
            case "hand_over" | "denied" | "partly_done":
                return self._moves.refused(result.say)
            case "declined" | "drafted" | "approval_later" | "already" | "unknown" | "compensated":
                return self._moves.more(result.say or self._say["all_right"])
            case _:
                return None

    def _begun(self, result: Result) -> Answer:
        self._talk.begun.add(self._talk.topic or "")
        needed = result.data.get("needs_identity") if isinstance(result.data, dict) else None
        if result.name == "begun" and needed in {"verified", "confirmed"}:
            return self._proving.wanted(str(needed), "")
        return self._moves.go_on()

    def _told(self, capability: str | None, result: Result) -> Answer:
        match capability:
            case "end_call":
                return Answer()
            case "search_documents":
                return self._found_passages(result)
            case "order_by_number":
                return self._order(result)
            case "list_orders":
                return self._orders(result)
            case "look_at_order" | "check_stock" | "list_subscriptions" if (
                capability in self._talk.asked_source
            ):
                return self._found_source(capability, result)
            case "undo_last":
                self._talk.acted = False
                return self._moves.more(result.say or self._say["all_right"])
            case "reach_person":
                return Answer(text=result.say or self._dialogues.answers["reach_person"]["done"])
            case "take_message":
                return self._moves.more(result.say or self._dialogues.answers["take_message"]["done"])
            case _:
                return self._moves.more(result.say or _spoken_fields(result.data) or self._say["done"])

    def _found_source(self, capability: str, result: Result) -> Answer:
        """Something that another tool needs was looked up."""
        if result.outcome == "not_found" and capability == "look_at_order":
            self._talk.asked_source.discard(capability)
            return self._not_found(result)
        match capability:
            case "look_at_order":
                self._moves.found_lines(result.data)
            case "check_stock":
                self._moves.found_article(result.data)
            case _:
                self._moves.found_subscription(result.data)
        return self._moves.go_on()

    def _found_passages(self, result: Result) -> Answer:
        intent = self._dialogues.intents.get(self._talk.topic or "")
        passages = texts_in(result.data) if result.outcome == "found" else []
        said = answer_from(passages, self._talk.question, intent.query if intent else "")
        if not said and result.outcome == "found":
            said = result.say
        if said:
            return self._moves.more(said)
        return self._moves.search_again() or self._moves.offer(
            self._say["no_answer"], self._say["no_answer_at_all"]
        )

    def _order(self, result: Result) -> Answer:
        if result.outcome == "not_found":
            return self._not_found(result)
        number = self._talk.known.get("order_number", "")
        wording = self._moves.wording
        if self._talk.topic == "order_contents":
            return self._moves.more(
                wording.contents(result.data, number=number) or result.say or self._say["done"]
            )
        return self._moves.more(result.say or wording.order(result.data, number=number) or self._say["done"])

    def _not_found(self, result: Result) -> Answer:
        number = self._talk.known.pop("order_number", "")
        self._talk.expecting = "order_number"
        template = self._dialogues.answers["order_by_number"]["not_found"]
        text = result.say or template.format(number=say_digits(number))
        return Answer(text=text if "?" in text else f"{text} {self._dialogues.slots['order_number'].ask}")

    def _orders(self, result: Result) -> Answer:
        self._talk.orders = self._moves.wording.orders(result.data) if result.outcome == "found" else ()
        self._talk.order_at = 0
        if self._talk.orders:
            return self._moves.one_of_orders()
        if result.outcome == "found" and result.say:
            return self._moves.more(result.say)
        self._talk.expecting, self._talk.listed = "order_number", True
        return Answer(text=self._dialogues.answers["list_orders"]["none"])


def _spoken_fields(data: object) -> str:
    """Plain fields as one sentence, for a result that brings no words."""
    if not isinstance(data, dict):
        return for_the_ear(data) if isinstance(data, str) else ""
    told = [
        f"{key.replace('_', ' ')} {value}"
        for key, value in data.items()
        if isinstance(value, str | int | float)
    ]
    return (
        for_the_ear(", ".join(part for part in told if not part.startswith("outcome "))) + "." if told else ""
    )
