-- The Idempotency-Key of an upload: for as long as the file is there, the same upload again makes no other.
ALTER TABLE search.files ADD COLUMN idempotency_key text;
CREATE UNIQUE INDEX files_by_idempotency_key ON search.files (project, idempotency_key)
  WHERE idempotency_key IS NOT NULL AND deleted_at IS NULL;
