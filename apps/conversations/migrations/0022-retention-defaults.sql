-- Null takes the installation's setting, so that a project may have a retention of its own for conversations alone.
ALTER TABLE conversations.retention ALTER COLUMN response_days DROP NOT NULL;
