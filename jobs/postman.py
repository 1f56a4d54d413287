"""Empties the outbox: each message is claimed and sent once; one that may have gone is looked up first.

Where nobody can say whether it went, it is sent a second time and never a third. The outbox is a durable
queue by itself: a claim is a lease, so what a dead worker held is claimed by another.
"""

import asyncio
from datetime import timedelta
from typing import get_args

from loguru import logger
from prometheus_client import Counter

from domain.clock import Clock
from domain.messaging import Channel
from domain.ports.messages import Claim, Outbox, Sender, Undeliverable
from domain.ports.systems import MaybeDone, NotDone

CHANNELS: tuple[Channel, ...] = get_args(Channel)
AT_ONCE = 5
"""Messages of a channel."""
LOOK_S = 15.0
"""How often it is looked for messages that are due again."""
AFTER_AN_ERROR_S = 5.0
LEASE_S = 120.0
"""Well beyond what a carrier takes to answer."""
RETRIES_S = (10.0, 60.0, 300.0, 1800.0, 7200.0)
MOST_DOUBTS = 2
"""So many copies may be with the customer at most, where nobody could say what became of them."""
UNCONFIRMED = "Unconfirmed"
"""The error of a message that may have gone out: it is not sent again, and a receipt may settle it yet."""
SENT = Counter("callwright_messages", "Messages by channel and what became of sending.", ["channel", "end"])


class Postman:
    """`watch` runs for as long as the worker does."""

    def __init__(self, outbox: Outbox, sender: Sender, clock: Clock) -> None:
        self._outbox = outbox
        self._sender = sender
        self._clock = clock

    async def watch(self) -> None:
        """A mail server that is slow holds up no SMS."""
        async with asyncio.TaskGroup() as together:
            for channel in CHANNELS:
                together.create_task(self._watch(channel))

    async def _watch(self, channel: Channel) -> None:
        async with self._outbox.listening() as something_new:
            while True:
                try:
                    if not await self.round(channel):
                        await something_new(LOOK_S)
                except Exception as error:
                    logger.bind(channel=channel, error=type(error).__name__).error(
                        "The outbox could not be emptied"
                    )
                    await self._clock.sleep(AFTER_AN_ERROR_S)

    async def round(self, channel: Channel) -> int:
        """How many were taken in hand."""
        claims = await self._outbox.claim(AT_ONCE, self._clock.now(), lease_s=LEASE_S, channel=channel)
        await asyncio.gather(*(self._take_in_hand(claim) for claim in claims))
        return len(claims)

    async def _take_in_hand(self, claim: Claim) -> None:
        """What cannot be written down is looked up after the lease, as after a crash."""
        try:
            end = await self._deliver(claim)
        except Exception as error:
            logger.bind(message=claim.message.id, error=type(error).__name__).error(
                "A message lost its outbox"
            )
            end = "uncertain"
        SENT.labels(claim.message.channel, end).inc()

    async def _deliver(self, claim: Claim) -> str:
        """A `MaybeDone` keeps its lease: whoever claims it after that looks it up first, as after a crash."""
        message = claim.message
        try:
            carrier_id = await self._sender.look_up(message) if claim.doubts else None
        except MaybeDone:
            return await self._give_up(claim, UNCONFIRMED)
        except NotDone as error:
            return await self._later(claim, error)
        if carrier_id is None and claim.doubts >= MOST_DOUBTS:
            return await self._give_up(claim, UNCONFIRMED)
        try:
            await self._outbox.sent(message.id, carrier_id or await self._sender.send(message))
        except Undeliverable as error:
            return await self._give_up(claim, type(error).__name__)
        except NotDone as error:
            return await self._later(claim, error)
        except MaybeDone:
            if claim.doubts + 1 >= MOST_DOUBTS:
                return await self._give_up(claim, UNCONFIRMED)
            return "uncertain"
        return "sent"

    async def _later(self, claim: Claim, error: NotDone) -> str:
        if claim.attempt > len(RETRIES_S):
            return await self._give_up(claim, type(error).__name__)
        again = self._clock.now() + timedelta(seconds=RETRIES_S[claim.attempt - 1])
        await self._outbox.failed(claim.message.id, type(error).__name__, again)
        return "later"

    async def _give_up(self, claim: Claim, why: str) -> str:
        logger.bind(message=claim.message.id, channel=claim.message.channel, error=why).error(
            "A message was given up"
        )
        await self._outbox.failed(claim.message.id, why, None)
        return "given_up"
