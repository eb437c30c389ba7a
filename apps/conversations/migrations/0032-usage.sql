-- What each project has stored, kept with every change. By triggers, since rows also go with others and by sweeping; at
-- the end of each transaction, so that nobody who holds this row's lock waits for anything else.
CREATE TABLE conversations.usage (
  project text PRIMARY KEY,
  conversations bigint NOT NULL DEFAULT 0,
  -- Of conversations with their items, responses, and chats.
  bytes bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

ALTER TABLE conversations.chats ADD COLUMN bytes integer NOT NULL DEFAULT 0;

UPDATE conversations.chats SET bytes = octet_length(title) + octet_length(settings::text);

INSERT INTO conversations.usage (project, conversations, bytes)
SELECT project, sum(conversations), sum(bytes) FROM (
  SELECT project, 1 AS conversations, bytes FROM conversations.conversations
  UNION ALL SELECT project, 0, bytes FROM conversations.responses
  UNION ALL SELECT project, 0, bytes FROM conversations.chats) AS stored
GROUP BY project;

-- Its one statement stands in lines without a semicolon at their end, at which the file is cut into statements.
CREATE FUNCTION conversations.keep_usage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE counted bigint := CASE TG_TABLE_NAME WHEN 'conversations' THEN 1 ELSE 0 END; BEGIN
  INSERT INTO conversations.usage AS known (project, conversations, bytes) VALUES (
    CASE TG_OP WHEN 'DELETE' THEN OLD.project ELSE NEW.project END,
    CASE TG_OP WHEN 'INSERT' THEN counted WHEN 'DELETE' THEN -counted ELSE 0 END,
    CASE TG_OP WHEN 'INSERT' THEN NEW.bytes WHEN 'DELETE' THEN -OLD.bytes ELSE NEW.bytes - OLD.bytes END)
  ON CONFLICT (project) DO UPDATE
    SET conversations = known.conversations + excluded.conversations, bytes = known.bytes + excluded.bytes
  ; RETURN NULL
  ; END $$;

CREATE CONSTRAINT TRIGGER usage_of_conversations AFTER INSERT OR DELETE OR UPDATE OF bytes ON conversations.conversations
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION conversations.keep_usage();

CREATE CONSTRAINT TRIGGER usage_of_responses AFTER INSERT OR DELETE OR UPDATE OF bytes ON conversations.responses
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION conversations.keep_usage();

CREATE CONSTRAINT TRIGGER usage_of_chats AFTER INSERT OR DELETE OR UPDATE OF bytes ON conversations.chats
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION conversations.keep_usage();
