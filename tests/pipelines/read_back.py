"""A refund that is read back to the caller, with which the stories of consent begin."""

import json
from pathlib import Path

from pipelines.kit import Patience
from tests.support.scripted_call import ScriptedCall
from tests.support.scripted_gate import told

READ_BACK = "I will refund twenty euros for order four seven one two. Shall I do that?"
SOUNDS, ENDS = 9.2, 13.76
DONE = told("done", "I have refunded twenty euros.")
DECLINED = told("declined", "All right, I have not done that.")
CONFIRM = told("confirm", READ_BACK)


def read_back(folder: Path, *then: object, patience: Patience | None = None) -> ScriptedCall:
    """The caller asks for a refund, which is read back; `then`: what comes of their answers."""
    call = ScriptedCall(folder, patience=patience)
    call.caller_says(at=7.0, until=8.5, text="I want my money back.")
    call.agent_plans(calls=("refund", {"order_id": "4712"}))
    call.tools["refund"] = (0.1, CONFIRM)
    call.gate.hears = [*then]  # type: ignore[list-item]  # outcomes, all of them
    return call


def results(call: ScriptedCall, inference: int = -1) -> list[str]:
    """The outcomes of actions that the model knew of."""
    return [json.loads(text)["outcome"] for role, text in call.told(inference) if role == "tool"]
