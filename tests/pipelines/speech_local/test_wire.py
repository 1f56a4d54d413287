"""The messages between us and the speech processes."""

import asyncio
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.speech.local.wire import MAX_PAYLOAD, BrokenPipe, Kind, Message, read, receive

MESSAGES = st.builds(
    lambda kind, number, payload: Message(kind=kind, number=number, payload=payload),
    st.sampled_from(Kind),
    st.integers(0, 2**32 - 1),
    st.binary(max_size=50),
)


@given(st.lists(MESSAGES, max_size=5))
def test_messages_arrive_as_they_were_sent(messages: list[Message]) -> None:
    stream = io.BytesIO(b"".join(message.encode() for message in messages))
    assert [read(stream) for _ in messages] == messages
    assert read(stream) is None


def test_a_cut_message_is_the_end() -> None:
    assert read(io.BytesIO(Message(kind=Kind.SOUND, payload=b"abcd").encode()[:-1])) is None


@pytest.mark.parametrize(
    "garbage", [b"\xff" * 9, bytes([Kind.SOUND]) + bytes(4) + (MAX_PAYLOAD + 1).to_bytes(4, "big")]
)
async def test_garbage_is_not_waited_for(garbage: bytes) -> None:
    stream = asyncio.StreamReader()
    stream.feed_data(garbage)
    with pytest.raises(BrokenPipe):
        await receive(stream)
