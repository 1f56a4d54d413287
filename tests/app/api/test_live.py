"""The hub: everybody is told, nobody holds anybody up."""

import asyncio
from contextlib import aclosing

from app.live import Happened, LiveHub, LiveNote, Note, NotesLost
from domain.events import GoalOpened


async def _seen(hub: LiveHub, count: int, begun: asyncio.Event) -> list[LiveNote]:
    notes: list[LiveNote] = []
    async with aclosing(hub.watch()) as watch:
        asyncio.get_running_loop().call_soon(begun.set)
        async for note in watch:
            notes.append(note)
            if len(notes) == count:
                break
    return notes


async def test_nobody_watches_and_nothing_is_kept() -> None:
    hub = LiveHub()
    hub.publish("a", "caller_partial", "where")
    hub.event("a", 1, GoalOpened(goal="order_status"))
    assert not hub.watched
    begun = asyncio.Event()
    watching = asyncio.create_task(_seen(hub, 1, begun))
    await begun.wait()
    assert hub.watched
    hub.publish("a", "agent_stopped", "")
    assert await watching == [Note(call_id="a", kind="agent_stopped", text="")]
    assert not hub.watched


async def test_every_watcher_sees_everything_in_order() -> None:
    hub = LiveHub()
    begun = [asyncio.Event(), asyncio.Event()]
    watching = [asyncio.create_task(_seen(hub, 2, event)) for event in begun]
    for event in begun:
        await event.wait()
    hub.publish("a", "caller_partial", "where")
    hub.event("b", 7, GoalOpened(goal="order_status"))
    told = [
        Note(call_id="a", kind="caller_partial", text="where"),
        Happened(call_id="b", seq=7, event=GoalOpened(goal="order_status")),
    ]
    assert await asyncio.gather(*watching) == [told, told]


async def test_a_slow_watcher_loses_the_oldest_and_is_told_how_many() -> None:
    hub = LiveHub(room=2)
    begun = asyncio.Event()
    watching = asyncio.create_task(_seen(hub, 3, begun))
    await begun.wait()
    for word in ("one", "two", "three", "four", "five"):
        hub.publish("a", "caller_partial", word)
    seen = await watching
    assert seen[0] == NotesLost(count=3)
    assert [note.text for note in seen[1:] if isinstance(note, Note)] == ["four", "five"]


async def test_a_cancelled_watcher_is_forgotten() -> None:
    hub = LiveHub()
    begun = asyncio.Event()
    watching = asyncio.create_task(_seen(hub, 1, begun))
    await begun.wait()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    assert not hub.watched


async def test_closing_lets_everybody_go_with_what_they_were_told() -> None:
    hub = LiveHub()
    begun = asyncio.Event()
    watching = asyncio.create_task(_seen(hub, 5, begun))
    await begun.wait()
    hub.publish("a", "agent_stopped", "")
    hub.close()
    assert await watching == [Note(call_id="a", kind="agent_stopped", text="")]
    assert [note async for note in hub.watch()] == []
    assert not hub.watched
