"""Carries out TwiML: documents are fetched, their verbs done in order; when they run out, the call ends."""

from simulator.carrier import verbs
from simulator.carrier.call import Goto, Inline, Instructions, SimulatedCall
from simulator.carrier.dialling import dial
from simulator.carrier.exchange import Exchange, HangUp, Next, Perform
from simulator.carrier.line import LineEnded
from simulator.carrier.streaming import connect
from simulator.carrier.twiml import BadDocument, Document, Verb, parse
from simulator.carrier.webhooks import WebhookFailed

SORRY = "We are sorry, an application error has occurred. Goodbye."
PERFORM: dict[str, Perform] = {
    "Connect": connect,
    "Dial": dial,
    "Gather": verbs.gather,
    "Hangup": verbs.hang_up,
    "Pause": verbs.pause,
    "Play": verbs.play,
    "Record": verbs.record,
    "Redirect": verbs.redirect,
    "Say": verbs.say,
}
MOST_DOCUMENTS = 200
"""A redirect that leads to itself is an error of the product, not for ever the carrier's."""


class Rejected(Exception):
    """`<Reject>` before the call was answered; `status` is how such a call ends."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class Interpreter:
    """One call's documents."""

    def __init__(self, call: SimulatedCall, exchange: Exchange) -> None:
        self._call = call
        self._exchange = exchange
        self._on_fallback = False

    async def run(self, instructions: Instructions) -> None:
        """Returns when the carrier has to hang up; raises `LineEnded` or `Rejected`."""
        for _ in range(MOST_DOCUMENTS):
            document = await self._document(instructions)
            match await self._perform(document):
                case Goto() as goto:
                    instructions = goto
                case HangUp() | None:
                    return
        self._call.warn(11100, f"more than {MOST_DOCUMENTS} documents in one call")

    async def _document(self, instructions: Instructions) -> Document:
        try:
            document = await self._obtain(instructions)
        except (WebhookFailed, BadDocument) as failed:
            self._call.warn(failed.error, str(failed))
            return self._after_failure(failed)
        for warning in document.warnings:
            self._call.warn(12200, warning)
        return document

    async def _obtain(self, instructions: Instructions) -> Document:
        """Raises `WebhookFailed` or `BadDocument`."""
        if isinstance(instructions, Inline):
            return parse(instructions.twiml)
        call, twice = self._call, self._call.faults.webhook_retry
        form = [*call.form(self._exchange.account.sid), *instructions.form]
        xml = await self._exchange.webhooks.twiml(
            instructions.url, form, method=instructions.method, twice=twice
        )
        call.document_url = instructions.url
        return parse(xml)

    def _after_failure(self, failed: WebhookFailed | BadDocument) -> Document:
        """The number's fallback once; after that an apology of the carrier's own."""
        fallback = self._call.number.fallback_url
        if fallback and not self._on_fallback:
            self._on_fallback = True
            separator = "&" if "?" in fallback else "?"
            url = f"{fallback}{separator}ErrorCode={failed.error}"
            return Document(verbs=(Verb(name="Redirect", text=url),))
        return Document(verbs=(Verb(name="Say", text=SORRY), Verb(name="Hangup")))

    async def _perform(self, document: Document) -> Next:
        call = self._call
        for verb in document.verbs:
            if call.line.is_over:
                raise LineEnded
            call.did(verb.name, verb.text or " ".join(f"{k}={v}" for k, v in verb.attributes.items()))
            if verb.name == "Reject":
                if not call.is_answered:
                    raise Rejected("busy" if verb.attributes.get("reason") == "busy" else "failed")
                return HangUp()
            if verb.name not in ("Redirect", "Hangup") and not call.is_answered:
                call.answer()
            if (following := await PERFORM[verb.name](verb, call, self._exchange)) is not None:
                return following
        return None
