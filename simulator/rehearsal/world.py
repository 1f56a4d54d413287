"""The world around the product, all in this process: back office, stand-in brain, carrier and post."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from simulator.brain.server import create_app as brain_app
from simulator.callers.voice import speak
from simulator.carrier.account import Account, PhoneNumber
from simulator.carrier.carrier import Carrier
from simulator.carrier.service import serving as carrier_serving
from simulator.company.app import app as office_app
from simulator.post.mail_server import MailServer, listening
from simulator.post.outbox import outbox_of
from simulator.post.page import Piece
from simulator.post.page import create_app as post_app
from simulator.rehearsal.places import HOST, LINE, PUBLIC_URL, UNSERVED_LINE, Places, Secrets


class World:
    """Carrier, post, brain and back office of one rehearsal, and misfortunes that may be ordered there."""

    def __init__(self, carrier: Carrier, mail: MailServer, places: Places, http: httpx.AsyncClient) -> None:
        self.carrier = carrier
        self.mail = mail
        self._places = places
        self._http = http

    async def spoil_office(self, **fault: object) -> None:
        """See `simulator.company.faults.Fault`."""
        await self._order(self._places.office_url, fault)

    async def spoil_brain(self, **fault: object) -> None:
        """See `simulator.brain.faults.Fault`."""
        await self._order(self._places.brain_url, fault)

    async def heal(self) -> None:
        """No more misfortunes."""
        for origin in (self._places.office_url, self._places.brain_url):
            (await self._http.delete(f"{origin}/_faults")).raise_for_status()

    async def asked_of_office(self) -> list[dict[str, object]]:
        """Every request to the back office so far, oldest first."""
        answer = await self._http.get(f"{self._places.office_url}/_requests")
        return list(answer.raise_for_status().json())

    async def effects(self) -> list[dict[str, Any]]:
        """Every write that the back office has carried out so far, oldest first."""
        answer = await self._http.get(f"{self._places.office_url}/_effects")
        return list(answer.raise_for_status().json())

    async def shown_to_model(self) -> str:
        """The latest requests to the stand-in brain, as they came."""
        return (await self._http.get(f"{self._places.brain_url}/_requests")).raise_for_status().text

    def post(self) -> list[Piece]:
        """Every message and letter so far, oldest first."""
        return sorted(outbox_of(self.carrier.messaging, self.mail)(), key=lambda piece: piece.at)

    async def _order(self, origin: str, fault: dict[str, object]) -> None:
        (await self._http.post(f"{origin}/_faults", json=fault)).raise_for_status()


@asynccontextmanager
async def standing(places: Places, secrets: Secrets) -> AsyncIterator[World]:
    """Everything but the product, listening."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=5))
        await stack.enter_async_context(_listening(office_app(key=secrets.office_key), places.office))
        await stack.enter_async_context(_listening(brain_app(), places.brain))
        carrier = Carrier(
            account=Account(sid=secrets.account_sid, auth_token=secrets.auth_token),
            numbers=[_number(LINE), _number(UNSERVED_LINE)],
            origins={PUBLIC_URL: places.product_url},
            voice=speak,
        )
        stack.push_async_callback(carrier.close)
        await stack.enter_async_context(
            carrier_serving(carrier, speak_text=speak, host=HOST, port=places.carrier)
        )
        mail = MailServer()
        await stack.enter_async_context(listening(mail, port=places.mail))
        await stack.enter_async_context(_listening(post_app(outbox_of(carrier.messaging, mail)), places.post))
        yield World(carrier, mail, places, http)


def _number(number: str) -> PhoneNumber:
    return PhoneNumber(
        number=number,
        voice_url=f"{PUBLIC_URL}/twilio/voice",
        fallback_url=f"{PUBLIC_URL}/twilio/fallback",
        status_callback=f"{PUBLIC_URL}/twilio/status",
    )


@asynccontextmanager
async def _listening(app: FastAPI, port: int) -> AsyncIterator[None]:
    """The application on this event loop; whoever called us owns the signals."""
    server = uvicorn.Server(
        uvicorn.Config(app, host=HOST, port=port, log_level="warning", timeout_graceful_shutdown=1)
    )
    server.capture_signals = nullcontext  # type: ignore[assignment, method-assign]  # as the docstring says
    work = asyncio.create_task(server.serve())
    try:
        while not server.started:
            if work.done():
                work.result()
                raise RuntimeError(f"nothing can listen on port {port} of {HOST}")
            await asyncio.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        await work
