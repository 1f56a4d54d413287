"""The plain verbs: say, play, pause, gather keys, record, redirect."""

import asyncio
import wave
from urllib.parse import urljoin

from simulator.carrier.account import new_sid
from simulator.carrier.call import Goto, SimulatedCall
from simulator.carrier.exchange import Exchange, HangUp, Next
from simulator.carrier.line import LineEnded
from simulator.carrier.signature import Form
from simulator.carrier.sound import FRAME_S, dtmf, from_wav, is_audible, to_wav, tone
from simulator.carrier.twiml import Verb
from simulator.carrier.webhooks import WebhookFailed

MANY = 1000
"""As often or as many as no call can be long for: `loop="0"`, and digits without `numDigits`."""


async def say(verb: Verb, call: SimulatedCall, exchange: Exchange) -> Next:
    sound = await exchange.voice(verb.text)
    for _ in range(_times(verb)):
        await call.line.play(sound)
    return None


async def play(verb: Verb, call: SimulatedCall, exchange: Exchange) -> Next:
    """A sound file of the product, or keys; what cannot be had or read is skipped with a warning."""
    digits = verb.attributes.get("digits")
    sound = b"".join(dtmf(d) for d in digits if d != "w") if digits else await _fetched(verb, call, exchange)
    for _ in range(_times(verb)):
        await call.line.play(sound)
    return None


async def pause(verb: Verb, call: SimulatedCall, _exchange: Exchange) -> Next:
    await call.line.wait(verb.number("length", 1))
    return None


async def hang_up(_verb: Verb, _call: SimulatedCall, _exchange: Exchange) -> Next:
    return HangUp()


async def redirect(verb: Verb, call: SimulatedCall, _exchange: Exchange) -> Next:
    return Goto(url=urljoin(call.document_url, verb.text), method=verb.attributes.get("method", "POST"))


async def gather(verb: Verb, call: SimulatedCall, exchange: Exchange) -> Next:
    """Keys pressed while the nested verbs sound or after them; without any, the next verb."""
    with call.line.pressed() as pressed:
        prompt = asyncio.create_task(_prompt(verb, call, exchange))
        first = asyncio.create_task(pressed.get())
        try:
            await asyncio.wait({prompt, first}, return_when=asyncio.FIRST_COMPLETED)
            if prompt.done():
                prompt.result()
        finally:
            prompt.cancel()
            first.cancel()
            await asyncio.gather(prompt, first, return_exceptions=True)
        digits = await _typed(verb, call, pressed, "" if first.cancelled() else first.result())
    if not digits and verb.attributes.get("actionOnEmptyResult") != "true":
        return None
    return _answer_to(verb, call, [("Digits", digits), ("msg", "Gather End")])


async def record(verb: Verb, call: SimulatedCall, exchange: Exchange) -> Next:
    """What the caller says, until silence, a key, the longest length or the caller's hanging up."""
    if verb.attributes.get("playBeep", "true") == "true":
        await call.line.play(tone(1000, seconds=0.3))
    spoken, sid = bytearray(), new_sid("RE")
    call.line.taps.append(spoken.extend)
    try:
        digits = await _recorded(verb, call, spoken)
    except LineEnded:
        digits = "hangup"
    finally:
        call.line.taps.remove(spoken.extend)
    if spoken:
        exchange.recordings[sid] = to_wav(spoken)
    url = f"https://api.twilio.com/2010-04-01/Accounts/{exchange.account.sid}/Recordings/{sid}"
    length = str(round(len(spoken) / 8000))
    goto = _answer_to(
        verb,
        call,
        [("RecordingUrl", url), ("RecordingSid", sid), ("RecordingDuration", length), ("Digits", digits)],
    )
    if digits == "hangup":
        try:
            await exchange.webhooks.ask(goto.url, [*call.form(exchange.account.sid), *goto.form])
        except WebhookFailed as failed:
            call.warn(failed.error, str(failed))
        raise LineEnded
    return goto


async def _recorded(verb: Verb, call: SimulatedCall, spoken: bytearray) -> str:
    """The key that ended it, or nothing."""
    quiet, patience_s = 0.0, verb.number("timeout", 5)
    keys, seen = verb.attributes.get("finishOnKey", "1234567890*#"), 0
    with call.line.pressed() as pressed:
        while quiet < patience_s and len(spoken) / 8000 < verb.number("maxLength", 3600):
            await call.line.wait(FRAME_S)
            while not pressed.empty():
                if (digit := pressed.get_nowait()) in keys:
                    return digit
            fresh, seen = bytes(spoken[seen:]), len(spoken)
            quiet = 0.0 if is_audible(fresh) else quiet + FRAME_S
    return ""


async def _prompt(verb: Verb, call: SimulatedCall, exchange: Exchange) -> None:
    for nested in verb.nested:
        await {"Say": say, "Play": play, "Pause": pause}[nested.name](nested, call, exchange)


async def _typed(verb: Verb, call: SimulatedCall, pressed: asyncio.Queue[str], key: str) -> str:
    """Digits up to the finishing key, the wanted number or a pause, the first of which may be there."""
    finish, digits = verb.attributes.get("finishOnKey", "#"), ""
    most, pause_s = int(verb.number("numDigits", 0)) or MANY, verb.number("timeout", 5)
    while True:
        if key and key == finish:
            return digits
        digits += key
        if len(digits) >= most:
            return digits
        try:
            key = await call.line.until(asyncio.wait_for(pressed.get(), pause_s))
        except TimeoutError:
            return digits


def _answer_to(verb: Verb, call: SimulatedCall, form: Form) -> Goto:
    """The verb's action, which is the current document where none is named."""
    url = urljoin(call.document_url, verb.attributes.get("action", ""))
    return Goto(url=url, form=form, method=verb.attributes.get("method", "POST"))


async def _fetched(verb: Verb, call: SimulatedCall, exchange: Exchange) -> bytes:
    url = urljoin(call.document_url, verb.text)
    try:
        answer = await exchange.webhooks.ask(url, [], method="GET")
    except WebhookFailed as failed:
        call.warn(failed.error, str(failed))
        return b""
    if answer.status_code != 200:
        call.warn(11200, f"sound file answered {answer.status_code}")
        return b""
    if answer.headers.get("Content-Type", "").startswith("audio/basic"):
        return answer.content
    try:
        return from_wav(answer.content)
    except (wave.Error, EOFError):
        call.warn(12300, "this carrier plays PCM WAV and audio/basic only")
        return b""


def _times(verb: Verb) -> int:
    return int(verb.number("loop", 1)) or MANY
