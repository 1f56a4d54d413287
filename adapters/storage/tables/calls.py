"""Calls, the people in them, their journals, messages taken and recordings."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from adapters.storage.tables.schema import Instant, metadata

# The columns of `calls` are the fields of `domain.call.Call`.
calls = Table(
    "calls",
    metadata,
    Column("id", Text, primary_key=True),
    Column("direction", Text, nullable=False),
    Column("company", Text, nullable=False),
    Column("line", Text, nullable=False),
    Column("caller", Text, nullable=False, doc="E.164; empty when hidden or erased"),
    Column("called", Text, nullable=False),
    Column("carrier_call_id", Text, nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("deadline", Instant, nullable=False),
    Column("version", Integer, nullable=False, doc="counts changes, for compare-and-set"),
    Column("state", Text, nullable=False),
    Column("stream_number", Integer, nullable=False),
    Column("stream_sid", Text),
    Column("ticket", Text),
    Column("reconnects", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("answered_at", Instant),
    Column("ended_at", Instant),
    Column("expected", Text),
    Column("reason", Text, nullable=False),
    Index("calls_by_time", "created_at", "id"),
    Index("calls_unfinished", "deadline", postgresql_where=text("ended_at IS NULL")),
)

subjects = Table(
    "subjects",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("lookup", LargeBinary, unique=True, doc="HMAC of the number; null when hidden or erased"),
    Column("wrapped_key", LargeBinary, doc="null once the person was erased"),
    Column("created_at", Instant, nullable=False, server_default=func.now()),
    Column("erased_at", Instant),
)

call_heads = Table(
    "call_heads",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("subject_id", BigInteger, ForeignKey("subjects.id"), nullable=False, index=True),
    Column("seq", Integer, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("subject_id", BigInteger, ForeignKey("subjects.id"), nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False, doc="nonce, then salt and payload under AES-256-GCM"),
)

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("call_id", Text, nullable=False, index=True),
    Column("company", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("taken_at", Instant, nullable=False),
    Column("done_at", Instant),
    Index("callbacks_open", "company", "taken_at", postgresql_where=text("done_at IS NULL")),
)

recordings = Table(
    "recordings",
    metadata,
    Column("call_id", Text, primary_key=True),
    Column("path", Text, nullable=False, doc="under the folder of recordings"),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("delete_on", Date, nullable=False, index=True),
    Column("pauses", JSONB, nullable=False, server_default=text("'[]'::jsonb"), doc="[[from_ms, to_ms]]"),
    Column("state", Text, nullable=False, server_default="open", doc="open, whole or gaps"),
)

voicemails = Table(
    "voicemails",
    metadata,
    Column("recording_id", Text, primary_key=True, doc="the carrier's"),
    Column("call_id", Text, nullable=False, index=True),
    Column("due_at", Instant, nullable=False, index=True),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("stored_at", Instant, doc="only the carrier's copy is left to delete"),
)
