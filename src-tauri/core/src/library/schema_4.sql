-- Order in the library: folders, what is pinned and archived, and deletions that can be undone.

CREATE TABLE folder (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- What was deleted together is brought back together.
CREATE TABLE deletion (
    id   TEXT PRIMARY KEY,
    at   INTEGER NOT NULL,
    -- JSON: what else has to be put back.
    undo TEXT NOT NULL
) STRICT;

ALTER TABLE conversation ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN folder TEXT REFERENCES folder (id) ON DELETE SET NULL;
-- Who gave the title: app, model or user.
ALTER TABLE conversation ADD COLUMN titled_by TEXT NOT NULL DEFAULT 'app';
-- Deleted, as long as that can be undone.
ALTER TABLE conversation ADD COLUMN deletion TEXT REFERENCES deletion (id);

DROP INDEX conversation_by_time;
CREATE INDEX conversation_in_list ON conversation (archived, pinned DESC, updated_at DESC) WHERE deletion IS NULL;
CREATE INDEX conversation_in_folder ON conversation (folder) WHERE folder IS NOT NULL;
CREATE INDEX conversation_deleted ON conversation (deletion) WHERE deletion IS NOT NULL;

-- Single messages and branches that were deleted: they are out of the way of everything that reads
-- messages. The columns are those of `message`, in the same order.
CREATE TABLE deleted_message (
    id           TEXT PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    parent       TEXT,
    role         TEXT NOT NULL,
    status       TEXT NOT NULL,
    model        TEXT,
    parts        TEXT NOT NULL,
    text         TEXT NOT NULL,
    error        TEXT,
    created_at   INTEGER NOT NULL,
    finished_at  INTEGER,
    depth        INTEGER NOT NULL,
    deletion     TEXT NOT NULL REFERENCES deletion (id) ON DELETE CASCADE,
    -- Its place among its versions.
    place        INTEGER NOT NULL
) STRICT;

CREATE INDEX deleted_message_by_deletion ON deleted_message (deletion);
CREATE INDEX deleted_message_by_conversation ON deleted_message (conversation);
