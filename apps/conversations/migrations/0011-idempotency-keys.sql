CREATE SCHEMA IF NOT EXISTS conversations;

-- What a request with an Idempotency-Key made, so that the same request again makes nothing new.
CREATE TABLE conversations.idempotency_keys (
  project text NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  -- SHA-256 of the body, hexadecimal.
  digest text NOT NULL,
  resource_id text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (project, route, key)
);

CREATE INDEX idempotency_keys_age ON conversations.idempotency_keys (created_at);
