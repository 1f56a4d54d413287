"""What was done to the world: deeds, approvals, outgoing messages, and what proving who one is leaves."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from adapters.storage.tables.schema import Instant, metadata
from domain.deeds import STANDING

_STANDING = f"state IN ({', '.join(repr(state) for state in sorted(STANDING))})"
"""The migration writes it out: a changed `STANDING` needs a new one, and a test says so."""

deeds = Table(
    "deeds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", BigInteger, Identity(always=True), nullable=False, doc="their order"),
    Column("company", Text, nullable=False),
    Column("call_id", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject_lookup", LargeBinary, nullable=False, doc="HMAC of company, action and subject"),
    Column("customer_lookup", LargeBinary, nullable=False, doc="HMAC of company and customer"),
    Column("day", Date, nullable=False),
    Column("amount_minor", BigInteger),
    Column("currency", Text),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False, doc="counts moves, for compare-and-set"),
    Column("parent", Text, ForeignKey("deeds.id")),
    Column("outcome", Text, nullable=False),
    Column("approver", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("moved_at", Instant, nullable=False),
    Column("subject_id", BigInteger, ForeignKey("subjects.id"), nullable=False, doc="the person"),
    Column("sealed", LargeBinary, nullable=False, doc="what is personal, under the person's key"),
    CheckConstraint("(amount_minor IS NULL) = (currency IS NULL) AND amount_minor >= 0", "deeds_amount"),
    Index("deeds_standing", "subject_lookup", unique=True, postgresql_where=text(_STANDING)),
    Index("deeds_by_day", "company", "action", "day", postgresql_where=text(_STANDING)),
    Index("deeds_by_customer", "customer_lookup", "day"),
    Index("deeds_by_call", "call_id"),
    Index("deeds_by_parent", "parent", postgresql_where=text("parent IS NOT NULL")),
    Index("deeds_by_state", "state", "moved_at"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("deed_id", Text, ForeignKey("deeds.id"), nullable=False, unique=True),
    Column("rules", ARRAY(Text), nullable=False),
    Column("state", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Instant),
    Column("amount_minor", BigInteger),
    Column("currency", Text),
    Column("sealed", LargeBinary, nullable=False, doc="the reason and the read-back"),
    Column("sealed_words", LargeBinary, doc="for the caller, from who decided"),
    CheckConstraint("(amount_minor IS NULL) = (currency IS NULL)", "approvals_amount"),
    Index("approvals_waiting", "asked_at", postgresql_where=text("state = 'waiting'")),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Text, primary_key=True),
    Column("company", Text, nullable=False),
    Column("call_id", Text, nullable=False, index=True),
    Column("template", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("state", Text, nullable=False, doc="queued, sending, sent or failed: our side of it"),
    Column("attempts", Integer, nullable=False),
    Column("doubts", Integer, nullable=False, doc="attempts that nobody knows the end of"),
    Column("next_attempt_at", Instant, nullable=False, doc="while it is being sent: the end of the lease"),
    Column("carrier_id", Text),
    Column("error", Text, nullable=False),
    Column("queued_at", Instant, nullable=False),
    Column("moved_at", Instant, nullable=False),
    Column("subject_id", BigInteger, ForeignKey("subjects.id"), nullable=False, doc="the person"),
    Column("sealed", LargeBinary, nullable=False, doc="address, subject and text"),
    Index("messages_due", "next_attempt_at", postgresql_where=text("state IN ('queued', 'sending')")),
    Index("messages_by_time", "queued_at"),
)

receipts = Table(
    "message_receipts",
    metadata,
    Column("carrier_id", Text, primary_key=True),
    Column("state", Text, nullable=False, doc="sent, delivered, undelivered or failed: the carrier's side"),
    Column("error", Text, nullable=False),
    Column("at", Instant, nullable=False),
)

wrong_attempts = Table(
    "wrong_attempts",
    metadata,
    Column("customer_lookup", LargeBinary, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("count", Integer, nullable=False),
)

one_time_codes = Table(
    "one_time_codes",
    metadata,
    Column("customer_lookup", LargeBinary, primary_key=True, doc="a customer has one code at a time"),
    Column("call_id", Text, nullable=False),
    Column("code_lookup", LargeBinary, nullable=False, doc="HMAC of company, customer, call and code"),
    Column("expires_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("day", Date, nullable=False, doc="the company's, on which it was made"),
    Column("made", Integer, nullable=False, doc="codes of this customer on that day"),
)
