"""Callers who say what nobody may keep."""

import audioop
import io
import json
import wave
from collections.abc import Iterable

from simulator.rehearsal.scene import Check, Evidence, Performance, Scene, says
from simulator.rehearsal.scenes.answers import NO_CALL_BACK
from simulator.rehearsal.stage import Stage

TOM = "+14155550114"
MURMUR = 100
"""Root mean square of 16-bit samples: speech is far above, silence far below."""
GROUP = ("four two four two", "4242")
"""Of the card number that is said: whatever is left of it is too much."""


async def _card(stage: Stage) -> None:
    caller = await stage.dial()
    await caller.listen()
    await caller.ask("payment-methods", "payment-methods")
    await caller.say("card-number")
    await caller.listen()
    await caller.converse(NO_CALL_BACK)


def _card_judged(performance: Performance) -> Iterable[Check]:
    one = performance.evidence[0]
    said = [str(event["text"]) for event in one.of("caller_said")]
    hidden = bool(one.of("input_masked")) and any("[card number]" in text for text in said)
    yield Check(what="the card number was masked", holds=hidden, seen=f"said: {said}")
    for place, text in (
        ("the journal", json.dumps(list(map(dict, one.events)))),
        ("what the model was shown", one.shown_to_model),
    ):
        left = [group for group in GROUP if group in text.lower()]
        yield Check(what=f"nothing of it is in {place}", holds=bool(text) and not left, seen=f"{left}")
    yield from _silenced(one)
    yield says(one, r"card", "the caller got an answer")


def _silenced(one: Evidence) -> Iterable[Check]:
    """Elsewhere the caller is heard in the recording; where the number was said, nothing is."""
    began = next((event["at_ms"] for event in one.of("recording_started")), 0)
    loudest: dict[bool, int] = {}
    for said in one.of("caller_said"):
        is_card = "[" in said["text"]
        sound = _callers_sound(one.kept_sound, said["started_ms"] - began, said["ended_ms"] - began)
        loudest[is_card] = max(loudest.get(is_card, 0), audioop.rms(sound, 2) if sound else 0)
    yield Check(
        what="the recording is silent where it was said",
        holds=loudest.get(True, MURMUR) < MURMUR < loudest.get(False, 0),
        seen=f"level there {loudest.get(True)}, elsewhere {loudest.get(False)}",
    )


def _callers_sound(wav: bytes, from_ms: int, to_ms: int) -> bytes:
    """16-bit samples of the first channel."""
    if not wav:
        return b""
    with wave.open(io.BytesIO(wav)) as kept:
        rate, width, channels = kept.getframerate(), kept.getsampwidth(), kept.getnchannels()
        kept.setpos(min(max(0, from_ms * rate // 1000), kept.getnframes()))
        frames = kept.readframes(max(0, to_ms - from_ms) * rate // 1000)
    return audioop.tomono(frames, width, 1, 0) if channels > 1 else frames


SCENES = (
    Scene(
        id="card-number",
        title="A card number, spoken aloud",
        shows="It is masked before the model and the journal, and silenced in the recording.",
        play=_card,
        judge=_card_judged,
        number=TOM,
        looks_into=True,
        tour=True,
    ),
)
