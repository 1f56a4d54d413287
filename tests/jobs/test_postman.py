"""A message goes out once, however often carriers, workers and databases fail in between."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain.messaging import Channel
from domain.ports.messages import Claim, Outgoing, Undeliverable
from domain.ports.systems import MaybeDone, NotDone
from jobs.postman import LEASE_S, LOOK_S, RETRIES_S, UNCONFIRMED, Postman
from tests.tools.world import StillClock

MESSAGE = Outgoing(
    id="m-1", company="sample", call_id="call-1", template="done", channel="sms", to="+15550100",
    subject="", text="Done.",
)  # fmt: skip


class Claimed:
    """Implements `domain.ports.messages.Claim`."""

    message = MESSAGE

    def __init__(self, attempt: int, doubts: int) -> None:
        self.attempt = attempt
        self.doubts = doubts


class Box:
    """An outbox of one message, with leases as the real one has them."""

    def __init__(self) -> None:
        self.state, self.due, self.error = "queued", StillClock().now(), ""
        self.attempts, self.doubts = 0, 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Callable[[float], Awaitable[None]]]:
        yield asyncio.sleep

    async def claim(self, limit: int, now: datetime, *, lease_s: float, channel: Channel) -> list[Claimed]:
        assert channel == MESSAGE.channel
        if self.state not in {"queued", "sending"} or self.due > now:
            return []
        self.doubts += self.state == "sending"
        claim = Claimed(self.attempts + 1, self.doubts)
        self.state, self.due, self.attempts = "sending", now + timedelta(seconds=lease_s), self.attempts + 1
        return [claim]

    async def sent(self, message_id: str, carrier_id: str) -> bool:
        assert carrier_id == "SM1"
        self.state = "sent"
        return True

    async def failed(self, message_id: str, error_class: str, retry_at: datetime | None) -> bool:
        self.error = error_class
        self.state, self.due = ("failed", self.due) if retry_at is None else ("queued", retry_at)
        return True


class Carrier:
    """Implements `domain.ports.messages.Sender`: takes each of `errors` in turn, then succeeds."""

    def __init__(self, *errors: Exception, taken: bool = False, silent: bool = False) -> None:
        self.errors = list(errors)
        self.taken, self.silent = taken, silent
        self.asked: list[str] = []

    async def send(self, message: Outgoing) -> str:
        self.asked.append("send")
        if self.errors:
            raise self.errors.pop(0)
        return "SM1"

    async def look_up(self, message: Outgoing) -> str | None:
        self.asked.append("look up")
        if self.silent:
            raise MaybeDone("no answer")
        return "SM1" if self.taken else None


async def emptied(carrier: Carrier, box: Box | None = None) -> tuple[Box, float]:
    """Until nothing is left to do, and how long that took."""
    box, clock = box or Box(), StillClock()
    postman = Postman(box, carrier, clock)
    while box.state in {"queued", "sending"}:
        clock.passed = max(clock.passed, (box.due - StillClock().now()).total_seconds())
        await postman.round(MESSAGE.channel)
    return box, clock.passed


async def test_it_is_sent() -> None:
    carrier = Carrier()
    box, took = await emptied(carrier)
    assert (box.state, carrier.asked, took) == ("sent", ["send"], 0.0)


async def test_what_was_certainly_not_sent_is_sent_later() -> None:
    carrier = Carrier(NotDone("busy"), NotDone("busy"))
    box, took = await emptied(carrier)
    assert (box.state, carrier.asked) == ("sent", ["send"] * 3)
    assert took == RETRIES_S[0] + RETRIES_S[1]


async def test_it_is_given_up_at_last() -> None:
    carrier = Carrier(*[NotDone("busy")] * 20)
    box, took = await emptied(carrier)
    assert (box.state, box.error, len(carrier.asked)) == ("failed", "NotDone", len(RETRIES_S) + 1)
    assert took == sum(RETRIES_S)


async def test_what_will_never_be_taken_is_given_up_at_once() -> None:
    carrier = Carrier(Undeliverable("no such number"))
    box, _ = await emptied(carrier)
    assert (box.state, box.error, carrier.asked) == ("failed", "Undeliverable", ["send"])


@pytest.mark.parametrize(
    ("carrier", "state", "asked"),
    [
        (Carrier(MaybeDone("late"), taken=True), "sent", ["send", "look up"]),
        (Carrier(MaybeDone("late")), "sent", ["send", "look up", "send"]),
        (Carrier(MaybeDone("late"), silent=True), "failed", ["send", "look up"]),
    ],
)
async def test_what_may_have_gone_is_looked_up_before_it_is_sent_again(
    carrier: Carrier, state: str, asked: list[str]
) -> None:
    box, took = await emptied(carrier)
    assert (box.state, carrier.asked, took) == (state, asked, LEASE_S)


@pytest.mark.parametrize(
    ("errors", "waits"),
    [
        ([MaybeDone("late")] * 9, [LEASE_S]),
        ([MaybeDone("late"), NotDone("busy"), MaybeDone("late")], [LEASE_S, RETRIES_S[1]]),
        ([NotDone("busy"), MaybeDone("late"), MaybeDone("late")], [RETRIES_S[0], LEASE_S]),
    ],
)
async def test_nobody_ever_gets_a_third_copy(errors: list[Exception], waits: list[float]) -> None:
    carrier = Carrier(*errors)
    box, took = await emptied(carrier)
    copies = sum(isinstance(error, MaybeDone) for error in errors[: carrier.asked.count("send")])
    assert (box.state, box.error, copies, took) == ("failed", UNCONFIRMED, 2, sum(waits))


async def test_workers_that_die_over_a_message_send_it_twice_at_most() -> None:
    box = Box()
    box.state, box.attempts, box.doubts = "sending", 2, 1
    carrier = Carrier()
    await emptied(carrier, box)
    assert (box.state, box.error, carrier.asked) == ("failed", UNCONFIRMED, ["look up"])


async def test_what_a_dead_worker_held_is_looked_up_first() -> None:
    box = Box()
    box.state, box.attempts = "sending", 1
    carrier = Carrier(taken=True)
    await emptied(carrier, box)
    assert (box.state, carrier.asked) == ("sent", ["look up"])


class Post:
    """An outbox and a carrier of two channels, whose mail server never answers."""

    def __init__(self) -> None:
        self.due = {"email": [Claimed(1, 0)], "sms": [Claimed(1, 0), Claimed(1, 0)]}
        self.due["email"][0].message = replace(MESSAGE, channel="email")
        self.listened = self.sent_sms = 0
        self.looked = asyncio.Event()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Callable[[float], Awaitable[None]]]:
        self.listened += 1
        yield self._something_new

    async def _something_new(self, within_s: float) -> None:
        assert within_s == LOOK_S
        self.looked.set()
        await asyncio.sleep(0)

    async def claim(self, limit: int, now: datetime, *, lease_s: float, channel: Channel) -> Sequence[Claim]:
        return [self.due[channel].pop()] if self.due[channel] else []

    async def sent(self, message_id: str, carrier_id: str) -> bool:
        self.sent_sms += 1
        return True

    async def failed(self, message_id: str, error_class: str, retry_at: datetime | None) -> bool:
        raise AssertionError

    async def send(self, message: Outgoing) -> str:
        if message.channel == "email":
            await asyncio.Event().wait()
        return "SM1"

    async def look_up(self, message: Outgoing) -> str | None:
        raise AssertionError


async def test_a_mail_server_that_hangs_holds_up_no_sms_and_one_ear_is_kept() -> None:
    post = Post()
    watch = asyncio.create_task(Postman(post, post, StillClock()).watch())
    async with asyncio.timeout(5):
        await post.looked.wait()
        for _ in range(20):
            await asyncio.sleep(0)
    assert (post.sent_sms, post.listened) == (2, 2)
    watch.cancel()
    await asyncio.wait([watch])
