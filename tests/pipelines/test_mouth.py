"""The pump of our side of the line, against a carrier that plays in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable

from pytest import approx

from domain.playout import Utterance
from domain.ports.media import SocketClosed
from pipelines import wire
from pipelines.mouth import Mouth
from pipelines.recorder import Recorder
from tests.support.scripted_call import ListRecordings
from tests.support.scripted_carrier import STREAM, ScriptedCarrier
from tests.support.virtual_time import run


class Ear:
    """Who wants to know what the caller hears."""

    def __init__(self, carrier: ScriptedCarrier) -> None:
        self._carrier = carrier
        self.audible: list[tuple[str, float]] = []
        self.heard: list[tuple[str, float]] = []
        self.all_heard: list[float] = []

    def on_audible(self, utterance: Utterance, plays_at: float) -> None:
        self.audible.append((utterance.text, round(plays_at - self._carrier.origin, 3)))

    def on_heard(self, utterance: Utterance) -> None:
        self.heard.append((utterance.text, round(self._carrier.now, 2)))

    def on_all_heard(self, now: float) -> None:
        self.all_heard.append(round(now - self._carrier.origin, 2))


def played(carrier: ScriptedCarrier) -> list[float]:
    """Where each stretch of our sound began and ended."""
    return [edge for stretch in carrier.played for edge in (stretch.begins, stretch.ends)]


def saying(text: str, seconds: float) -> Utterance:
    said = Utterance(id=text, text=text, turn=1, role="answer")
    said.audio += b"\x10" * round(8000 * seconds)
    said.complete = True
    return said


def play(story: Callable[[Mouth, ScriptedCarrier, Ear], Awaitable[None]]) -> None:
    async def staged() -> None:
        carrier = ScriptedCarrier()
        ear = Ear(carrier)
        recorder = Recorder(ListRecordings(), "call-1")
        mouth = Mouth(stream_sid=STREAM, send=carrier.send, recorder=recorder, listener=ear)

        async def listen() -> None:
            while True:
                match wire.read(await carrier.receive(), STREAM):
                    case wire.MarkReturned(name=name):
                        mouth.mark_returned(name)
                    case _:
                        pass

        tasks = [asyncio.create_task(mouth.run()), asyncio.create_task(listen())]
        await story(mouth, carrier, ear)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    run(staged())


def test_utterances_are_heard_one_behind_the_other() -> None:
    async def story(mouth: Mouth, carrier: ScriptedCarrier, ear: Ear) -> None:
        mouth.say(saying("one", 1.5))
        mouth.say(saying("two", 2.0))
        await asyncio.sleep(5.0)

        assert played(carrier) == approx([0.0, 3.5])
        assert ear.audible == [("one", 0.0), ("two", 1.5)]
        assert [text for text, _ in ear.heard] == ["one", "two"]
        assert [at for _, at in ear.heard] == approx([1.5, 3.5], abs=0.03)
        assert ear.all_heard == [approx(3.5, abs=0.03)]

    play(story)


def test_the_carrier_has_never_more_than_it_must() -> None:
    async def story(mouth: Mouth, carrier: ScriptedCarrier, ear: Ear) -> None:
        mouth.say(saying("long", 6.0))
        for _ in range(60):
            await asyncio.sleep(0.1)
            assert carrier.played[-1].ends - carrier.now <= 1.2 + 1e-6
        assert len(carrier.played) == 1  # and never ran dry

    play(story)


def test_sound_goes_out_as_it_comes() -> None:
    async def story(mouth: Mouth, carrier: ScriptedCarrier, ear: Ear) -> None:
        said = Utterance(id="1", text="slow", turn=1, role="answer")
        mouth.say(said)
        await asyncio.sleep(0.3)
        for _ in range(2):
            mouth.feed(said, b"\x00\x10" * 800)  # a tenth of a second, every second
            await asyncio.sleep(1.0)
        mouth.end(said)
        await asyncio.sleep(1.0)

        assert [p.begins for p in carrier.played] == approx([0.3, 1.3])
        assert said.first_sound_at == approx(carrier.origin + 0.3)
        assert [text for text, _ in ear.heard] == ["slow"]
        assert len(ear.audible) == 1

    play(story)


def test_clear_goes_out_at_once_and_the_rest_is_told() -> None:
    async def story(mouth: Mouth, carrier: ScriptedCarrier, ear: Ear) -> None:
        mouth.say(saying("one two three four", 2.0))
        await asyncio.sleep(0.5)
        [(cut, heard_s)] = mouth.drop()
        await asyncio.sleep(0)
        await asyncio.sleep(0)

        assert carrier.clears == [approx(0.5)]
        assert cut.text_by(heard_s) == "one" and heard_s == approx(0.5)
        await asyncio.sleep(3.0)
        assert ear.heard == [] and ear.all_heard == []
        assert mouth.drop() == [] and len(carrier.clears) == 1

    play(story)


def test_held_back_and_going_on() -> None:
    async def story(mouth: Mouth, carrier: ScriptedCarrier, ear: Ear) -> None:
        mouth.say(saying("one two three four", 2.0))
        await asyncio.sleep(0.5)
        mouth.hold()
        await asyncio.sleep(1.0)
        mouth.resume()
        await asyncio.sleep(4.0)

        # 18 characters in 2 s: "one" ends at 0.333 s; from there on it is said again at 1.5 s
        assert played(carrier) == approx([0.0, 0.5, 1.5, 1.5 + 2.0 - 0.333], abs=0.01)
        assert [text for text, _ in ear.audible] == ["one two three four"] * 2
        assert [text for text, _ in ear.heard] == ["one two three four"]
        assert len(carrier.clears) == 1

    play(story)


def test_dropping_what_is_held_clears_once() -> None:
    async def story(mouth: Mouth, carrier: ScriptedCarrier, ear: Ear) -> None:
        mouth.say(saying("one two three four", 2.0))
        await asyncio.sleep(0.5)
        mouth.hold()
        await asyncio.sleep(0.2)
        assert len(mouth.drop()) == 1
        await asyncio.sleep(1.0)
        assert len(carrier.clears) == 1

    play(story)


def test_a_mark_never_follows_a_clear_that_overtook_its_sound() -> None:
    async def story(mouth: Mouth, carrier: ScriptedCarrier, ear: Ear) -> None:
        mouth.say(saying("one", 0.05))
        await asyncio.sleep(0.01)
        mouth.drop()
        mouth.say(saying("two", 0.05))
        await asyncio.sleep(2.0)

        events = [message["event"] for _, message in carrier.sent]
        assert events == ["media", "mark", "clear", "media", "mark"]
        assert [text for text, _ in ear.heard] == ["two"]

    play(story)


def test_a_socket_that_closes_ends_the_pump() -> None:
    async def story() -> None:
        carrier = ScriptedCarrier()

        async def closed(_message: str) -> None:
            raise SocketClosed(1006)

        recorder = Recorder(ListRecordings(), "call-1")
        mouth = Mouth(stream_sid=STREAM, send=closed, recorder=recorder, listener=Ear(carrier))
        mouth.say(saying("one", 1.0))
        await mouth.run()

    run(story())
