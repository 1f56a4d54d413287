"""Which operation takes back what another does, and which one looks at what it changes."""

import re
from collections.abc import Mapping

from adapters.openapi.document import Document, Operation
from adapters.openapi_draft.names import words_in

_OPPOSITES: Mapping[str, tuple[str, ...]] = {
    "activate": ("deactivate",),
    "add": ("remove", "delete"),
    "archive": ("unarchive", "restore"),
    "assign": ("unassign",),
    "attach": ("detach",),
    "authorize": ("void",),
    "block": ("unblock",),
    "book": ("cancel", "unbook"),
    "cancel": ("reinstate", "restore", "uncancel", "resume", "reopen"),
    "close": ("reopen", "open"),
    "create": ("delete", "cancel", "remove", "void"),
    "delete": ("restore", "undelete"),
    "disable": ("enable",),
    "enable": ("disable",),
    "hold": ("release", "unhold"),
    "lock": ("unlock",),
    "pause": ("resume", "unpause"),
    "remove": ("add",),
    "reserve": ("release", "cancel"),
    "resume": ("pause",),
    "subscribe": ("unsubscribe",),
    "suspend": ("activate", "reactivate", "unsuspend", "resume"),
    "unblock": ("block",),
    "unlock": ("lock",),
}


class Pairs:
    """Of one document; candidates by names and paths, for a person to decide upon."""

    def __init__(self, document: Document) -> None:
        operations = list(document.operations.values())
        self._readers = {it.path: it for it in operations if it.method == "get"}
        self._deletions = {it.path: it for it in operations if it.method == "delete"}
        self._by_words: dict[tuple[str, tuple[str, ...]], Operation] = {}
        for it in operations:
            words = [] if it.reads else words_in(it.id)
            for word in words:
                self._by_words.setdefault((word, _without(words, word)), it)

    def undo_of(self, operation: Operation) -> Operation | None:
        words = words_in(operation.id)
        for word in words:
            for opposite in _OPPOSITES.get(word, ()):
                found = self._by_words.get((opposite, _without(words, word)))
                if found is not None and found.id != operation.id:
                    return found
        return self._deletion_below(operation.path) if operation.method == "post" else None

    def record_of(self, operation: Operation) -> Operation | None:
        """What reads the thing under the same path, or the nearest thing above it."""
        steps = re.sub(r"\.json$", "", operation.path).split("/")
        for length in range(len(steps), 0, -1):
            if steps[length - 1].endswith("}"):
                path = "/".join(steps[:length])
                found = self._readers.get(path) or self._readers.get(f"{path}.json")
                if found is not None:
                    return found
        return None

    def _deletion_below(self, path: str) -> Operation | None:
        """`POST /orders` is taken back by `DELETE /orders/{id}`."""
        bare = re.sub(r"(\.json)?/?$", "", path)
        below = re.compile(rf"{re.escape(bare)}/\{{[^/]+\}}(\.json)?")
        return next((it for there, it in self._deletions.items() if below.fullmatch(there)), None)


def _without(words: list[str], word: str) -> tuple[str, ...]:
    return tuple(sorted(other for other in words if other != word))
