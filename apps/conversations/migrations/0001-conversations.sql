-- JSON that holds a user's text is `json`, kept as it was written: `jsonb` refuses the character U+0000 and lone surrogates.
CREATE SCHEMA conversations;

CREATE TABLE conversations.conversations (
  id text PRIMARY KEY,
  project text NOT NULL,
  metadata json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Null where conversations are kept until they are deleted.
  expires_at timestamptz,
  item_count integer NOT NULL DEFAULT 0,
  next_position bigint NOT NULL DEFAULT 0
);

CREATE INDEX conversations_expiry ON conversations.conversations (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE conversations.items (
  conversation_id text NOT NULL REFERENCES conversations.conversations ON DELETE CASCADE,
  position bigint NOT NULL,
  id text NOT NULL,
  item json NOT NULL,
  PRIMARY KEY (conversation_id, position)
);

CREATE UNIQUE INDEX items_id ON conversations.items (conversation_id, id);

-- One row is one run: a response, and who produces it until when.
CREATE TABLE conversations.responses (
  id text PRIMARY KEY,
  project text NOT NULL,
  key_id text NOT NULL,
  request_id text NOT NULL,
  background boolean NOT NULL,
  status text NOT NULL CHECK (status IN ('queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled')),
  previous_response_id text,
  conversation_id text,
  -- The request as it was checked, and its input as items with ids.
  request json NOT NULL,
  input json NOT NULL,
  -- The response as it is shown: without output while the run is open, whole when it has ended.
  response json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  expires_at timestamptz NOT NULL,
  cancel_requested boolean NOT NULL DEFAULT false,
  -- What the model is asked, and what a search gave, once that is settled; null again when the run has ended.
  prepared json,
  revision text,
  last_seq integer NOT NULL,
  -- Every driver has a number of its own; writes count only under the number that the row holds.
  fence bigint NOT NULL,
  lease_owner text NOT NULL,
  lease_until timestamptz NOT NULL
) WITH (fillfactor = 70);

-- Not on lease_until, which changes with every batch: so an update touches no index.
CREATE INDEX responses_open ON conversations.responses (id) WHERE ended_at IS NULL;

CREATE INDEX responses_expiry ON conversations.responses (expires_at);

-- The log that clients are shown. One row holds a batch: one event in JSON per line.
CREATE TABLE conversations.response_events (
  response_id text NOT NULL REFERENCES conversations.responses ON DELETE CASCADE,
  first_seq integer NOT NULL,
  last_seq integer NOT NULL,
  fence bigint NOT NULL,
  events text NOT NULL,
  PRIMARY KEY (response_id, first_seq)
);

-- What the model has said so far, as it came: frames of server-sent events with their token ids. Gone when the run has ended.
CREATE TABLE conversations.response_frames (
  response_id text NOT NULL REFERENCES conversations.responses ON DELETE CASCADE,
  first_seq integer NOT NULL,
  frames text NOT NULL,
  PRIMARY KEY (response_id, first_seq)
);

-- How long a project's data are kept where that differs from the installation's setting.
CREATE TABLE conversations.retention (
  project text PRIMARY KEY,
  response_days integer NOT NULL CHECK (response_days > 0),
  -- Null keeps conversations until they are deleted.
  conversation_days integer CHECK (conversation_days > 0)
);
