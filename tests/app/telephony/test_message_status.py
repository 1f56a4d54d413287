"""What the carrier tells of messages: late, twice, out of order, of strangers, and not by strangers."""

import itertools
from collections.abc import Sequence

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from adapters.carrier.signature import Signatures
from app.metrics import Metrics
from app.telephony.carrier_requests import CarrierRequests
from app.telephony.message_status import MessageStatusDoor
from tests.app.telephony.carrier import ACCOUNT, PUBLIC, TOKEN, Carrier
from tests.support.receipts import Receipts

SID, OTHER = "SM" + "1" * 32, "SM" + "2" * 32


class Door:
    """The door of one test, and a carrier in front of it."""

    def __init__(self, receipts: Receipts) -> None:
        self.receipts, self.metrics = receipts, Metrics()
        requests = CarrierRequests(
            signatures=Signatures([TOKEN], PUBLIC),
            account=ACCOUNT,
            line_of=lambda _: None,
            metrics=self.metrics,
        )
        app = FastAPI()
        app.include_router(
            MessageStatusDoor(requests=requests, receipts=receipts, metrics=self.metrics).router
        )
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://inside")

    async def tell(
        self, status: str, *, message: str = "m1", sid: str = SID, token: str = TOKEN, **more: str
    ) -> int:
        path = f"/twilio/message-status?message={message}"
        form = {"AccountSid": ACCOUNT, "MessageSid": sid, "MessageStatus": status, **more}
        signature = RequestValidator(token).compute_signature(PUBLIC + path, form)
        answer = await self.http.post(path, data=form, headers={"X-Twilio-Signature": signature})
        return answer.status_code

    def ignored(self, reason: str) -> float:
        labels = {"door": "message_status", "reason": reason}
        return self.metrics.registry.get_sample_value("callwright_ignored_total", labels) or 0.0


async def test_a_message_is_followed_to_its_end() -> None:
    door = Door(Receipts("m1"))
    seen: list[str | None] = []
    for status in ("queued", "sent", "delivered"):
        assert await door.tell(status) == 204
        seen.append(await door.receipts.status("m1"))
    assert seen == ["sent", "sent", "delivered"]


async def test_a_message_whose_sending_had_no_answer_is_recognised() -> None:
    door = Door(Receipts("m1", "m2"))
    await door.tell("queued", message="m2", sid=OTHER)
    assert door.receipts.carrier_ids == {"m1": "", "m2": OTHER}


async def test_an_end_comes_with_the_carriers_code() -> None:
    door = Door(Receipts("m1"))
    await door.tell("undelivered", ErrorCode="30003")
    assert door.receipts.told == {SID: ("undelivered", "30003")}
    await door.tell("failed", sid=OTHER, message="m1", ErrorCode="what the text said")
    assert door.receipts.told[OTHER] == ("failed", "")


@given(st.permutations(["queued", "sending", "sent", "sent", "delivered", "delivered"]))
async def test_whatever_the_order_the_end_stays(order: Sequence[str]) -> None:
    door = Door(Receipts("m1"))
    ended = False
    for status in order:
        assert await door.tell(status) == 204
        ended = ended or status == "delivered"
        assert await door.receipts.status("m1") == ("delivered" if ended else "sent")
    assert door.ignored("old") > 0


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"message": "nobody"}, "unknown_message"),
        ({"message": ""}, "unknown_message"),
        ({"message": "m" * 201}, "bad_message"),
        ({"sid": "CA" + "1" * 32}, "bad_message"),
        ({"sid": "SM1"}, "bad_message"),
        ({"status": "receiving"}, "unknown_status"),
        ({"status": ""}, "unknown_status"),
    ],
)
async def test_what_is_not_ours_changes_nothing_and_is_counted(told: dict[str, str], reason: str) -> None:
    door = Door(Receipts("m1"))
    assert await door.tell(**{"status": "delivered", **told}) == 204
    assert door.ignored(reason) == 1
    assert (door.receipts.carrier_ids, door.receipts.told) == ({"m1": ""}, {})


async def test_a_stranger_tells_nothing() -> None:
    door = Door(Receipts("m1"))
    assert await door.tell("delivered", token="another") == 403
    assert await door.tell("delivered", AccountSid="AC" + "b" * 32) == 403
    assert door.receipts.told == {}


async def test_the_signature_holds_for_one_message_only() -> None:
    door = Door(Receipts("m1", "m2"))
    form = {"AccountSid": ACCOUNT, "MessageSid": SID, "MessageStatus": "delivered"}
    signed_for = f"{PUBLIC}/twilio/message-status?message=m1"
    headers = {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(signed_for, form)}
    statuses = [
        (
            await door.http.post(f"/twilio/message-status?message={name}", data=form, headers=headers)
        ).status_code
        for name in ("m2", "m1")
    ]
    assert statuses == [403, 204]
    assert list(itertools.chain(door.receipts.told)) == [SID]


async def test_the_exchange_opens_the_door() -> None:
    carrier = Carrier()
    carrier.receipts.carrier_ids["m1"] = ""
    form = {"AccountSid": ACCOUNT, "MessageSid": SID, "MessageStatus": "sent"}
    assert (await carrier.post("/twilio/message-status?message=m1", form)).status_code == 204
    assert carrier.receipts.carrier_ids == {"m1": SID}
