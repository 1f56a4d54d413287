"""The port `BackOffice` over an OpenAPI system: what only reads, as the first gate asks for it."""

from collections.abc import Mapping

import httpx

from adapters.failures import Unsendable
from adapters.openapi.system import OpenApiSystem
from domain.clock import SystemClock
from domain.ports.back_office import BackOfficeFailed, Json
from domain.ports.systems import NotDone


class OperationRefused(Exception):
    """A mistake in the program or the company's folder, which its check finds at start."""


class OpenApiBackOffice:
    """Implements the `BackOffice` port. The client is shared, and its owner closes it."""

    def __init__(
        self,
        document: Mapping[str, object],
        *,
        client: httpx.AsyncClient,
        base_url: str,
        api_key: str,
        timeout_s: float = 10.0,
    ) -> None:
        tree = {"openapi": "3.1.0", **document}
        self._timeout_s = timeout_s
        self._system = OpenApiSystem(
            tree, client=client, clock=SystemClock(), secrets=lambda _: api_key, base_url=base_url
        )

    async def read(self, operation: str, arguments: Mapping[str, object]) -> tuple[int, Json]:
        if not self._system.reads(operation):
            raise OperationRefused(self._system.why_not(operation) or f"{operation} writes: only GET is open")
        try:
            answered = await self._system.call(operation, arguments, key="", timeout_s=self._timeout_s)
        except Unsendable as error:
            raise OperationRefused(str(error)) from None
        except NotDone as error:
            raise BackOfficeFailed(str(error)) from None
        return answered.status, answered.body
