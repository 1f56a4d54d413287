"""What a process tidies while it runs: recordings are deleted on their day."""

from loguru import logger

from adapters.recordings import EncryptedRecordings
from domain.clock import Clock

ROUND_S = 3600.0


class Housekeeping:
    """One round an hour, the first one at start; a round that fails is tried again with the next."""

    def __init__(self, recordings: EncryptedRecordings, clock: Clock) -> None:
        self._recordings = recordings
        self._clock = clock

    async def watch(self) -> None:
        while True:
            await self.round()
            await self._clock.sleep(ROUND_S)

    async def round(self) -> None:
        try:
            deleted = await self._recordings.delete_due(self._clock.now().date())
        except OSError as error:
            logger.bind(error=type(error).__name__).error("recordings that are due could not be deleted")
            return
        if deleted:
            logger.bind(recordings=deleted).info("recordings were deleted on their day")
