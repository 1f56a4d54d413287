"""The journal's rules on paper: how an event is named, sealed into its call's chain, and proven unchanged.

A link covers a salted digest and not the words themselves: once a person's key is destroyed nobody can
read or guess the words, and the chain still verifies. A signed head says how far a chain must reach.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal, get_args, get_origin, get_type_hints

from domain.events import Event

SALT_BYTES = 16
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class EventsLost(Exception):
    """The journal's queue was full: this many events of the call were refused, and counted."""

    def __init__(self, call_id: str, count: int) -> None:
        super().__init__(f"the journal could not take {count} events of call {call_id}: its queue was full")
        self.call_id = call_id
        self.count = count


@dataclass(frozen=True, kw_only=True)
class UnknownEvent:
    """An event of another version of the product: kept and shown as it was written."""

    kind: str
    fields: Mapping[str, object]


def kind_of(event_type: type) -> str:
    """`CallerSaid` is `caller_said`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", event_type.__name__).lower()


KINDS: Mapping[str, type[Event]] = {kind_of(kind): kind for kind in get_args(Event)}
KIND_NAMES: Mapping[type[Event], str] = {kind: name for name, kind in KINDS.items()}


def event_from(kind: str, values: Mapping[str, object]) -> Event | UnknownEvent:
    """The event that was written; fields that this version does not know are left aside."""
    if kind not in KINDS:
        return UnknownEvent(kind=kind, fields=values)
    known = {name: read(values[name]) for name, read in _READERS[kind].items() if name in values}
    if _REQUIRED[kind] - known.keys():
        return UnknownEvent(kind=kind, fields=values)
    return KINDS[kind](**known)


def _as_written(value: Any) -> Any:
    return value


def _reader(hint: object) -> Callable[[Any], Any]:
    """JSON knows no tuples, the only type of ours that it changes."""
    return tuple if get_origin(hint) is tuple else _as_written


def _required(event_type: type[Event]) -> frozenset[str]:
    has_default = {f.name for f in fields(event_type) if (f.default, f.default_factory) != (MISSING, MISSING)}
    return frozenset(field.name for field in fields(event_type)) - has_default


_READERS = {
    name: {field: _reader(hint) for field, hint in get_type_hints(kind).items()}
    for name, kind in KINDS.items()
}
_REQUIRED = {name: _required(kind) for name, kind in KINDS.items()}


def digest_of(salt: bytes, payload: bytes) -> bytes:
    """What the chain holds instead of the words."""
    return hashlib.sha256(salt + payload).digest()


def genesis(call_id: str) -> bytes:
    """The link before a call's first event."""
    return hashlib.sha256(b"callwright journal 1\0" + call_id.encode()).digest()


def link(previous: bytes, call_id: str, *, seq: int, kind: str, at: datetime, digest: bytes) -> bytes:
    """The next link; each part is delimited, so that no two entries have the same bytes."""
    micros = (at - _EPOCH) // timedelta(microseconds=1)
    head = f"{call_id}\0{seq}\0{kind}\0{micros}\0".encode()
    return hashlib.sha256(previous + head + digest).digest()


