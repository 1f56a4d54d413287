"""Voicemails that are still to be fetched from the carrier, or to be deleted there."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE voicemails (
    recording_id text PRIMARY KEY,
    call_id text NOT NULL,
    due_at timestamptz NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    stored_at timestamptz
);
CREATE INDEX ix_voicemails_call_id ON voicemails (call_id);
CREATE INDEX ix_voicemails_due_at ON voicemails (due_at);
"""


def upgrade() -> None:
    op.execute(TABLES)
