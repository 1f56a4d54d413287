"""How a deed lies in its table: what limits and states need beside what is personal and sealed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, select

from adapters.storage.people import Lookups, People
from adapters.storage.subjects import Subject
from adapters.storage.tables import deeds, subjects
from domain.deeds import Deed
from domain.money import Money

DEEDS: Select[Any] = select(deeds, subjects.c.wrapped_key).join(subjects, subjects.c.id == deeds.c.subject_id)


def new_row(deed: Deed, person: Subject, people: People, lookups: Lookups) -> dict[str, Any]:
    return {
        "id": deed.id,
        "company": deed.company,
        "call_id": deed.call_id,
        "action": deed.action,
        "subject_lookup": lookups.subject(deed.company, deed.action, deed.subject),
        "customer_lookup": lookups.customer(deed.company, deed.customer),
        "day": date.fromisoformat(deed.day),
        "parent": deed.parent,
        "created_at": deed.created_at,
        "subject_id": person.id,
        **moved_columns(deed),
        "sealed": sealed_of(deed, person, people),
    }


def moved_columns(deed: Deed) -> dict[str, Any]:
    """What changes as a deed moves, but for what is sealed."""
    return {
        "state": deed.state,
        "version": deed.version,
        "amount_minor": deed.amount and deed.amount.minor,
        "currency": deed.amount and deed.amount.currency,
        "outcome": deed.outcome,
        "approver": deed.approver,
        "moved_at": deed.moved_at,
    }


def sealed_of(deed: Deed, person: Subject, people: People) -> bytes:
    personal = {
        "customer": deed.customer,
        "subject": deed.subject,
        "arguments": deed.arguments,
        "scope": deed.scope,
        "result": deed.result,
        "done_at": deed.done_at and deed.done_at.isoformat(),
    }
    return people.seal(person, _place(deed.id), deed.version, personal)


def deed_from(row: Row[Any], people: People) -> Deed:
    """A row of `DEEDS`. Of somebody who was erased only the frame is left: sums, states, ids."""
    person = people.known(row.subject_id, row.wrapped_key)
    personal = people.unseal(person, _place(row.id), row.version, row.sealed)
    done_at = personal.get("done_at")
    return Deed(
        id=row.id,
        company=row.company,
        call_id=row.call_id,
        customer=personal.get("customer", ""),
        action=row.action,
        arguments=personal.get("arguments", {}),
        scope=personal.get("scope", {}),
        subject=personal.get("subject", ""),
        amount=money_of(row.amount_minor, row.currency),
        day=row.day.isoformat(),
        state=row.state,
        version=row.version,
        parent=row.parent,
        result=personal.get("result", {}),
        outcome=row.outcome,
        approver=row.approver,
        created_at=row.created_at,
        moved_at=row.moved_at,
        done_at=done_at and datetime.fromisoformat(done_at),
    )


def money_of(minor: int | None, currency: str | None) -> Money | None:
    return None if minor is None or currency is None else Money(minor=minor, currency=currency)


def _place(deed_id: str) -> str:
    return f"deed {deed_id}"
