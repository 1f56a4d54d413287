"""What the brain does next on each kind of utterance."""

import re

from simulator.brain.capabilities import Toolbox, fill
from simulator.brain.dialogue import Dialogues, Intent
from simulator.brain.passages import for_the_ear
from simulator.brain.results import Wording, dicts_in_lists
from simulator.brain.spoken import words
from simulator.brain.talk import Answer, Call, Talk
from simulator.brain.transcript import Transcript

_ABOUT = re.compile(r"\b(?:about|regarding|concerning|because(?: of)?)\s+(.{3,})", re.IGNORECASE)


class Moves:
    """The moves of one reading; each notes in `talk` what it waits for."""

    def __init__(self, dialogues: Dialogues, toolbox: Toolbox, talk: Talk, transcript: Transcript) -> None:
        self._dialogues = dialogues
        self._toolbox = toolbox
        self._talk = talk
        self._transcript = transcript
        self._say = dialogues.say
        self.wording = Wording(dialogues)

    # ---- wanting something

    def begin_anew(self, intent: Intent, said: str) -> None:
        """The caller tells what they want; what was told for something else does not count for it."""
        talk = self._talk
        if talk.topic != intent.id:
            for name in ("amount", "new_sku"):
                talk.known.pop(name, None)
            talk.known["said"] = said
        talk.begun.discard(intent.id)
        talk.proving = False

    def forget_order(self) -> None:
        """Another order: what was looked up of the one before is not its."""
        for name in ("line_id", "sku", "new_sku"):
            self._talk.known.pop(name, None)
        self._talk.asked_source.clear()

    def needs_number(self, intent: Intent) -> bool:
        return any("order_number" in self._dialogues.capabilities[name].slots for name in intent.capability)

    def task(self, intent: Intent) -> Answer:
        talk = self._talk
        talk.topic = intent.id
        known = talk.known
        offered = [name for name in intent.capability if self._toolbox.offering(name)]
        if intent.known_caller and "order_number" not in known:
            recognised = bool({"name", "customer", "phone"} & known.keys()) and not talk.listed
            if (recognised or not offered) and (listed := self.call(intent.known_caller)).call:
                return listed
            if recognised and (begun := self._begin(intent)) is not None:
                return begun
        if not offered and (begun := self._begin(intent)) is not None:
            return begun
        if not offered and intent.id == "opening_hours" and (hours := self._transcript.opening_hours()):
            return self.more(for_the_ear(hours))
        if not offered:
            return self.cannot(intent.capability[0])
        if offered[0] == "search_documents":
            return self.search(talk.question)
        return self.call(offered[0])

    def _begin(self, intent: Intent) -> Answer | None:
        """Notes the goal first, where a tool wants to know it: others are offered only then."""
        tool = self._toolbox.offering("begin_goal")
        if tool is None or not intent.goal or intent.id in self._talk.begun:
            return None
        parameter, goals = tool.choices()
        goal = next((goal for goal in goals if re.search(intent.goal, goal.replace("_", " "))), None)
        if goal is None:
            return None
        self._talk.asked_of, self._talk.expecting = "begin_goal", None
        return Answer(call=Call(tool=tool.name, arguments={parameter: goal}))

    def go_on(self, said: str = "") -> Answer:
        """With what the caller wants, now that something in its way is done; `said` is told before."""
        intent = self._dialogues.intents.get(self._talk.topic or "")
        if intent is None or intent.move != "task":
            return self.more(said or self._say["all_right"])
        following = self.task(intent)
        return following if following.call else Answer(text=f"{said} {following.text}".strip())

    def ask(self, slot: str) -> Answer:
        self._talk.expecting = slot
        return Answer(text=self._dialogues.slots[slot].ask)

    def refused(self, said: str) -> Answer:
        """A tool's own words, which are no question, and a call back about it."""
        if not said:
            return self.offer(self._say["failed"], self._say["failed_at_all"])
        return self.offer(said if "?" in said else f"{said} {self._say['offer']}", said)

    def search(self, question: str) -> Answer:
        self._talk.question, self._talk.searched_again = question, False
        self._talk.known["question"] = question
        return self.call("search_documents")

    def search_again(self) -> Answer | None:
        """With the topic's plain words, once."""
        intent = self._dialogues.intents.get(self._talk.topic or "")
        if self._talk.searched_again or not intent or not intent.query:
            return None
        self._talk.searched_again = True
        self._talk.known["question"] = intent.query
        return self.call("search_documents")

    def call(self, capability: str) -> Answer:
        """Calls the tool that offers it, asks for what the tool needs, or says that it cannot be done."""
        tool = self._toolbox.offering(capability)
        if tool is None:
            return self.cannot(capability)
        arguments = fill(self._toolbox, tool, capability, self._talk.known)
        if isinstance(arguments, str):
            return self._look_up(arguments) or self.ask(arguments)
        self._talk.asked_of, self._talk.expecting = capability, None
        return Answer(call=Call(tool=tool.name, arguments=arguments))

    def _look_up(self, slot: str) -> Answer | None:
        """A tool knows it; it is asked once."""
        source = self._dialogues.slots[slot].source
        if not source or source in self._talk.asked_source or self._toolbox.offering(source) is None:
            return None
        return self.call(source)

    def found_lines(self, data: object) -> None:
        """Of an order's lines the one that the caller speaks of, or the first."""
        lines = self.wording.lines(data)
        said = set(words(self._talk.known.get("said", "")))
        line = max(lines, key=lambda line: len(said & set(words(line.get("name", "")))), default={})
        self._talk.known |= {name: line[name] for name in ("line_id", "sku") if line.get(name)}

    def found_article(self, data: object) -> None:
        """The other size or colour that the caller wants, where there is one."""
        own = self._talk.known.get("sku")
        variants = (variant for variant in self.wording.variants(data) if variant != own)
        parts = {part: variant for variant in variants for part in variant.split("-")[1:]}
        meant = self._toolbox.choose(list(parts), self._talk.known.get("said", ""))
        if meant:
            self._talk.known["new_sku"] = parts[meant]

    def found_subscription(self, data: object) -> None:
        """The one that runs."""
        running = (
            item["subscription_id"]
            for item in dicts_in_lists(data)
            if item.get("subscription_id") and item.get("state") == "active"
        )
        if found := next(running, None):
            self._talk.known["subscription_id"] = str(found)

    def undo(self) -> Answer:
        """Takes back what was done or asked last; where nothing was, the caller corrects us."""
        if not self._talk.acted or self._toolbox.offering("undo_last") is None:
            return self.correction()
        return self.call("undo_last")

    def cannot(self, capability: str) -> Answer:
        what = self._dialogues.capabilities[capability].what
        return self.offer(self._say["cannot"].format(what=what), self._say["cannot_at_all"].format(what=what))

    def offer(self, text: str, otherwise: str) -> Answer:
        """Offers a call back where somebody can take the message."""
        if not self.can_leave_message():
            self._talk.expecting = None
            return Answer(text=otherwise)
        self._talk.expecting = "offer"
        intent = self._dialogues.intents.get(self._talk.topic or "")
        self._talk.known["about"] = intent.about if intent and intent.about else self._talk.question
        return Answer(text=text)

    def can_leave_message(self) -> bool:
        return any(self._toolbox.offering(name) for name in self._dialogues.intents["person"].capability)

    def person(self, text: str = "") -> Answer:
        talk = self._talk
        talk.topic = "person"
        told = _ABOUT.search(text)
        if told:
            talk.known["about"] = told[1].strip(" .!?")
        offered = next(filter(self._toolbox.offering, self._dialogues.intents["person"].capability), None)
        if offered is None:
            return self.cannot("reach_person")
        if not talk.known.get("about"):
            talk.expecting = "about"
            return Answer(text=self._dialogues.slots["about"].ask)
        number = talk.known.get("order_number")
        if number and number not in talk.known["about"]:
            talk.known["about"] += f", order {number}"
        return self.call(offered)

    # ---- answering us

    def yes(self) -> Answer:
        match self._talk.expecting:
            case "offer":
                return self.person()
            case "confirm_order":
                return self.more(self._say["all_right"])
            case "resume":
                return self.resume()
            case _:
                self._talk.expecting = self._kept()
                return Answer(text=self.open_question() or self._say["go_on"])

    def no(self) -> Answer:
        match self._talk.expecting:
            case "anything_else":
                return self.goodbye()
            case "confirm_order":
                return self.correction()
            case "order_number":
                return self.without_number()
            case _:
                return self.more(self._say["all_right"])

    def correction(self) -> Answer:
        talk = self._talk
        if talk.order_at + 1 < len(talk.orders):
            talk.order_at += 1
            return self.one_of_orders()
        intent = self._dialogues.intents.get(talk.topic or "")
        if intent and self.needs_number(intent):
            talk.known.pop("order_number", None)
            talk.expecting = "order_number"
            return Answer(text=self._say["which_order"])
        talk.expecting = None
        return Answer(text=self._say["sorry_what"])

    def without_number(self) -> Answer:
        if self._talk.topic is None:
            self._talk.topic = "order_status"
        answer = Answer() if self._talk.listed else self.call("list_orders")
        if answer.call is None:
            cannot = self._dialogues.capabilities["order_by_number"].what + " without the number"
            return self.offer(
                self._say["cannot"].format(what=cannot), self._say["cannot_at_all"].format(what=cannot)
            )
        return answer

    def one_of_orders(self) -> Answer:
        """Speaks of the order that the list stands at, or looks it up where the list says too little."""
        talk = self._talk
        order = talk.orders[talk.order_at]
        talk.known["order_number"] = self.wording.number(order)
        if talk.topic == "order_contents":
            text = self.wording.contents(order, last=talk.order_at == 0)
        else:
            text = self.wording.order(order)
        if not text:
            return self.call("order_by_number")
        if talk.order_at + 1 < len(talk.orders):
            talk.expecting = "confirm_order"
            return Answer(text=f"{text} {self._dialogues.answers['list_orders']['latest']}")
        return self.more(text)

    # ---- keeping the conversation

    def aside(self, intent: Intent) -> Answer:
        if self._talk.expecting == "resume" and intent.id == "hello":
            return self.resume()
        question = "" if intent.quiet else self.open_question()
        return Answer(text=f"{intent.say} {question}".strip())

    def resume(self) -> Answer:
        """Does again what an interruption cancelled."""
        intent = self._dialogues.intents.get(self._talk.topic or "")
        self._talk.expecting = None
        if intent and intent.move == "task":
            return self.task(intent)
        if intent and intent.move == "person":
            return self.person()
        return self.search(self._talk.question) if self._talk.question else Answer(text=self._say["go_on"])

    def open_question(self) -> str:
        """What we still wait for, as a question; or empty."""
        expecting = self._talk.expecting
        slot = self._dialogues.slots.get(expecting or "")
        if slot:
            return slot.ask
        return self._say["offer"] if expecting == "offer" else ""

    def more(self, text: str) -> Answer:
        """`text`, and whether there is anything else, unless it asks something itself."""
        self._talk.expecting = "anything_else"
        return Answer(text=text if text.endswith("?") else f"{text} {self._say['anything_else']}".strip())

    def goodbye(self) -> Answer:
        ending = self.call("end_call") if self._toolbox.offering("end_call") else Answer()
        self._talk.expecting = None
        return Answer(text=self._say["goodbye"], call=ending.call)

    def _kept(self) -> str | None:
        return self._talk.expecting if self._talk.expecting in self._dialogues.slots else None
