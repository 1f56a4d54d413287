"""`<Dial>`: a second leg rings, is bridged to the caller, and its end is told to the action."""

import asyncio
from urllib.parse import urljoin

from simulator.carrier.account import new_sid
from simulator.carrier.call import Goto, SimulatedCall
from simulator.carrier.exchange import Exchange, FarEnd, Next
from simulator.carrier.line import Line
from simulator.carrier.sound import ringback
from simulator.carrier.twiml import Verb


async def dial(verb: Verb, call: SimulatedCall, exchange: Exchange) -> Next:
    """One number; the caller hears it ring unless it is answered at once."""
    noun = verb.first("Number")
    number = (noun.text if noun else verb.text).strip()
    if not number:
        call.warn(13224, "<Dial> reaches numbers only on this carrier")
        return _next(verb, call, [("DialCallStatus", "failed")])
    far, sid = exchange.far_ends.get(number, FarEnd()), new_sid("CA")
    status, talked_s = await _ring_and_talk(verb, call, far)
    return _next(
        verb,
        call,
        [("DialCallSid", sid), ("DialCallStatus", status), ("DialCallDuration", str(round(talked_s)))],
    )


async def _ring_and_talk(verb: Verb, call: SimulatedCall, far: FarEnd) -> tuple[str, float]:
    timeout_s = verb.number("timeout", 30)
    call.line.playout.append(ringback() * (1 + int(min(far.rings_s, timeout_s) / 6)))
    try:
        await call.line.wait(min(far.rings_s, timeout_s))
    finally:
        call.line.playout.drop()
    if far.rings_s > timeout_s:
        return "no-answer", 0.0
    if far.outcome != "completed":
        return far.outcome, 0.0
    leg = Line(far.telephone())
    leg.telephone.told("in-progress")
    try:
        await call.line.until(asyncio.wait_for(_bridged(call.line, leg), verb.number("timeLimit", 14400)))
    except TimeoutError:
        pass
    finally:
        leg.end("carrier")
        leg.telephone.told("completed")
    return "completed", leg.recording.seconds


async def _bridged(near: Line, far: Line) -> None:
    """Each hears the other until the far one hangs up."""
    near.taps.append(far.playout.append)
    far.taps.append(near.playout.append)
    try:
        await far.run()
    finally:
        near.taps.remove(far.playout.append)
        near.playout.drop()


def _next(verb: Verb, call: SimulatedCall, form: list[tuple[str, str]]) -> Next:
    """The action where one is named; otherwise the verb after it."""
    action = verb.attributes.get("action")
    if action is None:
        return None
    method = verb.attributes.get("method", "POST")
    return Goto(url=urljoin(call.document_url, action), form=form, method=method)
