"""The processes that run durable jobs."""

from sqlalchemy import Column, Table, Text

from adapters.storage.tables.schema import Instant, metadata

workers = Table(
    "workers",
    metadata,
    Column("name", Text, primary_key=True),
    Column("beat_at", Instant, nullable=False, doc="the database's clock"),
)
