"""The first tables: calls and their journals, messages taken, recordings, documents."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE calls (
    id text PRIMARY KEY,
    direction text NOT NULL,
    company text NOT NULL,
    line text NOT NULL,
    caller text NOT NULL,
    called text NOT NULL,
    carrier_call_id text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    deadline timestamptz NOT NULL,
    version integer NOT NULL,
    state text NOT NULL,
    stream_number integer NOT NULL,
    stream_sid text,
    ticket text,
    reconnects integer NOT NULL,
    attempts integer NOT NULL,
    answered_at timestamptz,
    ended_at timestamptz,
    expected text,
    reason text NOT NULL
);
CREATE INDEX calls_by_time ON calls (created_at, id);
CREATE INDEX calls_unfinished ON calls (deadline) WHERE ended_at IS NULL;

CREATE TABLE subjects (
    id bigserial PRIMARY KEY,
    lookup bytea UNIQUE,
    wrapped_key bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    erased_at timestamptz
);

CREATE TABLE call_heads (
    call_id text PRIMARY KEY,
    subject_id bigint NOT NULL REFERENCES subjects (id),
    seq integer NOT NULL,
    chain bytea NOT NULL,
    signature bytea NOT NULL
);
CREATE INDEX ix_call_heads_subject_id ON call_heads (subject_id);

CREATE TABLE journal (
    call_id text NOT NULL,
    seq integer NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    subject_id bigint NOT NULL REFERENCES subjects (id),
    digest bytea NOT NULL,
    chain bytea NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (call_id, seq)
);

CREATE TABLE callbacks (
    id text PRIMARY KEY,
    call_id text NOT NULL,
    company text NOT NULL,
    number text NOT NULL,
    name text NOT NULL,
    about text NOT NULL,
    taken_at timestamptz NOT NULL,
    done_at timestamptz
);
CREATE INDEX ix_callbacks_call_id ON callbacks (call_id);
CREATE INDEX callbacks_open ON callbacks (company, taken_at) WHERE done_at IS NULL;

CREATE TABLE recordings (
    call_id text PRIMARY KEY,
    path text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    delete_on date NOT NULL,
    pauses jsonb NOT NULL DEFAULT '[]',
    state text NOT NULL DEFAULT 'open'
);
CREATE INDEX ix_recordings_delete_on ON recordings (delete_on);

CREATE TABLE knowledge_folders (
    company text PRIMARY KEY,
    fingerprint bytea NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE knowledge_sections (
    company text NOT NULL,
    document text NOT NULL,
    version text NOT NULL,
    position integer NOT NULL,
    language regconfig NOT NULL,
    title text NOT NULL,
    heading text NOT NULL,
    tags text NOT NULL,
    body text NOT NULL,
    effective_from date NOT NULL,
    effective_until date,
    words tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector(language, title), 'A') || setweight(to_tsvector(language, heading), 'B')
        || setweight(to_tsvector(language, tags), 'C') || setweight(to_tsvector(language, body), 'D')
    ) STORED,
    PRIMARY KEY (company, document, version, position)
);
CREATE INDEX knowledge_sections_by_words ON knowledge_sections USING gin (words);
"""


def upgrade() -> None:
    op.execute(TABLES)
