"""How many one-time codes a customer was sent on a day: a row outlives its code."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE one_time_codes ADD COLUMN day date NOT NULL DEFAULT '1970-01-01';
ALTER TABLE one_time_codes ADD COLUMN made integer NOT NULL DEFAULT 0;
ALTER TABLE one_time_codes ALTER COLUMN day DROP DEFAULT;
ALTER TABLE one_time_codes ALTER COLUMN made DROP DEFAULT;
"""


def upgrade() -> None:
    op.execute(COLUMNS)
