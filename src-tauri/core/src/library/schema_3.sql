-- Long conversations: a message knows its place in its path, and the path is walked by ids alone.

-- How many messages come before it on its path.
ALTER TABLE message ADD COLUMN depth INTEGER NOT NULL DEFAULT 0;

-- Children are looked up by what they follow, by versions and by the foreign key alike.
DROP INDEX message_by_parent;
CREATE INDEX message_by_parent ON message (parent, conversation);
CREATE INDEX message_by_conversation ON message (conversation);

WITH RECURSIVE placed (id, depth) AS (
    SELECT id, 0 FROM message WHERE parent IS NULL
    UNION ALL
    SELECT m.id, placed.depth + 1 FROM placed JOIN message m ON m.parent = placed.id
)
UPDATE message SET depth = placed.depth FROM placed WHERE placed.id = message.id;

-- Holds all a walk needs: the rows, which are large, are not touched.
CREATE INDEX message_walk ON message (id, parent, depth);
