"""Warm decoders, one a call: leased at the start of a call, given back at its end, replaced when they die."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from loguru import logger

from domain.clock import Clock
from pipelines.speech.local.decoder import Decoder, DecoderGone
from pipelines.speech.local.recogniser_files import RecogniserFiles, prepare

_REST_S = (0.0, 1.0, 5.0, 15.0)
"""Before the first, second ... restart in a row; a decoder that cannot start must not spin."""


class NoDecoderFree(Exception):
    """As many calls as there are decoders are being listened to."""

    def __init__(self, size: int) -> None:
        super().__init__(
            f"all {size} local decoders are in use: refuse the call, or raise the number of decoders "
            "(each takes about 30 MB and 5 % of a core while its caller speaks)"
        )


class DecoderPool:
    """Decoders that know one company's language."""

    def __init__(
        self,
        *,
        size: int,
        corpus: Sequence[str],
        vocabulary: Sequence[str],
        cache: Path,
        clock: Clock,
    ) -> None:
        """`corpus`: how callers say what they want. `vocabulary`: names. `cache`: a folder we may write."""
        self.size = size
        self._corpus, self._vocabulary, self._cache = tuple(corpus), tuple(vocabulary), cache
        self._clock = clock
        self._free: list[Decoder] = []
        self._alive: set[Decoder] = set()
        self._keepers: list[asyncio.Task[None]] = []

    @property
    def free(self) -> int:
        """How many more calls can be listened to now."""
        return sum(not decoder.gone.is_set() for decoder in self._free)

    async def start(self) -> None:
        """Returns when all decoders are warm; raises `NotInstalled` or `DecoderGone`."""
        files = await asyncio.to_thread(
            prepare, corpus=self._corpus, vocabulary=self._vocabulary, cache=self._cache
        )
        starts = [asyncio.create_task(Decoder.start(files)) for _ in range(self.size)]
        try:
            decoders = await asyncio.gather(*starts)
        except BaseException:
            for result in await asyncio.gather(*starts, return_exceptions=True):
                if isinstance(result, Decoder):
                    await result.close()
            raise
        self._free, self._alive = list(decoders), set(decoders)
        self._keepers = [asyncio.create_task(self._keep(decoder, files)) for decoder in decoders]

    async def close(self) -> None:
        """End every decoder, leased or free; they end together."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        await asyncio.gather(*(decoder.close() for decoder in self._alive))
        self._keepers.clear()
        self._alive.clear()
        self._free.clear()

    def lease(self) -> Decoder:
        """A decoder for one call, to be given back with `release`; raises `NoDecoderFree`."""
        while self._free:
            decoder = self._free.pop()
            if not decoder.gone.is_set():
                decoder.begin_caller()
                return decoder
        raise NoDecoderFree(self.size)

    def release(self, decoder: Decoder) -> None:
        """Giving back a decoder that died in use is fine: its successor is on the way."""
        if not decoder.gone.is_set() and decoder not in self._free:
            self._free.append(decoder)

    async def _keep(self, decoder: Decoder, files: RecogniserFiles) -> None:
        """Keep one place of the pool filled until the pool is closed."""
        while True:
            await decoder.gone.wait()
            await decoder.close()
            self._alive.discard(decoder)
            self._free = [other for other in self._free if other is not decoder]
            logger.warning("a local decoder ended; starting another")
            decoder = await self._replace(files)
            self._alive.add(decoder)
            self._free.append(decoder)

    async def _replace(self, files: RecogniserFiles) -> Decoder:
        failures = 0
        while True:
            await self._clock.sleep(_REST_S[min(failures, len(_REST_S) - 1)])
            try:
                return await Decoder.start(files)
            except DecoderGone:
                failures += 1
