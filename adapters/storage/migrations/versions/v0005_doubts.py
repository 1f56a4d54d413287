"""How many attempts to send a message ended without anybody knowing how."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE messages ADD COLUMN doubts integer NOT NULL DEFAULT 0 CHECK (doubts >= 0)")
