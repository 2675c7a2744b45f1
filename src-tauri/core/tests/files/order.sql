-- What a file of the fourth schema holds beyond that.

INSERT INTO folder (id, name, created_at) VALUES ('f-1', 'Weather', 100);
UPDATE conversation SET pinned = 1, folder = 'f-1', titled_by = 'user' WHERE id = 'c-branches';
UPDATE conversation SET archived = 1 WHERE id = 'c-error';
