"""Words that claim nothing of the case, and how words of one language are brought to their root."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib import resources
from typing import Any

_KEPT_ROOTS = 20_000


class Plain:
    """The everyday words of one language; a language without a file has none, and is not looked at."""

    def __init__(self, table: Mapping[str, Any], spoken: Iterable[str]) -> None:
        self._endings = tuple(sorted(table.get("endings", ()), key=len, reverse=True))
        self._shortest = int(table.get("shortest", 3))
        self._rare = frozenset(table.get("rare", ()))
        self._mute = str(table.get("mute", ""))
        self._alike: dict[str, str] = {}
        self.root = lru_cache(maxsize=_KEPT_ROOTS)(self._root)
        for group in table.get("alike", {}).get("groups", ()):
            first, *others = (self._bare(word) for word in group)
            self._alike |= dict.fromkeys(others, first)
        self.only_nouns = bool(table.get("only_nouns", False))
        """Only words with a capital are looked at, as German writes its nouns."""
        self.grammar = self._roots(table, "grammar")
        self.everyday = self.grammar | self._roots(table, "talk") | self._roots(table, "trade")
        self.everyday |= {self.root(word) for word in spoken}
        self.perceives = self._roots(table, "perceives")
        self.everyday -= self._roots(table, "telling")
        self.is_known = bool(table)

    def _roots(self, table: Mapping[str, Any], key: str) -> frozenset[str]:
        return frozenset(self.root(word) for word in str(table.get(key, "")).split())

    def _root(self, word: str) -> str:
        """What "deliver", "delivered" and "deliveries" have in common; words that are alike have one root."""
        bare = self._bare(word)
        return self._alike.get(bare, bare)

    def _least(self, ending: str) -> int:
        """Letters that must be left: "ly" is no ending of "apply"."""
        return self._shortest + (ending in self._rare)

    def _bare(self, word: str) -> str:
        for ending in self._endings:
            if word.endswith(ending) and len(word) - len(ending) >= self._least(ending):
                word = word.removesuffix(ending)
                break
        if word[-1:] in self._mute and len(word) > self._shortest:
            word = word[:-1]
        return word[:-1] if len(word) > self._shortest and word[-1] == word[-2] else word


@cache
def plain_words(primary: str, spoken: tuple[str, ...]) -> Plain:
    file = resources.files("domain.truth") / f"plain_{primary}.toml"
    return Plain(tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}, spoken)
