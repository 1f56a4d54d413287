"""The play-out buffer keeps order, loses nothing and never forgets a mark."""

from hypothesis import given
from hypothesis import strategies as st

from simulator.carrier.playout import PlayOut
from simulator.carrier.sound import FRAME_BYTES

STEPS = st.lists(
    st.one_of(
        st.binary(min_size=1, max_size=900).map(lambda b: ("media", b.replace(b"\xff", b"\xfe"))),
        st.integers(0, 10**9).map(lambda n: ("mark", n)),
        st.just(("take", 0)),
        st.just(("clear", 0)),
    ),
    max_size=60,
)


@given(STEPS)
def test_marks_return_in_order_once_and_never_before_their_sound_has_ended(
    steps: list[tuple[str, bytes | int]],
) -> None:
    playout, returned = PlayOut(), list[int]()
    due: list[tuple[int, int]] = []
    appended = ended = sounding = 0
    for number, (step, value) in enumerate(steps):
        if isinstance(value, bytes):
            playout.append(value)
            appended += len(value)
        elif step == "mark":
            due.append((number, appended))
            playout.mark(lambda number=number: returned.append(number))  # type: ignore[misc] # bound early
        elif step == "take":
            ended, frame = sounding, playout.take()
            sounding += len(frame.rstrip(b"\xff"))
        else:
            appended = sounding
            due = [(n, min(position, ended)) for n, position in due]
            playout.clear()
        assert returned == [n for n, position in due if position <= ended]


@given(st.lists(st.binary(min_size=1, max_size=500)))
def test_what_is_heard_is_what_was_sent_filled_up_with_silence(pieces: list[bytes]) -> None:
    playout, heard = PlayOut(), b""
    for piece in pieces:
        playout.append(piece)
    while playout.waiting_bytes:
        heard += playout.take()
    assert heard.startswith(b"".join(pieces))
    assert len(heard) % FRAME_BYTES == 0
    assert set(heard[len(b"".join(pieces)) :]) <= {0xFF}
