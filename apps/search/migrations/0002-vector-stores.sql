CREATE EXTENSION IF NOT EXISTS vector;

CREATE TABLE search.vector_stores (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  project text NOT NULL,
  name text,
  description text,
  metadata jsonb NOT NULL DEFAULT '{}',
  -- null until the first file is added or the first search asked.
  embedding_model text,
  -- Of the vectors; null until there is one.
  dimensions integer,
  expires_after_days integer,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_active_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  -- Of the files that are complete: what ranking needs to know of the whole.
  chunk_count bigint NOT NULL DEFAULT 0,
  term_total bigint NOT NULL DEFAULT 0
);
CREATE INDEX vector_stores_of_project ON search.vector_stores (project, number);
CREATE INDEX vector_stores_deleted ON search.vector_stores (number) WHERE deleted_at IS NOT NULL;

CREATE TABLE search.file_batches (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id text NOT NULL UNIQUE,
  project text NOT NULL,
  store_number bigint NOT NULL REFERENCES search.vector_stores (number) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  cancelled_at timestamptz
);
CREATE INDEX file_batches_of_store ON search.file_batches (store_number);

-- A file in a store, and its place in the ingest queue while it is in progress.
CREATE TABLE search.store_files (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project text NOT NULL,
  store_number bigint NOT NULL REFERENCES search.vector_stores (number) ON DELETE CASCADE,
  file_number bigint NOT NULL REFERENCES search.files (number),
  batch_number bigint REFERENCES search.file_batches (number) ON DELETE SET NULL,
  -- On whose behalf models are called.
  key_id text NOT NULL,
  attributes jsonb NOT NULL DEFAULT '{}',
  -- null is `auto`.
  max_chunk_tokens integer,
  overlap_tokens integer,
  status text NOT NULL DEFAULT 'in_progress',
  error_code text,
  error_message text,
  chunks_total integer,
  chunks_done integer NOT NULL DEFAULT 0,
  usage_bytes bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  attempts integer NOT NULL DEFAULT 0,
  not_before timestamptz NOT NULL DEFAULT now(),
  lease_until timestamptz,
  -- Grows with every claim: whoever holds an older one may write nothing any more.
  fence bigint NOT NULL DEFAULT 0,
  -- Set first when a file is taken out: nobody sees it any more, its chunks go next.
  removed_at timestamptz,
  UNIQUE (store_number, file_number)
);
CREATE INDEX store_files_in_order ON search.store_files (store_number, number);
CREATE INDEX store_files_by_status ON search.store_files (store_number, status);
CREATE INDEX store_files_of_file ON search.store_files (file_number);
CREATE INDEX store_files_of_batch ON search.store_files (batch_number) WHERE batch_number IS NOT NULL;
CREATE INDEX store_files_to_clear ON search.store_files (number)
  WHERE removed_at IS NOT NULL OR (status IN ('failed', 'cancelled') AND chunks_done > 0);
CREATE INDEX store_files_queue ON search.store_files (not_before) WHERE status = 'in_progress';
