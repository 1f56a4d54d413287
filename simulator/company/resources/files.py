"""Customers' files: notes, and links to choose a new password."""

from datetime import timedelta

from fastapi import HTTPException

from simulator.company.desk import Desk, TheWrite, next_number, require
from simulator.company.office import TheOffice, look_up
from simulator.company.records.customers import NewNote, NewPasswordReset, Note, PasswordReset

LINK_LASTS = timedelta(hours=1)
LINKS_AT_ONCE = 3

desk = Desk("customer files")


@desk.read(
    "/customers/{customer_id}/notes", "listCustomerNotes", "List the notes on a customer, newest first"
)
def list_notes(office: TheOffice, customer_id: str) -> list[Note]:
    look_up(office.customers, customer_id, "customer")
    theirs = [note for note in office.notes.values() if note.customer_id == customer_id]
    return sorted(theirs, key=lambda note: (note.written_at, note.note_id), reverse=True)


@desk.write(
    "/customers/{customer_id}/notes", "addCustomerNote", "Write a note into a customer's file", status=201
)
async def add_note(write: TheWrite, customer_id: str, wanted: NewNote) -> Note:
    office = write.office
    look_up(office.customers, customer_id, "customer")
    if wanted.order_id is not None:
        order = look_up(office.orders, wanted.order_id, "order")
        if order.customer_id != customer_id:
            raise HTTPException(404, f"Customer {customer_id} has no order {wanted.order_id}.")
    number = next_number("N", office.notes)
    note = Note(note_id=number, customer_id=customer_id, written_at=write.now, **wanted.model_dump())
    return write.keep(office.notes, number, note)


@desk.read(
    "/customers/{customer_id}/password-resets",
    "listPasswordResets",
    "List the links that were sent to choose a new password, newest first",
)
def list_resets(office: TheOffice, customer_id: str) -> list[PasswordReset]:
    look_up(office.customers, customer_id, "customer")
    theirs = [reset for reset in office.resets.values() if reset.customer_id == customer_id]
    return theirs[::-1]


@desk.write(
    "/customers/{customer_id}/password-resets",
    "requestPasswordReset",
    "Send a link to choose a new password",
    "too_many_resets",
    status=201,
)
async def request_reset(write: TheWrite, customer_id: str, wanted: NewPasswordReset) -> PasswordReset:
    office = write.office
    customer = look_up(office.customers, customer_id, "customer")
    valid = [
        one for one in office.resets.values() if one.customer_id == customer_id and one.expires_at > write.now
    ]
    require(len(valid) < LINKS_AT_ONCE, "too_many_resets", "Three links are valid already: wait an hour.")
    number = next_number("PW", office.resets)
    by_email = f"{customer.email[0]}***@{customer.email.partition('@')[2]}"
    reset = PasswordReset(
        reset_id=number,
        customer_id=customer_id,
        channel=wanted.channel,
        sent_to=by_email if wanted.channel == "email" else f"***{customer.phones[0][-4:]}",
        requested_at=write.now,
        expires_at=write.now + LINK_LASTS,
    )
    return write.keep(office.resets, number, reset)
