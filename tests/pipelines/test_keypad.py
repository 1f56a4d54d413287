"""An entry of the keypad, whoever leans on the keys."""

from typing import Any

from pipelines.keypad import LONGEST_ENTRY, Keypad


class Quiet:
    """An inbox whose moments never come: only the pound key ends an entry."""

    def at(self, *_: object) -> None:
        return None

    def not_at(self, *_: object) -> None:
        return None


async def test_an_entry_without_an_end_is_cut() -> None:
    entries: list[str] = []

    async def done(digits: str) -> None:
        entries.append(digits)

    inbox: Any = Quiet()
    keypad = Keypad(inbox, done)
    for number in range(10_000):
        await keypad.press(str(number % 10))
    await keypad.press("#")
    await keypad.press("5")
    await keypad.press("#")
    assert [len(entry) for entry in entries] == [LONGEST_ENTRY, 1]