def sign_head(key: bytes, call_id: str, seq: int, chain: bytes) -> bytes:
    """HMAC-SHA256: only who holds the key can say how far a chain reaches."""
    return hmac.digest(key, f"{call_id}\0{seq}\0".encode() + chain, "sha256")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One stored event as a verifier sees it."""

    seq: int
    kind: str
    at: datetime
    digest: bytes
    chain: bytes
    payload_digest: bytes | None
    """Digest of what the payload holds now; None where the person was erased."""
    readable: bool = True
    """False where a key exists and does not open the payload."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """How far a chain reaches, signed; kept outside the journal."""

    call_id: str
    seq: int
    chain: bytes
    signature: bytes


Break = Literal[
    "payload_changed",
    "entry_changed",
    "entry_missing",
    "end_cut",
    "end_unsigned",
    "end_replaced",
    "head_missing",
    "head_forged",
    "call_missing",
]


@dataclass(frozen=True, kw_only=True)
class Flaw:
    """Where a chain is broken, and how."""

    call_id: str
    kind: Break
    seq: int
    """The first event concerned; 0 where it is the whole call."""
    until: int | None = None
    """The last event concerned, where there are several."""

    def __str__(self) -> str:
        place = (
            f"event {self.seq}" if self.until in (None, self.seq) else f"events {self.seq} to {self.until}"
        )
        return f"call {self.call_id}, {place}: {_WORDS[self.kind]}"


_WORDS: Mapping[Break, str] = {
    "payload_changed": "the stored words are not the ones that were written",
    "entry_changed": "the number, kind, time, digest or link of this entry was changed",
    "entry_missing": "removed from the middle",
    "end_cut": "cut off from the end",
    "end_unsigned": "no signed head covers this end",
    "end_replaced": "the chain up to here is not the one that was signed",
    "head_missing": "there is no signed head for this call",
    "head_forged": "the signature of the head is wrong",
    "call_missing": "the call is known to the heads and its journal is gone",
}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What checking one call found."""

    call_id: str
    events: int
    erased: int
    """Events whose person was erased: their links hold, their words are gone."""
    flaws: tuple[Flaw, ...]


def verify(call_id: str, entries: Iterable[Entry], heads: Sequence[Head], key: bytes) -> Verdict:
    """Check one call. `entries` in order of their numbers; `heads` from the table and from the file."""
    flaws: list[Flaw] = []
    chains = {0: genesis(call_id)}
    possible = {chains[0]}
    last = erased = count = 0
    for entry in entries:
        count += 1
        if entry.seq != last + 1:
            flaws.append(Flaw(call_id=call_id, kind="entry_missing", seq=last + 1, until=entry.seq - 1))
            possible = set()
        computed = {
            link(previous, call_id, seq=entry.seq, kind=entry.kind, at=entry.at, digest=entry.digest)
            for previous in possible
        }
        if possible and entry.chain not in computed:
            flaws.append(Flaw(call_id=call_id, kind="entry_changed", seq=entry.seq))
        elif not entry.readable or entry.payload_digest not in (None, entry.digest):
            flaws.append(Flaw(call_id=call_id, kind="payload_changed", seq=entry.seq))
        # Only the link itself may have been changed: what follows then holds to the computed one.
        possible = computed | {entry.chain}
        chains[entry.seq] = entry.chain
        last = entry.seq
        erased += entry.payload_digest is None and entry.readable
    flaws += _against_heads(call_id, chains, last, heads, key)
    return Verdict(call_id=call_id, events=count, erased=erased, flaws=tuple(flaws))


def _against_heads(
    call_id: str, chains: Mapping[int, bytes], last: int, heads: Sequence[Head], key: bytes
) -> list[Flaw]:
    genuine = [h for h in heads if hmac.compare_digest(sign_head(key, call_id, h.seq, h.chain), h.signature)]
    flaws = [Flaw(call_id=call_id, kind="head_forged", seq=h.seq) for h in heads if h not in genuine]
    if not genuine:
        return flaws if heads else [*flaws, Flaw(call_id=call_id, kind="head_missing", seq=0)]
    furthest = max(head.seq for head in genuine)
    if last == 0:
        return [*flaws, Flaw(call_id=call_id, kind="call_missing", seq=0)]
    if last < furthest:
        flaws.append(Flaw(call_id=call_id, kind="end_cut", seq=last + 1, until=furthest))
    if last > furthest:
        flaws.append(Flaw(call_id=call_id, kind="end_unsigned", seq=furthest + 1, until=last))
    replaced = {h.seq for h in genuine if h.seq in chains and chains[h.seq] != h.chain}
    return flaws + [Flaw(call_id=call_id, kind="end_replaced", seq=seq) for seq in sorted(replaced)]
