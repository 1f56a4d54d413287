"""The question with which most journeys begin, and when its answer sounds.

Each question ends at 8.5 s. The recogniser says so at 8.76, the model's first word comes 0.25 s later
and one every 0.01 s, the voice's first sound after 0.09 s: an answer of one sentence sounds at 9.1 and
a hundredth for each word. Speech plays 16 characters a second.
"""

from pathlib import Path

from domain.language import language_for
from tests.support.scripted_call import LINE, ScriptedCall
from tests.support.scripted_organs import CHARS_PER_SECOND

SENTENCES = language_for("en").sentences
NOTICES_S = (len(LINE.disclosure) + len(LINE.recording_notice)) / CHARS_PER_SECOND  # 4.19
OPENING_S = NOTICES_S + len(LINE.greeting) / CHARS_PER_SECOND  # 5.38
LONG = "It left our warehouse on Monday and will be with you tomorrow."  # 62 characters: 3.88 s
LONG_SOUNDS = 8.5 + 0.26 + 0.25 + 0.12 + 0.09  # 9.22: twelve words


def asking(folder: Path, *, answer: str = LONG) -> ScriptedCall:
    """The caller asks, and the answer sounds from about 9.2 on."""
    call = ScriptedCall(folder)
    call.caller_says(at=7.0, until=8.5, text="Where is my order?")
    call.agent_plans(says=answer)
    return call


def seconds_played(call: ScriptedCall, after: float) -> float:
    return sum(p.ends - max(p.begins, after) for p in call.carrier.played if p.ends > after)
