"""The command `callwright audit`: who asked for what, why it was allowed, who approved it, how it ended."""

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from adapters.company_folder import load_company
from app.command_line_opening import fail, opened
from app.storage import Storage
from domain.audit import Happened, trails
from domain.events import Event

WRONG = 2
"""Nothing was exported. 1 says that a chain is broken."""


def audit(
    call: Annotated[str, typer.Argument(help="A call's id, or how it begins.")] = "",
    customer: Annotated[str, typer.Option(help="A customer's id instead: all calls with their deeds.")] = "",
    out: Annotated[Path | None, typer.Option(help="Write it into this file instead.")] = None,
) -> None:
    """Export as JSON what was asked for, decided and done; ends with 1 where a chain is broken."""
    if bool(call) == bool(customer):
        fail("Name a call, or a customer by --customer.", code=WRONG)
    exported = asyncio.run(_export(call.lower(), customer))
    text = json.dumps(exported, indent=1, ensure_ascii=False, default=str) + "\n"
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
    if not all(call["chain_holds"] for call in exported):
        raise typer.Exit(1)


async def _export(call: str, customer: str) -> Sequence[dict[str, Any]]:
    async with opened(code=WRONG) as (settings, storage):
        if customer:
            companies = [load_company(folder).id for folder in settings.companies]
            found = await _calls_of_customer(storage, companies, customer)
            if not found:
                fail(f"No deed of a customer {customer!r} is kept.", code=WRONG)
        else:
            found = await storage.views.ids_beginning(call)
            if len(found) != 1:
                many = f"{len(found)} calls begin with" if found else "There is no call whose id begins with"
                fail(f"{many} {call!r}. `callwright calls` lists them.", code=WRONG)
        return [await _call(storage, call_id) for call_id in found]


async def _calls_of_customer(storage: Storage, companies: Sequence[str], customer: str) -> Sequence[str]:
    deeds = [deed for company in companies for deed in await storage.ledger.of_customer(company, customer)]
    return list(dict.fromkeys(deed.call_id for deed in deeds))


async def _call(storage: Storage, call_id: str) -> dict[str, Any]:
    recorded = await storage.views.events(call_id)
    verdict = await storage.verification.verify(call_id)
    happened = [
        Happened(seq=it.seq, at=it.at, event=it.event) for it in recorded if isinstance(it.event, Event)
    ]
    deeds = await storage.ledger.of_call(call_id)
    return {
        "call": call_id,
        "chain_holds": not verdict.flaws,
        "erased": len(recorded) - len(happened),
        "deeds": [trail.exported() for trail in trails(happened)],
        "ledger": [
            {
                "deed": deed.id,
                "action": deed.action,
                "customer": deed.customer,
                "amount": None if deed.amount is None else str(deed.amount),
                "state": deed.state,
                "outcome": deed.outcome,
                "approver": deed.approver,
                "agreed_at": deed.created_at,
                "moved_at": deed.moved_at,
            }
            for deed in deeds
        ],
    }
