"""Each company's gate, joined to the systems behind it: HTTP operations, tool servers, and our own stores."""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
from loguru import logger

from adapters.company_folder import load_company
from adapters.openapi import OpenApiSystem
from adapters.systems import BoundSystems
from app.metrics import Metrics
from app.settings import BACK_OFFICE, Settings
from app.storage import Storage
from domain.actions import Binding
from domain.clock import Clock
from domain.company import Company
from domain.ports.durable import Durable
from prompts.spoken import fill
from tools.gate import Gate, open_gate
from tools.gate.opening import World


async def open_gates(
    settings: Settings,
    storage: Storage,
    companies: Sequence[Company],
    durable: Durable,
    *,
    clock: Clock,
    metrics: Metrics,
    stack: AsyncExitStack,
) -> Mapping[str, Gate]:
    """By company id. What cannot be called is told in the log; its actions fail with words."""
    client = await stack.enter_async_context(httpx.AsyncClient())
    gates = {}
    for company, folder in zip(companies, settings.companies, strict=True):
        await storage.knowledge.load(company)
        systems = await _systems(settings, company, folder, client, clock, metrics, stack)
        world = World(
            systems=systems,
            ledger=storage.ledger,
            approvals=storage.approvals,
            durable=durable,
            messages=storage.outbox,
            identity=storage.identity,
            knowledge=storage.knowledge,
            callbacks=storage.callbacks,
        )
        gate = gates[company.id] = open_gate(company, world, clock=clock, wording=fill)
        stack.push_async_callback(gate.settle)
    return gates


async def _systems(
    settings: Settings,
    company: Company,
    folder: Path,
    client: httpx.AsyncClient,
    clock: Clock,
    metrics: Metrics,
    stack: AsyncExitStack,
) -> BoundSystems:
    def withdrawn(operation: str, reason: str) -> None:
        metrics.withdrawn.labels(company.id, operation).inc()
        logger.bind(company=company.id, operation=operation, reason=reason).error(
            "an operation was withdrawn: its goals fall back to words or a person"
        )

    path = folder / BACK_OFFICE
    openapi = None
    if path.exists():
        key = settings.back_office_key.get_secret_value() if settings.back_office_key else None
        openapi = OpenApiSystem(
            json.loads(path.read_text("utf-8")),
            client=client,
            clock=clock,
            secrets=lambda _scheme: key,
            base_url=settings.back_office_url or "",
        )
    mcp = None
    if company.mcp_servers:
        # Its library costs 17 MB, and most companies have no such server.
        from adapters.mcp_tools import McpTools  # noqa: PLC0415

        mcp = McpTools(company.mcp_servers, clock=clock, secrets=os.environ.get, on_drift=withdrawn)  # noqa: TID251  # secrets are named by the folder
        for missing in await mcp.open():
            logger.bind(company=company.id, server=missing).error("a tool server does not answer yet")
        stack.push_async_callback(mcp.close)
        load_company(folder, tools=mcp.describe())  # read again: only now is known what its tools take
    systems = BoundSystems(clock=clock, openapi=openapi, mcp=mcp, on_withdrawn=withdrawn)
    for why in dict.fromkeys(filter(None, map(systems.why_not, calls_of(company)))):
        logger.bind(company=company.id, why=why).warning("an operation cannot be called")
    return systems


def calls_of(company: Company) -> Sequence[Binding]:
    """Every call of a system that a company's folder names: deeds, and what is read before and after them."""
    bindings = [action.binding for action in company.actions]
    bindings += [read.binding for action in company.actions for read in action.reads]
    bindings += [action.reconcile.binding for action in company.actions if action.reconcile]
    if company.verification and company.verification.find:
        bindings.append(company.verification.find)
    if by := company.recognise:
        bindings.append(Binding(kind=by.kind, name=by.operation, given={by.argument: "caller.number"}))
    return [binding for binding in bindings if binding.kind in {"openapi", "mcp"}]
