"""The company's documents, cut into sections and searchable."""

from sqlalchemy import Column, Computed, Date, Index, Integer, LargeBinary, Table, Text, func
from sqlalchemy.dialects.postgresql import REGCONFIG, TSVECTOR

from adapters.storage.tables.schema import Instant, metadata

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
