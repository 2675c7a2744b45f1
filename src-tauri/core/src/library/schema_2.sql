-- Whether tools are offered in a conversation: 0, 1, or null where the setting decides.

ALTER TABLE conversation ADD COLUMN tools INTEGER;
