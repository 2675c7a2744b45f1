-- Search: an index of the words of every message and title. It holds no text, only where words are, and
-- the app makes the words (`library/search/words.rs`): what is indexed is already folded and split.

CREATE VIRTUAL TABLE message_index USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'ascii'
);
CREATE VIRTUAL TABLE title_index USING fts5 (
    words, content = '', contentless_delete = 1, tokenize = 'ascii'
);

-- Rows of `message` and `conversation` that changed since they were indexed. Triggers see to it, so that
-- no change of whatever kind is forgotten; the app takes them up in the same transaction or soon after.
CREATE TABLE index_due (message INTEGER PRIMARY KEY) STRICT;
CREATE TABLE title_due (conversation INTEGER PRIMARY KEY) STRICT;

-- Rows of `message` up to this one were there before the index was and are not in it yet, the newest
-- first in their turn.
CREATE TABLE index_progress (up_to INTEGER NOT NULL) STRICT;

-- The models there are, and the number by which the index knows each.
CREATE TABLE index_model (
    n    INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

INSERT INTO index_progress SELECT coalesce(max(rowid), 0) FROM message;
INSERT INTO title_due SELECT rowid FROM conversation;

-- A reply that is being written is indexed when it ends.
CREATE TRIGGER message_added AFTER INSERT ON message WHEN new.status <> 'streaming' BEGIN
    INSERT OR IGNORE INTO index_due VALUES (new.rowid);
END;
CREATE TRIGGER message_changed AFTER UPDATE OF text, status, model, conversation ON message
WHEN new.status <> 'streaming' BEGIN
    INSERT OR IGNORE INTO index_due VALUES (new.rowid);
END;
CREATE TRIGGER message_removed AFTER DELETE ON message BEGIN
    DELETE FROM index_due WHERE message = old.rowid;
    DELETE FROM message_index WHERE rowid = old.rowid;
END;
CREATE TRIGGER title_added AFTER INSERT ON conversation BEGIN
    INSERT OR IGNORE INTO title_due VALUES (new.rowid);
END;
CREATE TRIGGER title_changed AFTER UPDATE OF title ON conversation WHEN new.title IS NOT old.title BEGIN
    INSERT OR IGNORE INTO title_due VALUES (new.rowid);
END;
CREATE TRIGGER title_removed AFTER DELETE ON conversation BEGIN
    DELETE FROM title_due WHERE conversation = old.rowid;
    DELETE FROM title_index WHERE rowid = old.rowid;
END;
