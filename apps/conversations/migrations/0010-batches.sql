CREATE SCHEMA IF NOT EXISTS conversations;

-- A batch is driven by the replica that holds its lease. Every take-over raises the fence, and every write of a
-- driver names the fence that it drives under, so that one that was thought dead can change nothing.
CREATE TABLE conversations.batches (
  id text PRIMARY KEY,
  -- The order in which batches were made, for lists.
  sequence bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  project text NOT NULL,
  key_id text NOT NULL,
  endpoint text NOT NULL,
  input_file_id text NOT NULL,
  metadata json,
  -- Seconds after which the result files expire; null keeps them.
  output_expires_after integer,
  status text NOT NULL DEFAULT 'validating' CHECK (status IN
    ('validating', 'failed', 'in_progress', 'finalizing', 'completed', 'expired', 'cancelling', 'cancelled')),
  -- Set once the results are sealed: from then on no line's result changes.
  outcome text CHECK (outcome IN ('completed', 'expired', 'cancelled')),
  model text,
  errors json,
  total integer,
  completed integer NOT NULL DEFAULT 0,
  failed integer NOT NULL DEFAULT 0,
  input_tokens bigint NOT NULL DEFAULT 0,
  cached_tokens bigint NOT NULL DEFAULT 0,
  output_tokens bigint NOT NULL DEFAULT 0,
  reasoning_tokens bigint NOT NULL DEFAULT 0,
  output_file_id text,
  error_file_id text,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  in_progress_at timestamptz,
  finalizing_at timestamptz,
  completed_at timestamptz,
  failed_at timestamptz,
  expired_at timestamptz,
  cancelling_at timestamptz,
  cancelled_at timestamptz,
  lease_owner text,
  lease_until timestamptz,
  fence bigint NOT NULL DEFAULT 0
);

CREATE INDEX batches_of_project ON conversations.batches (project, sequence);

CREATE INDEX batches_to_drive ON conversations.batches (sequence)
  WHERE status IN ('validating', 'in_progress', 'finalizing', 'cancelling');

-- The lines of an input file while its batch is driven: `body` until there is a result, then `result`.
CREATE TABLE conversations.batch_lines (
  batch_id text NOT NULL REFERENCES conversations.batches (id) ON DELETE CASCADE,
  line integer NOT NULL,
  custom_id text NOT NULL,
  body text,
  failed boolean NOT NULL DEFAULT false,
  -- A whole line of the output or the error file, as JSON.
  result text,
  PRIMARY KEY (batch_id, line)
);

CREATE INDEX batch_lines_open ON conversations.batch_lines (batch_id, line) WHERE result IS NULL;
