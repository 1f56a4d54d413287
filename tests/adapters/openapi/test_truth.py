"""Whatever a system and its line do, what we say of a deed is true, and nothing is done twice."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.openapi import OpenApiSystem
from domain.clock import SystemClock
from domain.ports.systems import Answered, MaybeDone, NotDone
from tests.adapters.openapi.documents import SHOP
from tests.support.virtual_time import run

GOOD = {"id": "1", "state": "open"}
BEFORE: dict[str, httpx.Response | Exception] = {
    "refused": httpx.ConnectError("refused"),
    "lost on the way": httpx.WriteError("reset"),
    "busy": httpx.Response(429),
    "closed": httpx.Response(503, headers={"retry-after": "1"}),
    "broken": httpx.Response(500),
    "not like this": httpx.Response(422, json={}),
}
AFTER: dict[str, httpx.Response | Exception] = {
    "well": httpx.Response(200, json=GOOD),
    "answer lost": httpx.ReadError("reset"),
    "late": httpx.ReadTimeout("late"),
    "broken afterwards": httpx.Response(502, html="<p>"),
    "page": httpx.Response(200, html="<p>"),
    "another shape": httpx.Response(200, json={"id": 1}),
}


class System:
    """Keeps what was really done; honours an idempotency key where one is sent."""

    def __init__(self, course: list[str]) -> None:
        self._course = course
        self._keys: set[str] = set()
        self.done = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        step = self._course.pop(0) if self._course else "well"
        answer = BEFORE.get(step) or AFTER[step]
        if step in AFTER:
            key = request.headers.get("idempotency-key")
            self.done += key not in self._keys
            self._keys |= {key} if key else set()
        if isinstance(answer, Exception):
            raise answer
        return answer


async def told(system: System, operation: str, arguments: dict[str, object]) -> Answered | Exception:
    async with httpx.AsyncClient(transport=httpx.MockTransport(system)) as client:
        shop = OpenApiSystem(SHOP, client=client, clock=SystemClock(), secrets={"token": "t"}.get)
        try:
            return await shop.call(operation, arguments, key="deed", timeout_s=4)
        except (NotDone, MaybeDone) as error:
            return error


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [("changeAddress", {"id": "1", "address.city": "Cork"}), ("refund", {"Order": "1"})],
)
@given(course=st.lists(st.sampled_from([*BEFORE, *AFTER]), max_size=4))
def test_what_is_said_of_a_deed_is_true(
    operation: str, arguments: dict[str, object], course: list[str]
) -> None:
    system = System(list(course))
    said = run(told(system, operation, arguments))
    assert system.done <= 1
    match said:
        case Answered(status=status):
            assert system.done == (status < 300)
        case NotDone():
            assert system.done == 0
        case _:
            assert isinstance(said, MaybeDone)
