-- What the files of earlier schemas hold, in the columns of the first.

INSERT INTO conversation (id, title, model, leaf, draft, created_at, updated_at) VALUES
    ('c-branches', 'Why does it rain?', 'plain', 'm-4', 'and then "quoted" 雨', 1000, 9000),
    ('c-tools', 'What time is it?', 'tools', 'm-6', '', 2000, 8000),
    ('c-error', 'Nothing came', 'echo', 'm-8', '', 3000, 7000),
    ('c-cut', 'A long story', 'long', 'm-10', '', 4000, 6000),
    ('c-empty', 'Only a draft', NULL, NULL, 'not sent yet', 5000, 5000);

INSERT INTO message (id, conversation, parent, role, status, model, parts, text, error, created_at, finished_at) VALUES
    ('m-1', 'c-branches', NULL, 'user', 'complete', NULL,
     '[{"type":"text","text":"Why does it rain?"}]', 'Why does it rain?', NULL, 1001, 1001),
    ('m-2', 'c-branches', 'm-1', 'assistant', 'complete', 'plain',
     '[{"type":"reasoning","text":"Clouds.","started_at":1002,"took":3},{"type":"text","text":"Water falls from **clouds**.","round":0}]',
     'Water falls from **clouds**.', NULL, 1002, 1010),
    ('m-3', 'c-branches', 'm-1', 'assistant', 'stopped', 'plain',
     '[{"type":"text","text":"Because the air"}]', 'Because the air', NULL, 1020, 1030),
    ('m-4', 'c-branches', 'm-2', 'user', 'complete', NULL,
     '[{"type":"text","text":"And snow?"}]', 'And snow?', NULL, 1040, 1040),
    ('m-5', 'c-tools', NULL, 'user', 'complete', NULL,
     '[{"type":"text","text":"What time is it?"}]', 'What time is it?', NULL, 2001, 2001),
    ('m-6', 'c-tools', 'm-5', 'assistant', 'length', 'tools',
     '[{"type":"tool","call":{"id":"call-1","name":"current_time","arguments":"{}","state":"succeeded","result":"noon"},"round":0},{"type":"text","text":"It is noon, and","continued_at":[6],"round":1}]',
     'It is noon, and', NULL, 2002, 2010),
    ('m-7', 'c-error', NULL, 'user', 'complete', NULL,
     '[{"type":"text","text":"Hello?"}]', 'Hello?', NULL, 3001, 3001),
    ('m-8', 'c-error', 'm-7', 'assistant', 'failed', 'echo', '[]', '',
     '{"code":"payment_required","message":"Your account is empty.","status":402}', 3002, 3003),
    ('m-9', 'c-cut', NULL, 'user', 'complete', NULL,
     '[{"type":"text","text":"A long story"}]', 'A long story', NULL, 4001, 4001),
    ('m-10', 'c-cut', 'm-9', 'assistant', 'streaming', 'long', '[]', '', NULL, 4002, NULL);

INSERT INTO journal (message, n, entry) VALUES
    ('m-10', 0, '{"do":"set","part":0,"value":{"type":"text","text":"Once upon "}}'),
    ('m-10', 1, '{"do":"append","part":0,"text":"a time"}');

INSERT INTO note (name, value) VALUES ('draft', 'a new chat'), ('quick_draft', 'a quick one');
