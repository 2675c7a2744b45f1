-- The library's first schema. Times are milliseconds since the Unix epoch.

CREATE TABLE conversation (
    id         TEXT PRIMARY KEY,
    title      TEXT NOT NULL,
    model      TEXT,
    -- The last message of the visible path.
    leaf       TEXT,
    draft      TEXT NOT NULL DEFAULT '',
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX conversation_by_time ON conversation (updated_at DESC);

-- Messages know what they follow: several with one parent are versions of each other.
CREATE TABLE message (
    id           TEXT PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    parent       TEXT REFERENCES message (id) ON DELETE CASCADE,
    role         TEXT NOT NULL,
    status       TEXT NOT NULL,
    model        TEXT,
    -- JSON: the parts, in order.
    parts        TEXT NOT NULL,
    -- The words in the parts, for search.
    text         TEXT NOT NULL DEFAULT '',
    -- JSON: what went wrong.
    error        TEXT,
    created_at   INTEGER NOT NULL,
    finished_at  INTEGER
) STRICT;

CREATE INDEX message_by_parent ON message (conversation, parent);
CREATE INDEX message_unfinished ON message (status) WHERE status = 'streaming';

-- What a running reply has gained since its row was written; folded into the row when it ends,
-- or at the next start if the app did not get to it.
CREATE TABLE journal (
    message TEXT NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    n       INTEGER NOT NULL,
    -- JSON.
    entry   TEXT NOT NULL,
    PRIMARY KEY (message, n)
) STRICT, WITHOUT ROWID;

-- Single values: the draft of the new chat.
CREATE TABLE note (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
