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
    undo TEXT NOT NULL,
    -- It is being carried out for good, step by step, and can no longer be undone.
    final INTEGER NOT NULL DEFAULT 0
) STRICT;

ALTER TABLE conversation ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN folder TEXT REFERENCES folder (id) ON DELETE SET NULL;
-- Who gave the title: app, model or user.
ALTER TABLE conversation ADD COLUMN titled_by TEXT NOT NULL DEFAULT 'app';
-- Deleted, as long as that can be undone.
ALTER TABLE conversation ADD COLUMN deletion TEXT REFERENCES deletion (id);

DROP INDEX conversation_by_time;
-- The list's own order, whole: what it counts and skips, it does in the index alone.
CREATE INDEX conversation_in_list ON conversation (deletion, archived, pinned DESC, updated_at DESC, id DESC);
CREATE INDEX conversation_in_folder ON conversation (folder, deletion, archived, pinned DESC, updated_at DESC, id DESC) WHERE folder IS NOT NULL;

-- Single messages and branches that were deleted: they are out of the way of everything that reads
-- messages. The columns are those of `message`, in the same order.
CREATE TABLE deleted_message (
    id           TEXT PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    -- What it followed when it was written, which may be deleted as well.
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
    -- Its rowid in `message`, which orders versions: no other message is given it meanwhile.
    place        INTEGER NOT NULL
) STRICT;

CREATE INDEX deleted_message_by_deletion ON deleted_message (deletion);
CREATE INDEX deleted_message_by_conversation ON deleted_message (conversation);
CREATE INDEX deleted_message_by_parent ON deleted_message (parent);
CREATE INDEX deleted_message_by_place ON deleted_message (place);

-- Messages that follow another one than they were written to follow, because that one is deleted.
CREATE TABLE moved_message (
    id           TEXT PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    conversation TEXT NOT NULL,
    -- The message it followed: one in `deleted_message`.
    parent       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX moved_message_by_conversation ON moved_message (conversation);
CREATE INDEX moved_message_by_parent ON moved_message (parent);

-- Which of the messages that follow `message` was looked at last, where that is not the newest. A row
-- whose messages are gone says nothing.
CREATE TABLE choice (
    message TEXT PRIMARY KEY,
    child   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
