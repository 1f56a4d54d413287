"""The processes that run durable jobs, and when they were heard of last."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE workers (
    name text PRIMARY KEY,
    beat_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    op.execute(TABLES)
