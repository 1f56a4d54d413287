"""What the rehearsal asks the product, over its HTTP API as any other program would."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

Event = Mapping[str, Any]
"""One of the product's journal: `kind`, `seq` and the kind's own fields."""


@dataclass(frozen=True, kw_only=True)
class LiveNote:
    """A word of the live feed, which forgets what it has told."""

    call_id: str
    kind: str
    """`caller_partial`, `agent_speaking` or `agent_stopped`."""
    text: str


class ProductApi:
    """The calls, as the product tells them."""

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx.AsyncClient(
            base_url=url, headers={"Authorization": f"Bearer {key}"}, trust_env=False, timeout=10
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def find(self, carrier_call_id: str) -> Mapping[str, Any] | None:
        """The call that the carrier calls so; newest calls are looked through."""
        answer = await self._http.get("/api/calls")
        calls = answer.raise_for_status().json()["calls"]
        return next((call for call in calls if call["carrier_call_id"] == carrier_call_id), None)

    async def call(self, call_id: str) -> Mapping[str, Any]:
        """One call with its `events` so far."""
        answer = await self._http.get(f"/api/calls/{call_id}")
        shown: Mapping[str, Any] = answer.raise_for_status().json()
        return shown

    async def recording(self, call_id: str) -> bytes:
        """A WAV file, the caller on its first channel; empty where nothing was recorded."""
        answer = await self._http.get(f"/api/calls/{call_id}/recording.wav")
        return answer.content if answer.is_success else b""

    async def approve(self, approval_id: str, *, by: str) -> None:
        """As a supervisor does at the desk. Raises `httpx.HTTPStatusError` where it may not be."""
        wish = {"decision": "approve", "by": by}
        (await self._http.post(f"/api/approvals/{approval_id}", json=wish)).raise_for_status()

    async def sign_in_link(self) -> str:
        """An address that signs its visitor in once."""
        answer = await self._http.post("/api/sign-in-links")
        return str(answer.raise_for_status().json()["url"])

    async def live(self) -> AsyncIterator[LiveNote]:
        """What is said at this moment, for as long as the product tells (server-sent events)."""
        async with self._http.stream("GET", "/api/live", timeout=None) as feed:
            feed.raise_for_status()
            async for line in feed.aiter_lines():
                if line.startswith("data:"):
                    note = json.loads(line.removeprefix("data:"))
                    yield LiveNote(call_id=note["call_id"], kind=note["kind"], text=note.get("text", ""))
