from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.events import Event
from domain.journal import (
    KIND_NAMES,
    KINDS,
    Entry,
    Flaw,
    Head,
    UnknownEvent,
    digest_of,
    event_from,
    genesis,
    link,
    sign_head,
    verify,
)

KEY = b"k" * 32
CALL = "call-1"
START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def chain_of(count: int, call_id: str = CALL) -> tuple[list[Entry], Head]:
    entries: list[Entry] = []
    previous = genesis(call_id)
    for seq in range(1, count + 1):
        digest = digest_of(bytes([seq % 256]) * 16, f"words {seq}".encode())
        at = START + timedelta(seconds=seq)
        previous = link(previous, call_id, seq=seq, kind="caller_said", at=at, digest=digest)
        entries.append(
            Entry(seq=seq, kind="caller_said", at=at, digest=digest, chain=previous, payload_digest=digest)
        )
    signature = sign_head(KEY, call_id, count, previous)
    return entries, Head(call_id=call_id, seq=count, chain=previous, signature=signature)


def flaws(entries: list[Entry], *heads: Head) -> list[Flaw]:
    return list(verify(CALL, entries, heads, KEY).flaws)


def flaw(kind: Any, seq: int, until: int | None = None) -> Flaw:
    return Flaw(call_id=CALL, kind=kind, seq=seq, until=until)


@given(st.integers(1, 30))
def test_an_untouched_chain_has_no_flaws(count: int) -> None:
    entries, head = chain_of(count)
    assert flaws(entries, head) == []
    assert flaws(entries, head, head) == []


@given(st.data())
def test_a_changed_payload_is_found_at_its_place(data: st.DataObject) -> None:
    entries, head = chain_of(data.draw(st.integers(1, 20)))
    place = data.draw(st.integers(0, len(entries) - 1))
    changed: dict[str, Any] = data.draw(
        st.sampled_from([{"payload_digest": bytes(32)}, {"payload_digest": None, "readable": False}])
    )
    entries[place] = replace(entries[place], **changed)
    assert flaws(entries, head) == [flaw("payload_changed", place + 1)]


@given(st.data())
def test_a_changed_frame_is_found_at_its_place(data: st.DataObject) -> None:
    entries, head = chain_of(data.draw(st.integers(2, 20)))
    place = data.draw(st.integers(0, len(entries) - 2))
    other = bytes(32)
    change: dict[str, Any] = data.draw(
        st.sampled_from(
            [
                {"digest": other, "payload_digest": other},
                {"kind": "agent_spoke"},
                {"at": START - timedelta(microseconds=1)},
                {"chain": other},
            ]
        )
    )
    entries[place] = replace(entries[place], **change)
    assert flaws(entries, head) == [flaw("entry_changed", place + 1)]


@given(st.data())
def test_a_row_removed_from_the_middle_is_found(data: st.DataObject) -> None:
    entries, head = chain_of(data.draw(st.integers(2, 20)))
    first = data.draw(st.integers(0, len(entries) - 2))
    last = data.draw(st.integers(first, len(entries) - 2))
    assert flaws(entries[:first] + entries[last + 1 :], head) == [flaw("entry_missing", first + 1, last + 1)]


@given(st.data())
def test_a_cut_end_is_found(data: st.DataObject) -> None:
    entries, head = chain_of(data.draw(st.integers(2, 20)))
    kept = data.draw(st.integers(1, len(entries) - 1))
    assert flaws(entries[:kept], head) == [flaw("end_cut", kept + 1, len(entries))]


def test_a_cut_end_with_an_old_head_put_back_shows_in_the_file() -> None:
    _, head = chain_of(9)
    shorter, older = chain_of(5)
    assert flaws(shorter, older) == []
    assert flaws(shorter, older, head) == [flaw("end_cut", 6, 9)]


def test_a_chain_computed_anew_without_the_key_is_found() -> None:
    _, head = chain_of(3)
    forged: list[Entry] = []
    previous = genesis(CALL)
    for entry in chain_of(3)[0]:
        digest = digest_of(b"", b"other words")
        previous = link(previous, CALL, seq=entry.seq, kind=entry.kind, at=entry.at, digest=digest)
        forged.append(replace(entry, digest=digest, payload_digest=digest, chain=previous))
    assert flaws(forged, head) == [flaw("end_replaced", 3)]
    signed_by_another = Head(
        call_id=CALL, seq=3, chain=previous, signature=sign_head(b"x", CALL, 3, previous)
    )
    assert flaws(forged, signed_by_another) == [flaw("head_forged", 3)]


def test_rows_that_no_head_covers_a_missing_head_and_a_missing_call_are_found() -> None:
    entries, head = chain_of(4)
    assert flaws(entries, chain_of(2)[1]) == [flaw("end_unsigned", 3, 4)]
    assert flaws(entries) == [flaw("head_missing", 0)]
    assert flaws([], head) == [flaw("call_missing", 0)]


def test_a_call_cannot_stand_in_for_another() -> None:
    entries, head = chain_of(3, "call-2")
    assert [found.kind for found in flaws(entries, head)] == ["entry_changed"] * 3 + ["head_forged"]


def test_an_erased_person_leaves_a_chain_that_verifies() -> None:
    entries, head = chain_of(5)
    erased = [replace(entry, payload_digest=None) for entry in entries]
    verdict = verify(CALL, erased, [head], KEY)
    assert (verdict.flaws, verdict.erased, verdict.events) == ((), 5, 5)


def test_a_flaw_says_where() -> None:
    assert str(flaw("entry_missing", 4, 6)) == "call call-1, events 4 to 6: removed from the middle"
    assert str(flaw("end_cut", 7, 7)) == "call call-1, event 7: cut off from the end"


def value_of(hint: Any) -> Any:
    """Some value of a field's type."""
    origin = get_origin(hint)
    if origin is Literal:
        return get_args(hint)[0]
    if origin is tuple:
        return (value_of(get_args(hint)[0]),) * 2
    if origin is dict:
        return {"a": 1.5}
    plain: dict[Any, object] = {str: "wörds", int: 7, float: 0.5, bool: True}
    return plain[hint] if hint in plain else value_of(get_args(hint)[0])


def sample(kind: type[Event]) -> Event:
    values: dict[str, Any] = {name: value_of(hint) for name, hint in get_type_hints(kind).items()}
    return kind(**values)


def as_json_gives_it(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_read_back(name: str) -> None:
    event = sample(KINDS[name])
    written = {field.name: as_json_gives_it(getattr(event, field.name)) for field in fields(event)}
    assert event_from(KIND_NAMES[type(event)], written) == event


def test_kinds_are_named_in_snake_case_and_never_twice() -> None:
    assert len(KINDS) == len(get_args(Event))
    assert {"call_started", "caller_said", "keypad_pressed", "turn_timed"} <= KINDS.keys()


def test_another_version_is_read_as_far_as_it_is_known() -> None:
    later = {"goal": "order_status", "certainty": 0.9}
    assert event_from("goal_opened", later) == KINDS["goal_opened"](goal="order_status")  # type: ignore[call-arg]  # one of many
    assert event_from("mood_read", {"mood": "calm"}) == UnknownEvent(
        kind="mood_read", fields={"mood": "calm"}
    )
    assert event_from("goal_opened", {}) == UnknownEvent(kind="goal_opened", fields={})
