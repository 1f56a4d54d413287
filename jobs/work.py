"""What each kind of job does, step by step. A job that is resumed repeats none of its finished steps."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Protocol

from jobs.floor import Floor

Word = str
"""What a step found out, as the job's own record keeps it."""


class Run(Protocol):
    """One run of a job: its finished steps and pauses are remembered wherever it goes on."""

    async def step(self, name: str, work: Callable[[], Awaitable[Word]], *, waits: bool = False) -> Word:
        """`waits`: it only waits, so that it may be cut short when the job is cancelled."""
        ...

    async def pause(self, seconds: float) -> None:
        """Shorter when somebody says that it is time."""
        ...


Job = Callable[[Run, Floor, str], Awaitable[Word]]


async def approval(run: Run, floor: Floor, deed_id: str) -> Word:
    """Waits for a supervisor, and does what they say unless the call itself does."""
    decision = "waiting"
    while decision == "waiting":
        decision = await run.step("decision", partial(floor.decision, deed_id), waits=True)
    if decision == "withdrawn":
        return decision
    await run.pause(floor.pace.head_start_s)
    if await run.step("stands", partial(floor.state, deed_id)) != "waiting":
        return "done by the call"
    ended = await run.step("carry out", partial(floor.carry_out_decision, deed_id))
    await run.step("write down", partial(floor.note_decision, deed_id))
    if ended in _UNCERTAIN:
        return await _until_certain(run, floor, deed_id)
    if ended in {"lowered", "failed"}:
        why = "a supervisor allowed less than was agreed" if ended == "lowered" else "approved, and it failed"
        return await run.step("tell a person", partial(floor.tell_a_person, deed_id, why))
    template = "approval_done" if ended == "done" else "approval_denied"
    written = await run.step("write to customer", partial(floor.write_to_customer, deed_id, template))
    if written != "queued":
        why = f"{decision}, and the caller does not know"
        await run.step("tell a person", partial(floor.tell_a_person, deed_id, why))
    return ended


async def reconciliation(run: Run, floor: Floor, deed_id: str) -> Word:
    """Finds out what became of a deed; never does it again."""
    if await run.step("stands", partial(floor.state, deed_id)) not in _UNCERTAIN | {"reserved"}:
        return "certain already"
    return await _until_certain(run, floor, deed_id)


async def compensation(run: Run, floor: Floor, deed_id: str) -> Word:
    """Takes back what a broken deed left, until nothing is left."""
    for pause_s in floor.pace.intervals_s:
        await run.pause(pause_s)
        taken = await run.step("take back", partial(floor.compensate, deed_id))
        if taken != "left":
            await run.step("write down", partial(floor.note_undone, deed_id, taken))
            break
    if taken == "undone":
        return taken
    return await run.step(
        "tell a person", partial(floor.tell_a_person, deed_id, "it could not be taken back")
    )


async def _until_certain(run: Run, floor: Floor, deed_id: str) -> Word:
    for pause_s in floor.pace.intervals_s:
        await run.pause(pause_s)
        state = await run.step("look", partial(floor.recover, deed_id))
        if state not in _UNCERTAIN:
            await run.step("write down", partial(floor.note_outcome, deed_id))
            break
    if state == "done":
        return state
    why = _NOT_DONE.get(state, "nobody could find out whether it was done")
    return await run.step("tell a person", partial(floor.tell_a_person, deed_id, why))


_UNCERTAIN = frozenset({"doing", "unknown", "undoing"})
_NOT_DONE: Mapping[Word, str] = {
    "failed": "it was not done, which the caller may not know",
    "refused": "it was agreed and never begun",
}

JOBS: Mapping[str, Job] = {
    "approval": approval,
    "reconciliation": reconciliation,
    "compensation": compensation,
}
"""By the kind that `Durable.start` names."""
