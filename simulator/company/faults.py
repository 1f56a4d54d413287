"""What goes wrong on request: late, failing, garbled, huge and missing answers."""

import json
from typing import Annotated, Literal

from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from simulator.company.access import problem

HUGE_BYTES = 5 * 1024 * 1024
ERROR_PAGE = "<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1><p>The server is on holiday.</p>"

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class Fault(BaseModel):
    """What shall go wrong, for whom and how often."""

    model_config = ConfigDict(extra="forbid")

    operation: str | None = None
    """`operationId`; every operation where it is left out."""
    order_id: str | None = None
    customer_id: str | None = None
    """Where these are given, only requests about this order or customer are hit."""
    writes_only: bool = False
    skip: Annotated[int, Field(ge=0)] = 0
    """So many requests that it would hit go well first."""
    times: Annotated[int, Field(ge=1)] | None = None
    """Until the faults are deleted where it is left out."""
    delay_s: Annotated[float, Field(ge=0)] = 0.0
    """Before the request is carried out; after it, before the answer, with `after_effect`."""
    status: Annotated[int, Field(ge=400, le=599)] | None = None
    body: Literal["wrong_type", "huge", "error_page"] | None = None
    dropped: bool = False
    """The connection is cut in the middle of the answer."""
    after_effect: bool = False
    """The request is carried out although its answer fails."""

    def hits(self, operation: str, arguments: dict[str, Json], *, writes: bool) -> bool:
        return (
            self.operation in (None, operation)
            and (writes or not self.writes_only)
            and self.order_id in (None, arguments.get("order_id"))
            and self.customer_id in (None, arguments.get("customer_id"))
        )

    @property
    def needs_answer(self) -> bool:
        """The true answer is made first, and spoilt or thrown away then."""
        return self.after_effect or self.body == "wrong_type" or not self.replaces_answer

    @property
    def replaces_answer(self) -> bool:
        return self.dropped or self.status is not None or self.body is not None

    def spoil(self, answer: Response | None) -> Response:
        """`answer` is the true one, if it was needed."""
        if self.dropped:
            return CutOff()
        if self.body == "huge":
            return JSONResponse({"padding": "x" * HUGE_BYTES}, self.status or 200)
        if self.body == "error_page":
            return HTMLResponse(ERROR_PAGE, self.status or 502)
        if self.body == "wrong_type":
            assert answer is not None
            return JSONResponse(retyped(json.loads(bytes(answer.body))), self.status or answer.status_code)
        if self.status is not None:
            return problem(self.status, "This failure was asked for.")
        assert answer is not None
        return answer


def retyped(value: Json) -> Json:
    """The same shape, but no value has the type that the document promises."""
    match value:
        case dict():
            return {name: retyped(inner) for name, inner in value.items()}
        case list():
            return {str(place): retyped(inner) for place, inner in enumerate(value)}
        case str():
            return [value]
        case None:
            return {}
        case _:
            return f"about {value}"


class CutOff(Response):
    """An answer that ends before the length it has announced; the server then cuts the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 (ASGI's signature)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"order_id": "47', "more_body": True})


class Faults:
    """The faults that are still to come, oldest first."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def take(self, operation: str, arguments: dict[str, Json], *, writes: bool) -> Fault | None:
        """The first that fits and need not wait for its turn; it is used up once."""
        for place, fault in enumerate(self.waiting):
            if not fault.hits(operation, arguments, writes=writes):
                continue
            if fault.skip:
                self.waiting[place] = fault.model_copy(update={"skip": fault.skip - 1})
                continue
            if fault.times is not None:
                left = [fault.model_copy(update={"times": fault.times - 1})] if fault.times > 1 else []
                self.waiting[place : place + 1] = left
            return fault
        return None
