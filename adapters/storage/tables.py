"""The tables as queries see them; `migrations/` makes them, and a test holds the two together."""

from sqlalchemy import (
    BigInteger,
    Column,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, REGCONFIG, TSVECTOR

metadata = MetaData()
Instant = DateTime(timezone=True)

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

knowledge_folders = Table(
    "knowledge_folders",
    metadata,
    Column("company", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("loaded_at", Instant, nullable=False, server_default=func.now()),
)

_WORDS = """
setweight(to_tsvector(language, title), 'A') || setweight(to_tsvector(language, heading), 'B')
|| setweight(to_tsvector(language, tags), 'C') || setweight(to_tsvector(language, body), 'D')
"""

knowledge_sections = Table(
    "knowledge_sections",
    metadata,
    Column("company", Text, primary_key=True),
    Column("document", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("language", REGCONFIG, nullable=False),
    Column("title", Text, nullable=False),
    Column("heading", Text, nullable=False),
    Column("tags", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("effective_until", Date),
    Column("words", TSVECTOR, Computed(_WORDS, persisted=True), nullable=False),
    Index("knowledge_sections_by_words", "words", postgresql_using="gin"),
)
