"""Bears one process for each order that it reads: a call that may be killed, a call after it, or the jobs.

`python -m evals.crash.nursery`: a line of JSON in, a line of JSON out. It is one thread that has read the
folder once, so that a child is a fork and a true process with its own connections.
"""

import asyncio
import gc
import json
import os
import sys
import traceback
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any, cast

import httpx
from loguru import logger

from adapters.company_folder import load_company
from adapters.openapi import OpenApiSystem
from adapters.secrets import MasterKey
from adapters.storage.database import engine_for
from adapters.storage.outbox import PostgresOutbox
from domain.company import Company
from domain.confirmation import Said
from domain.deeds import Deed
from domain.language import language_for
from evals.attacks.office import DEMO_KEY
from evals.attacks.stage import FOLDER, Notes, StageClock, ports
from evals.crash.reaper import MortalLedger, MortalMessages, MortalSystems, Reaper
from prompts.spoken import fill
from tools.case import Case
from tools.gate import Gate, open_gate
from tools.gate.opening import World

MASTER = MasterKey(b"a master key of thirty-two bytes")
_LATE = ("reserved", "doing", "unknown", "undoing", "waiting")


def main() -> None:
    logger.remove()
    made = Made(
        company=load_company(FOLDER),
        tree=json.loads((FOLDER / "backoffice.openapi.json").read_text("utf-8")),
        client=httpx.AsyncClient(),
    )
    for tag in ("en-US", "de-DE"):
        language_for(tag)
    gc.freeze()
    for line in sys.stdin:
        answer, told = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(answer)
            _live(made, json.loads(line), told)
        os.close(told)
        with os.fdopen(answer) as words:
            said = words.read()
        _, status = os.waitpid(child, 0)
        result = {"killed": os.WIFSIGNALED(status), **json.loads(said or "{}")}
        sys.stdout.write(f"{json.dumps(result)}\n")
        sys.stdout.flush()


@dataclass(frozen=True, kw_only=True)
class Made:
    """What takes long to make and is the same for every child; no connection is open yet."""

    company: Company
    tree: Any
    client: httpx.AsyncClient


def _live(made: Made, order: dict[str, Any], told: int) -> None:
    """A child's whole life; it never returns."""
    try:
        result = asyncio.run(_obey(made, order))
        os.write(told, json.dumps(result).encode())
    except BaseException:
        os.write(told, json.dumps({"error": traceback.format_exc(limit=-4)}).encode())
    finally:
        os._exit(0)


async def _obey(made: Made, order: dict[str, Any]) -> dict[str, Any]:
    clock = StageClock(datetime.fromisoformat(order["since"]), order["passed"])
    engine = engine_for(order["url"], connections=3)
    company = replace(made.company, id=order["company"])
    reaper = Reaper(order.get("at"), order.get("how", "before"))
    system = OpenApiSystem(
        made.tree, client=made.client, clock=clock, secrets=lambda _: DEMO_KEY, base_url=order["office"]
    )
    world = ports(engine, order["url"], MASTER, clock, system)
    mortal = replace(
        world,
        ledger=cast(Any, MortalLedger(world.ledger, reaper)),
        systems=MortalSystems(world.systems, reaper),
        messages=cast(Any, MortalMessages(world.messages, reaper)),
    )
    ids = count(1)
    gate = open_gate(
        company, mortal, clock=clock, wording=fill, new_id=lambda: f"{order['call']}.{next(ids)}"
    )
    ringing = Ringing(gate, company, cast(PostgresOutbox, world.messages), order, reaper)
    if order["what"] != "aftermath":
        return await ringing.ring()
    await _work_off(gate, world, company.id, clock)
    told = await ringing.ring()
    await _work_off(gate, world, company.id, clock)
    return told


class Ringing:
    """The caller, who asks for what the order says and agrees to it."""

    def __init__(
        self, gate: Gate, company: Company, outbox: PostgresOutbox, order: dict[str, Any], reaper: Reaper
    ) -> None:
        self._gate = gate
        self._outbox = outbox
        self._order = order
        self._reaper = reaper
        self._notes = Notes()
        self._case = Case(
            company, call_id=order["call"], caller=order["number"], line="main", language="en-US"
        )

    async def ring(self) -> dict[str, Any]:
        order = self._order
        await self._prove()
        asked = await self._act(order["action"], order["given"])
        outcome = asked
        agreed = self._case.proposal is not None
        self._reaper.armed = order["what"] == "do"
        if (proposal := self._case.proposal) is not None:
            said = Said(text="yes please", by="voice", heard=proposal.question.sentence)
            outcome = await self._gate.hear(self._case, said, self._notes)
        if order["what"] == "undo":
            self._reaper.armed = True
            outcome = await self._act("undo_last", {})
        self._reaper.the_end()
        return {
            "asked": asked.name,
            "outcome": outcome.name if outcome else "",
            "agreed": agreed,
            "steps": self._reaper.steps,
        }

    async def _prove(self) -> None:
        if self._order["proof"] > 1:
            await self._act("verify_identity", self._order["facts"])
        if self._order["proof"] > 2:
            await self._act("send_code", {})
            if not (sent := await self._outbox.of_call(self._order["call"])):
                return  # they ring from a number that is no longer theirs
            words = (word.strip(".") for word in sent[0].message.text.split())
            await self._act("check_code", {"code": next(filter(str.isdecimal, words))})

    async def _act(self, name: str, given: Any) -> Any:
        return await self._gate.act(self._case, name, given, self._notes)


async def _work_off(gate: Gate, world: World, company: str, clock: StageClock) -> None:
    """As the janitor and the jobs do it, with time that jumps."""
    for _ in range(5):
        clock.passed += 100.0
        for deed in await world.ledger.in_state(*cast(Any, _LATE), before=clock.now()):
            if deed.company == company:
                await _look_after(gate, world, deed)


async def _look_after(gate: Gate, world: World, deed: Deed) -> None:
    parent = None if deed.parent is None else await world.ledger.load(deed.parent)
    if parent is not None:
        if parent.state not in _LATE:
            await gate.afterwards.compensate(parent)
    elif deed.state == "waiting":
        await gate.afterwards.decided(deed)
    elif deed.state == "undoing":
        await gate.afterwards.compensate(deed)
    else:
        ended = await gate.afterwards.recover(deed)
        if ended.outcome == "partly_done":
            await gate.afterwards.compensate(ended)


if __name__ == "__main__":
    main()
