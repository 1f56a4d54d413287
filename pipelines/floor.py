"""Turn taking decides who has the floor; here its orders are carried out, and a turn is answered."""

from domain.events import CallerInterrupted
from domain.turn_taking import Order
from pipelines.answer import Answer
from pipelines.consent import Consent
from pipelines.message import Message
from pipelines.parting import Parting
from pipelines.talk import Talk
from pipelines.timing import TurnTiming
from pipelines.waiting import Waiting


class FloorOrders:
    """Runs in the inbox, like all that happens in a call."""

    def __init__(
        self,
        talk: Talk,
        answer: Answer,
        parting: Parting,
        message: Message,
        waiting: Waiting,
        consent: Consent,
    ) -> None:
        self._talk = talk
        self._answer = answer
        self._parting = parting
        self._message = message
        self._waiting = waiting
        self._consent = consent

    async def carry_out(self, orders: list[Order], *, key: str = "") -> None:
        """`key`: the one key that the caller's turn is, where it is no words."""
        talk, now = self._talk, self._talk.now
        for order in orders:
            match order:
                case Order.HOLD:
                    talk.heard.mouth.hold()
                case Order.RESUME:
                    talk.heard.mouth.resume()
                    at_ms = talk.notes.ms(now)
                    talk.notes.write(CallerInterrupted(at_ms=at_ms, proved="backchannel", resumed=True))
                    self._waiting.watch()
                case Order.DROP:
                    await self._interrupt(now)
                case Order.TAKE_BACK:
                    await self._interrupt(now)
                    if not self._message.open:
                        talk.sheet.context.unsay_caller()
                case Order.ANSWER:
                    await self._answer_turn(talk.turns.said, key)
        if talk.turns.deadline is not None:
            talk.inbox.at("floor", talk.turns.deadline, self._due)

    async def _due(self) -> None:
        await self.carry_out(self._talk.turns.time_passed(self._talk.now))

    async def _interrupt(self, now: float) -> None:
        """The rest of the answer is forgotten, wherever it is being made."""
        talk = self._talk
        busy = self._answer.open or talk.heard.line_out.waiting
        heard_some = talk.heard.drop()
        if heard_some:
            at_ms = talk.notes.ms(now)
            talk.notes.write(CallerInterrupted(at_ms=at_ms, proved="interruption", resumed=False))
        self._parting.called_back()
        self._answer.drop()
        self._consent.interrupted()
        if busy or heard_some:
            await talk.channel.stop_answer()

    async def _answer_turn(self, turn: str, key: str) -> None:
        """The caller's turn is over: answer it."""
        if self._parting.decided:  # our goodbye is on the line, and nothing follows it
            return
        talk, now = self._talk, self._talk.now
        talk.heard.turn += 1
        last_sound = min(talk.last_sign() or now, now)
        talk.heard.timing = TurnTiming(turn=talk.heard.turn, last_sound=last_sound, ended=now)
        self._waiting.our_turn()
        language = talk.sheet.language
        if language.asks_if_machine(turn):
            await self._answer.forget_guess()
            await talk.say(language.sentences.machine_answer, "sentence")
            await self._message.offer_again()
            if self._consent.open and not self._message.open:
                self._consent.answered(turn)  # no answer to it: it is read again behind ours
            else:
                talk.sheet.context.caller_said(turn)
        elif self._message.open:
            await self._message.take(turn)
        elif self._consent.open:
            self._consent.answered(turn, key=key)
        else:
            await self._answer.begin(turn)
