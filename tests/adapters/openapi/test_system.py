"""Any operation is called as its document says; what may have been done is never taken for undone."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest

from adapters.failures import Mismatch, MismatchAfterWrite, Unsendable
from adapters.openapi import OpenApiSystem
from domain.clock import SystemClock
from domain.ports.systems import Answered, MaybeDone, NotDone
from tests.adapters.openapi.documents import SHOP
from tests.support.virtual_time import run

ORDER = {"id": "4711", "state": "open"}
SECRETS = {"token": "t0ken", "basic": "me:pass", "key": "k"}
Answer = Callable[[httpx.Request], httpx.Response]


class Line:
    """Plays answers one after the other, the last one for ever, and notes when it was asked what."""

    def __init__(self, *answers: httpx.Response | Exception | float) -> None:
        self._answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.at: list[float] = []
        self._clock = SystemClock()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        self.at.append(self._clock.monotonic() - 1000)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, float):
            await self._clock.sleep(answer)
            raise httpx.ReadTimeout("late")
        if isinstance(answer, Exception):
            raise answer
        return answer


def ok(body: object = ORDER, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(
        status, json=body, headers={name.replace("_", "-"): v for name, v in headers.items()}
    )


def page(status: int) -> httpx.Response:
    return httpx.Response(status, html="<h1>Error of Mrs Smith</h1>")


def call(
    line: Line, operation: str, arguments: dict[str, object], *, timeout_s: float = 4.0, base_url: str = ""
) -> Answered:
    async def story() -> Answered:
        async with httpx.AsyncClient(transport=httpx.MockTransport(line)) as client:
            system = OpenApiSystem(
                SHOP,
                client=client,
                clock=SystemClock(),
                secrets=SECRETS.get,
                base_url=base_url,
                chance=lambda: 0.5,
            )
            return await system.call(operation, arguments, key="deed-1", timeout_s=timeout_s)

    told: Coroutine[Any, Any, Answered] = story()
    return run(told)


# -- where arguments go ---------------------------------------------------------------------------


def test_path_query_and_header() -> None:
    line = Line(ok())
    answered = call(
        line,
        "getOrder",
        {"id": "a/b?c d\u00e9", "fresh": True, "tags": ["x", "y"], "states": ["1", "2"], "X-Trace": "t"},
        base_url="http://office.test/v1/",
    )
    assert answered == Answered(status=200, body=ORDER)
    (asked,) = line.asked
    assert str(asked.url) == (
        "http://office.test/v1/orders/a%2Fb%3Fc%20d%C3%A9?fresh=true&tags=x&tags=y&states=1%2C2"
    )
    assert asked.headers["x-trace"] == "t"
    assert asked.headers["authorization"] == "Bearer t0ken"


def test_fields_of_a_json_body_nested_by_dots() -> None:
    line = Line(ok())
    call(
        line, "changeAddress", {"id": "1", "address.city": "Cork", "address.lines": ["a"], "reason": "moved"}
    )
    (asked,) = line.asked
    assert asked.method == "PUT"
    assert str(asked.url) == "https://shop.test/v1/orders/1/address"
    assert json.loads(asked.content) == {"address": {"city": "Cork", "lines": ["a"]}, "reason": "moved"}


def test_fields_of_a_form_and_the_idempotency_key() -> None:
    line = Line(ok())
    call(line, "refund", {"Order": "1 & 2", "Amount": 500, "Lines": ["a", "b"], "To.Name": "S"})
    (asked,) = line.asked
    assert asked.content == b"Order=1+%26+2&Amount=500&Lines=a&Lines=b&To%5BName%5D=S"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.headers["idempotency-key"] == "deed-1"


def test_a_field_that_is_named_as_a_parameter() -> None:
    line = Line(ok())
    call(line, "refund", {"Order": "1", "Store": "a", "body.Store": "b"})
    assert line.asked[0].url.query == b"Store=a"
    assert line.asked[0].content == b"Order=1&Store=b"


def test_a_body_that_is_no_object_is_one_argument() -> None:
    line = Line(ok(["a"], 201))
    assert call(line, "saveLabels", {"body": ["a"]}).body == ["a"]
    assert json.loads(line.asked[0].content) == ["a"]
    assert "authorization" not in line.asked[0].headers


@pytest.mark.parametrize(
    ("operation", "arguments", "why"),
    [
        ("getNothing", {}, "no operation getNothing"),
        ("getOrder", {}, "needs id"),
        ("getOrder", {"id": ".."}, "no name of a resource"),
        ("getOrder", {"id": ""}, "no name of a resource"),
        ("getOrder", {"id": "1", "colour": "red"}, "takes no colour"),
        ("getOrder", {"id": "1", "X-Trace": "a\r\nEvil: 1"}, "no header can carry"),
        ("changeAddress", {"id": "1", "reason": "x"}, "needs address"),
        ("changeAddress", {"id": "1", "address.planet": "x"}, "no parameter or field address.planet"),
        ("changeAddress", {"id": "1", "address.city.name": "x"}, "no parameter or field"),
        ("changeAddress", {"id": "1", "address": object()}, "a object cannot be sent"),
    ],
)
def test_what_the_document_does_not_offer_is_never_sent(
    operation: str, arguments: dict[str, object], why: str
) -> None:
    line = Line(ok())
    with pytest.raises(Unsendable, match=why):
        call(line, operation, arguments)
    assert not line.asked


# -- answers --------------------------------------------------------------------------------------


def test_a_refusal_is_an_answer_even_with_an_error_page() -> None:
    assert call(Line(ok({"why": "unknown"}, 404)), "getOrder", {"id": "1"}) == Answered(
        status=404, body={"why": "unknown"}
    )
    assert call(Line(page(409)), "cancelOrder", {"id": "1"}) == Answered(status=409, body=None)


def test_no_content_is_an_answer() -> None:
    assert call(Line(httpx.Response(204)), "cancelOrder", {"id": "1"}) == Answered(status=204, body=None)


def test_null_is_allowed_where_a_3_0_document_says_nullable() -> None:
    assert call(Line(ok({**ORDER, "note": None})), "getOrder", {"id": "1"}).status == 200


def test_a_pattern_in_another_dialect_proves_nothing() -> None:
    assert call(Line(ok({**ORDER, "code": "any"})), "getOrder", {"id": "1"}).status == 200


WRONG: list[tuple[httpx.Response, str]] = [
    (ok({"id": 4, "state": "open"}), "not as its document says"),
    (ok({"id": "4", "state": "Mrs Smith"}), "not as its document says"),
    (ok({**ORDER, "replaces": {}}), "not as its document says"),
    (ok({"id": "x", "state": "open"}), "not as its document says"),
    (ok([]), "not as its document says"),
    (page(200), "status 200 with text/html content"),
    (httpx.Response(200, content=b"{", headers={"content-type": "application/json"}), "not JSON"),
    (
        httpx.Response(200, content=b"[" * 200_000, headers={"content-type": "application/json"}),
        "too deep|JSON",
    ),
    (ok({**ORDER, "padding": "x" * 5_000_000}), "larger than"),
]


@pytest.mark.parametrize(("answer", "why"), WRONG)
def test_a_wrong_answer_to_a_read_is_none(answer: httpx.Response, why: str) -> None:
    with pytest.raises(Mismatch, match=why) as caught:
        call(Line(answer), "getOrder", {"id": "1"})
    assert "Smith" not in str(caught.value)


@pytest.mark.parametrize(("answer", "why"), WRONG)
def test_after_a_wrong_answer_a_write_may_have_been_done(answer: httpx.Response, why: str) -> None:
    line = Line(answer)
    with pytest.raises(MismatchAfterWrite, match=why) as caught:
        call(line, "changeAddress", {"id": "1", "address.city": "Cork"})
    assert len(line.asked) == 1
    assert "Smith" not in str(caught.value)
    assert "Cork" not in str(caught.value)


def test_a_large_answer_within_bounds_is_read() -> None:
    assert call(Line(ok({**ORDER, "note": "x" * 100_000})), "getOrder", {"id": "1"}).status == 200


def test_a_redirect_is_not_followed() -> None:
    line = Line(httpx.Response(302, headers={"location": "https://elsewhere.test"}))
    with pytest.raises(NotDone, match="redirects are not followed"):
        call(line, "getOrder", {"id": "1"})
    assert len(line.asked) == 1


# -- again, or not --------------------------------------------------------------------------------

LOST = httpx.ReadError("reset")
REFUSED = httpx.ConnectError("refused")


@pytest.mark.parametrize(
    "failure", [LOST, REFUSED, page(500), page(502), ok({}, 429), httpx.ReadTimeout("x")]
)
def test_a_read_is_tried_three_times_with_growing_pauses(failure: httpx.Response | Exception) -> None:
    line = Line(failure)
    with pytest.raises(NotDone):
        call(line, "getOrder", {"id": "1"})
    assert line.at == pytest.approx([0.0, 0.2, 0.6])


def test_a_read_that_succeeds_at_last_is_an_answer() -> None:
    assert call(Line(LOST, page(503), ok()), "getOrder", {"id": "1"}).body == ORDER


@pytest.mark.parametrize(
    "failure",
    [LOST, page(500), page(503), ok({}, 503, retry_after="1"), ok({}, 408), httpx.WriteError("reset")],
)
def test_a_write_that_may_have_arrived_is_not_repeated(failure: httpx.Response | Exception) -> None:
    line = Line(failure, ok())
    with pytest.raises(MaybeDone):
        call(line, "cancelOrder", {"id": "1"})
    assert len(line.asked) == 1


@pytest.mark.parametrize(
    "failure", [REFUSED, httpx.ConnectTimeout("late"), ok({}, 429), ok({}, 429, retry_after="1")]
)
def test_a_write_that_was_never_begun_is_repeated(failure: httpx.Response | Exception) -> None:
    line = Line(failure, httpx.Response(204))
    assert call(line, "cancelOrder", {"id": "1"}).status == 204
    again = Line(failure)
    with pytest.raises(NotDone):
        call(again, "cancelOrder", {"id": "1"})
    assert len(again.asked) == 3


def test_a_write_with_an_idempotency_key_is_repeated_with_the_same() -> None:
    line = Line(LOST, page(500), ok())
    assert call(line, "refund", {"Order": "1"}).body == ORDER
    assert [asked.headers["idempotency-key"] for asked in line.asked] == ["deed-1"] * 3
    assert len({asked.content for asked in line.asked}) == 1


def test_a_busy_proxy_leaves_a_write_with_a_key_uncertain() -> None:
    line = Line(ok({}, 503, retry_after="1"))
    with pytest.raises(MaybeDone):
        call(line, "refund", {"Order": "1"})
    assert len(line.asked) == 3


@pytest.mark.parametrize("later", [REFUSED, ok({}, 429), ok({}, 404), ok({}, 409)])
def test_what_may_have_been_done_once_stays_so(later: httpx.Response | Exception) -> None:
    with pytest.raises(MaybeDone):
        call(Line(LOST, later), "refund", {"Order": "1"})


def test_the_system_says_how_long_to_wait() -> None:
    line = Line(ok({}, 503, retry_after="2"), ok())
    call(line, "getOrder", {"id": "1"})
    assert line.at == pytest.approx([0.0, 2.0])


def test_nobody_waits_longer_than_the_caller_may() -> None:
    line = Line(ok({}, 429, retry_after="60"), ok())
    with pytest.raises(NotDone, match="429"):
        call(line, "cancelOrder", {"id": "1"})
    assert line.at == [0.0]


@pytest.mark.parametrize(("operation", "outcome"), [("getOrder", NotDone), ("cancelOrder", MaybeDone)])
def test_a_system_that_hangs_is_left(operation: str, outcome: type[Exception]) -> None:
    line = Line(1e6)
    with pytest.raises(outcome, match="no answer in time") as caught:
        call(line, operation, {"id": "4711"}, timeout_s=2)
    assert "4711" not in str(caught.value)


def test_errors_carry_no_address_and_no_cause() -> None:
    with pytest.raises(NotDone) as caught:
        call(Line(httpx.ReadError("https://shop.test/orders/4711")), "getOrder", {"id": "4711"})
    assert "4711" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_what_cannot_be_called_is_known_at_start() -> None:
    client = httpx.AsyncClient()
    tree = {**SHOP, "servers": []}
    system = OpenApiSystem(tree, client=client, clock=SystemClock(), secrets={"token": "t"}.get)
    assert "no whole address" in system.why_not("getOrder")
    assert "oauth2" in system.why_not("get_labels")
    assert system.why_not("nothing") == "the document has no operation nothing"
    whole = OpenApiSystem(SHOP, client=client, clock=SystemClock(), secrets={"token": "t"}.get)
    assert not whole.why_not("getOrder")
    assert whole.reads("getOrder")
    assert not whole.reads("refund")
