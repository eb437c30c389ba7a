-- What projects have is counted where it can be locked: with what is open, and with chats among conversations. Whoever adds
-- locks the project's row, checks, and adds in one transaction.
ALTER TABLE conversations.usage
  -- Responses that have not ended.
  ADD COLUMN open_responses bigint NOT NULL DEFAULT 0,
  -- Batches that have not ended.
  ADD COLUMN open_batches bigint NOT NULL DEFAULT 0;

LOCK TABLE conversations.chats, conversations.responses, conversations.batches IN SHARE ROW EXCLUSIVE MODE;

INSERT INTO conversations.usage AS known (project, conversations, open_responses, open_batches)
SELECT project, sum(chats), sum(responses), sum(batches) FROM (
  SELECT project, 1 AS chats, 0 AS responses, 0 AS batches FROM conversations.chats
  UNION ALL SELECT project, 0, 1, 0 FROM conversations.responses WHERE ended_at IS NULL
  UNION ALL SELECT project, 0, 0, 1 FROM conversations.batches
    WHERE status IN ('validating', 'in_progress', 'finalizing', 'cancelling')) AS counted
GROUP BY project
ON CONFLICT (project) DO UPDATE SET conversations = known.conversations + excluded.conversations,
  open_responses = excluded.open_responses, open_batches = excluded.open_batches;

CREATE FUNCTION conversations.count_use(
  of_project text, more_conversations bigint, more_bytes bigint, more_responses bigint, more_batches bigint)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO conversations.usage AS known (project, conversations, bytes, open_responses, open_batches)
  VALUES (of_project, more_conversations, more_bytes, more_responses, more_batches)
  ON CONFLICT (project) DO UPDATE SET conversations = known.conversations + excluded.conversations,
    bytes = known.bytes + excluded.bytes, open_responses = known.open_responses + excluded.open_responses,
    open_batches = known.open_batches + excluded.open_batches
$$;

-- Conversations and chats. Statements stand in lines without a semicolon at their end, at which the file is cut.
CREATE OR REPLACE FUNCTION conversations.keep_usage() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  CASE TG_OP
    WHEN 'INSERT' THEN PERFORM conversations.count_use(NEW.project, 1, NEW.bytes, 0, 0)
    ; WHEN 'DELETE' THEN PERFORM conversations.count_use(OLD.project, -1, -OLD.bytes, 0, 0)
    ; ELSE PERFORM conversations.count_use(NEW.project, 0, NEW.bytes - OLD.bytes, 0, 0)
    ; END CASE
  ; RETURN NULL
  ; END $$;

CREATE FUNCTION conversations.keep_response_usage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE was integer := 0; is_now integer := 0; BEGIN
  IF TG_OP <> 'INSERT' AND OLD.ended_at IS NULL THEN was := 1
  ; END IF
  ; IF TG_OP <> 'DELETE' AND NEW.ended_at IS NULL THEN is_now := 1
  ; END IF
  ; CASE TG_OP
    WHEN 'INSERT' THEN PERFORM conversations.count_use(NEW.project, 0, NEW.bytes, is_now, 0)
    ; WHEN 'DELETE' THEN PERFORM conversations.count_use(OLD.project, 0, -OLD.bytes, -was, 0)
    ; ELSE PERFORM conversations.count_use(NEW.project, 0, NEW.bytes - OLD.bytes, is_now - was, 0)
    ; END CASE
  ; RETURN NULL
  ; END $$;

DROP TRIGGER usage_of_responses ON conversations.responses;

CREATE CONSTRAINT TRIGGER usage_of_responses AFTER INSERT OR DELETE OR UPDATE OF bytes, ended_at ON conversations.responses
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION conversations.keep_response_usage();

CREATE FUNCTION conversations.keep_batch_usage() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE was integer := 0; is_now integer := 0; BEGIN
  IF TG_OP <> 'INSERT' AND OLD.status IN ('validating', 'in_progress', 'finalizing', 'cancelling') THEN was := 1
  ; END IF
  ; IF TG_OP <> 'DELETE' AND NEW.status IN ('validating', 'in_progress', 'finalizing', 'cancelling') THEN is_now := 1
  ; END IF
  ; IF was <> is_now THEN
    PERFORM conversations.count_use(CASE TG_OP WHEN 'DELETE' THEN OLD.project ELSE NEW.project END, 0, 0, 0, is_now - was)
  ; END IF
  ; RETURN NULL
  ; END $$;

CREATE CONSTRAINT TRIGGER usage_of_batches AFTER INSERT OR DELETE OR UPDATE OF status ON conversations.batches
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION conversations.keep_batch_usage();
