"""The tables as queries see them; `migrations/` makes them, and a test holds the two together."""

from adapters.storage.tables.calls import (
    call_heads,
    callbacks,
    calls,
    journal,
    recordings,
    subjects,
    voicemails,
)
from adapters.storage.tables.deeds import (
    approvals,
    deeds,
    messages,
    one_time_codes,
    receipts,
    wrong_attempts,
)
from adapters.storage.tables.knowledge import knowledge_folders, knowledge_sections
from adapters.storage.tables.schema import metadata
from adapters.storage.tables.workers import workers

__all__ = [
    "approvals",
    "call_heads",
    "callbacks",
    "calls",
    "deeds",
    "journal",
    "knowledge_folders",
    "knowledge_sections",
    "messages",
    "metadata",
    "one_time_codes",
    "receipts",
    "recordings",
    "subjects",
    "voicemails",
    "workers",
    "wrong_attempts",
]
