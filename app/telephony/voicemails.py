"""Fetches the messages that callers left on the carrier's recorder, keeps them with ours, deletes them there.

What is owed stands in a list that survives the process: a message is lost by no failure of ours.
"""

import asyncio

from loguru import logger

from adapters.recordings import EncryptedRecordings, voicemail_of
from domain.clock import Clock
from domain.ports.voicemail import (
    CarrierRecordingFailed,
    CarrierRecordingGone,
    CarrierRecordings,
    OwedVoicemail,
    OwedVoicemails,
)

ROUND_S = 5.0
AT_ONCE = 4
GIVEN_UP_AFTER = 24
"""Attempts, about a day: a recording that the carrier does not have by then was empty, or deleted there."""


class VoicemailCollector:
    """One task a process; several processes share the list."""

    def __init__(
        self,
        *,
        owed: OwedVoicemails,
        carrier: CarrierRecordings,
        recordings: EncryptedRecordings,
        clock: Clock,
    ) -> None:
        self._owed = owed
        self._carrier = carrier
        self._recordings = recordings
        self._clock = clock

    async def watch(self) -> None:
        while True:
            try:
                await self.round()
            except Exception as error:  # the next round may find the database back
                logger.bind(error=type(error).__name__).error("a round over voicemails failed")
            await self._clock.sleep(ROUND_S)

    async def round(self) -> None:
        claimed = await self._owed.claim(AT_ONCE)
        await asyncio.gather(*(self._look_after(owed) for owed in claimed))

    async def _look_after(self, owed: OwedVoicemail) -> None:
        try:
            if not owed.stored and not await self._stored(owed):
                return
            await self._carrier.delete(owed.recording_id)
            await self._owed.done(owed.recording_id)
        except (CarrierRecordingFailed, OSError) as failed:
            logger.bind(call=owed.call_id, error=str(failed), attempts=owed.attempts).warning(
                "a voicemail could not be brought in; it is tried again"
            )

    async def _stored(self, owed: OwedVoicemail) -> bool:
        """False where there is nothing to store yet, or any more."""
        try:
            sound = await self._carrier.fetch(owed.recording_id)
        except CarrierRecordingGone:
            if owed.attempts >= GIVEN_UP_AFTER:
                logger.bind(call=owed.call_id).error("the carrier has no such voicemail; it is given up")
                await self._owed.done(owed.recording_id)
            return False
        await self._recordings.keep(voicemail_of(owed.call_id), sound)
        if not await self._owed.stored(owed.recording_id):
            await self._recordings.delete((owed.call_id,))
        return True
