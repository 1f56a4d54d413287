"""The carrier's doors on the loopback network: Twilio's REST, faults on request, the softphone."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict

from simulator.carrier import rest, rest_messages
from simulator.carrier.carrier import Carrier
from simulator.carrier.exchange import Voice
from simulator.carrier.faults import CallFaults, MessageFaults, RestFaults
from simulator.carrier.softphone import door


class FaultsAsked(BaseModel):
    """What `POST /_faults` takes; a part left out is set back to well behaved."""

    model_config = ConfigDict(extra="forbid")

    calls: CallFaults = CallFaults()
    rest: RestFaults = RestFaults()
    messages: MessageFaults = MessageFaults()


def create_app(carrier: Carrier, *, speak_text: Voice | None = None) -> FastAPI:
    """`speak_text` is the voice of a softphone's caller who types."""
    app = FastAPI(title="Simulated carrier", docs_url=None, redoc_url=None)
    rest.install(app, carrier)
    rest_messages.install(app, carrier)
    door.install(app, carrier, speak_text=speak_text)

    @app.get("/healthz")
    async def health() -> dict[str, str]:
        return {"status": "ok", "what": "simulated carrier"}

    @app.post("/_faults")
    async def set_faults(asked: FaultsAsked) -> FaultsAsked:
        carrier.faults.calls, carrier.faults.rest = asked.calls, asked.rest
        carrier.faults.messages = asked.messages
        return asked

    return app


@asynccontextmanager
async def serving(
    carrier: Carrier, *, speak_text: Voice | None = None, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[str]:
    """The carrier's service in this event loop; yields its origin, `http://127.0.0.1:PORT`."""
    app = create_app(carrier, speak_text=speak_text)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        config = uvicorn.Config(
            app,
            log_level="warning",
            lifespan="off",
            ws="websockets-sansio",
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        # The program that hosts the carrier owns the signals.
        server.capture_signals = nullcontext  # type: ignore[assignment, method-assign]
        work = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            while not server.started:
                if work.done():
                    work.result()
                await asyncio.sleep(0.01)
            yield f"http://{host}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            await work
