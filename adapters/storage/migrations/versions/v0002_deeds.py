"""What the gate keeps: deeds, approvals, outgoing messages, wrong attempts and one-time codes."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE deeds (
    id text PRIMARY KEY,
    number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    company text NOT NULL,
    call_id text NOT NULL,
    action text NOT NULL,
    subject_lookup bytea NOT NULL,
    customer_lookup bytea NOT NULL,
    day date NOT NULL,
    amount_minor bigint,
    currency text,
    state text NOT NULL CHECK (state IN (
        'reserved', 'waiting', 'doing', 'done', 'failed', 'unknown', 'refused', 'undoing', 'undone')),
    version integer NOT NULL,
    parent text REFERENCES deeds (id),
    outcome text NOT NULL,
    approver text NOT NULL,
    created_at timestamptz NOT NULL,
    moved_at timestamptz NOT NULL,
    subject_id bigint NOT NULL REFERENCES subjects (id),
    sealed bytea NOT NULL,
    CONSTRAINT deeds_amount CHECK ((amount_minor IS NULL) = (currency IS NULL) AND amount_minor >= 0)
);
CREATE UNIQUE INDEX deeds_standing ON deeds (subject_lookup)
    WHERE state IN ('doing', 'done', 'reserved', 'undoing', 'unknown', 'waiting');
CREATE INDEX deeds_by_day ON deeds (company, action, day)
    WHERE state IN ('doing', 'done', 'reserved', 'undoing', 'unknown', 'waiting');
CREATE INDEX deeds_by_customer ON deeds (customer_lookup, day);
CREATE INDEX deeds_by_call ON deeds (call_id);
CREATE INDEX deeds_by_parent ON deeds (parent) WHERE parent IS NOT NULL;
CREATE INDEX deeds_by_state ON deeds (state, moved_at);

CREATE TABLE approvals (
    id text PRIMARY KEY,
    deed_id text NOT NULL UNIQUE REFERENCES deeds (id),
    rules text[] NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'approved', 'denied', 'expired')),
    asked_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamptz,
    amount_minor bigint,
    currency text,
    sealed bytea NOT NULL,
    sealed_words bytea,
    CONSTRAINT approvals_amount CHECK ((amount_minor IS NULL) = (currency IS NULL))
);
CREATE INDEX approvals_waiting ON approvals (asked_at) WHERE state = 'waiting';

CREATE TABLE messages (
    id text PRIMARY KEY,
    company text NOT NULL,
    call_id text NOT NULL,
    template text NOT NULL,
    channel text NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed')),
    attempts integer NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    carrier_id text,
    error text NOT NULL,
    queued_at timestamptz NOT NULL,
    moved_at timestamptz NOT NULL,
    subject_id bigint NOT NULL REFERENCES subjects (id),
    sealed bytea NOT NULL
);
CREATE INDEX ix_messages_call_id ON messages (call_id);
CREATE INDEX messages_due ON messages (next_attempt_at) WHERE state IN ('queued', 'sending');
CREATE INDEX messages_by_time ON messages (queued_at);

CREATE TABLE message_receipts (
    carrier_id text PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('sent', 'delivered', 'undelivered', 'failed')),
    error text NOT NULL,
    at timestamptz NOT NULL
);

CREATE TABLE wrong_attempts (
    customer_lookup bytea NOT NULL,
    day date NOT NULL,
    count integer NOT NULL,
    PRIMARY KEY (customer_lookup, day)
);

CREATE TABLE one_time_codes (
    customer_lookup bytea PRIMARY KEY,
    call_id text NOT NULL,
    code_lookup bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    tries integer NOT NULL
);
"""


def upgrade() -> None:
    op.execute(TABLES)
