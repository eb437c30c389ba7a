CREATE SCHEMA IF NOT EXISTS search;

-- `number` orders files and is what other tables refer to; clients see only `id`.
CREATE TABLE search.files (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  project text NOT NULL,
  filename text NOT NULL,
  purpose text NOT NULL,
  bytes bigint NOT NULL,
  sha256 text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  -- Set first when a file is deleted: from then on nobody sees it, whatever happens before its bytes are gone.
  deleted_at timestamptz
);
CREATE INDEX files_of_project ON search.files (project, number);
CREATE INDEX files_that_expire ON search.files (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX files_deleted ON search.files (number) WHERE deleted_at IS NOT NULL;

-- The bytes of files where no folder is common to all replicas: rows of 1 MiB.
CREATE TABLE search.objects (
  id text PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE search.object_blocks (
  object_id text NOT NULL REFERENCES search.objects (id) ON DELETE CASCADE,
  position integer NOT NULL,
  data bytea NOT NULL,
  PRIMARY KEY (object_id, position)
);
-- What is uploaded is mostly compressed already, and to compress costs more than it saves.
ALTER TABLE search.object_blocks ALTER COLUMN data SET STORAGE EXTERNAL;
