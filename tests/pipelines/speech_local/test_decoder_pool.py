"""Real decoders: leased, heard, killed, replaced."""

import asyncio
import audioop
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.clock import SystemClock
from pipelines.speech.local.decoder import Decoder, DecoderGone, Final, Partial
from pipelines.speech.local.decoder_pool import DecoderPool, NoDecoderFree
from tests.pipelines.speech_local.corpus import CORPUS, VOCABULARY

pytest.importorskip("pocketsphinx")

AUDIO = Path(__file__).parents[3] / "simulator" / "callers" / "audio"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture
async def pool(cache: Path) -> AsyncIterator[DecoderPool]:
    pool = DecoderPool(size=1, corpus=CORPUS, vocabulary=VOCABULARY, cache=cache, clock=SystemClock())
    await pool.start()
    yield pool
    await pool.close()


async def words(decoder: Decoder, name: str) -> str:
    """What the decoder makes of a rendered utterance, given as fast as it can be."""
    pcm = audioop.ulaw2lin((AUDIO / f"{name}.ulaw").read_bytes(), 2)
    number = decoder.begin_utterance()
    for at in range(0, len(pcm), 1600):
        decoder.sound(pcm[at : at + 1600])
    decoder.finish_utterance()
    async with asyncio.timeout(20):
        while True:
            match await decoder.heard():
                case Final(utterance=utterance) as final if utterance == number:
                    assert all(0.0 <= word.confidence <= 1.0 for word in final.words)
                    return final.text
                case Partial(utterance=utterance, text=text):
                    assert utterance == number and text == text.strip()
                case _:
                    pass


async def test_callers_are_understood_in_words_that_the_company_did_not_foresee(pool: DecoderPool) -> None:
    decoder = pool.lease()
    heard = [
        await words(decoder, name) for name in ("order-status", "return-policy", "order-number", "person")
    ]
    assert heard == [
        "where is my order",
        "what is your return policy",
        "the order number is four seven one two",
        "i want to speak to a person",
    ]
    assert not {"where is my order", "what is your return policy"} & set(CORPUS)


async def test_a_lease_is_for_one_call_and_starts_afresh(pool: DecoderPool) -> None:
    decoder = pool.lease()
    assert pool.free == 0
    with pytest.raises(NoDecoderFree, match="all 1 local decoders are in use"):
        pool.lease()
    decoder.begin_utterance()
    decoder.sound(bytes(1600))
    pool.release(decoder)
    pool.release(decoder)
    assert pool.free == 1
    assert pool.lease() is decoder
    assert await words(decoder, "yes-please") == "yes please"


async def test_silence_has_no_words(pool: DecoderPool) -> None:
    decoder = pool.lease()
    decoder.begin_utterance()
    decoder.finish_utterance()
    async with asyncio.timeout(10):
        assert await decoder.heard() == Final(utterance=2, words=())


async def test_a_killed_decoder_says_so_and_is_replaced(pool: DecoderPool) -> None:
    decoder = pool.lease()
    os.kill(decoder.pid, signal.SIGKILL)
    with pytest.raises(DecoderGone, match="ended"):
        await decoder.heard()
    decoder.sound(bytes(320))
    pool.release(decoder)
    clock = SystemClock()
    async with asyncio.timeout(20):
        while not pool.free:
            await clock.sleep(0.01)
    successor = pool.lease()
    assert successor.pid != decoder.pid
    assert await words(successor, "yes-please") == "yes please"


async def test_closing_the_pool_ends_leased_decoders(cache: Path) -> None:
    pool = DecoderPool(size=2, corpus=CORPUS, vocabulary=VOCABULARY, cache=cache, clock=SystemClock())
    await pool.start()
    leased = pool.lease()
    await pool.close()
    assert leased.gone.is_set() and pool.free == 0
    with pytest.raises(ProcessLookupError):
        os.kill(leased.pid, 0)
