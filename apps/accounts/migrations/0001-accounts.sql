CREATE SCHEMA accounts;

-- The one row that every change locks first: changes are made one after the other, so that a change that can be read has
-- no earlier one that cannot be read yet, and numbers have no gaps.
CREATE TABLE accounts.head (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  -- Of the last change.
  number bigint NOT NULL,
  -- A fixed text, hashed under the pepper: under another one no key and no session would be valid.
  pepper_check text CHECK (length(pepper_check) = 64)
);

INSERT INTO accounts.head (number) VALUES (0);

-- A project is there while it has a key or limits of its own.
CREATE TABLE accounts.projects (
  name text PRIMARY KEY CHECK (octet_length(name) BETWEEN 1 AND 1024),
  -- The limits that were set for it; those that are missing have their defaults.
  limits jsonb NOT NULL DEFAULT '{}' CHECK (octet_length(limits::text) <= 4096),
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Times are Unix seconds, as callers give them.
CREATE TABLE accounts.keys (
  id text PRIMARY KEY CHECK (id ~ '^key_[0-9a-f]{18}$'),
  -- The number of the change that made it: the order of keys.
  made bigint NOT NULL,
  name text NOT NULL CHECK (octet_length(name) <= 1024),
  project text NOT NULL REFERENCES accounts.projects,
  -- HMAC-SHA-256 under the pepper; the key itself is nowhere.
  hash text NOT NULL UNIQUE CHECK (hash ~ '^[0-9a-f]{64}$'),
  roles jsonb NOT NULL CHECK (octet_length(roles::text) <= 1024),
  -- Null allows all.
  models jsonb CHECK (octet_length(models::text) <= 131072),
  limits jsonb NOT NULL CHECK (octet_length(limits::text) <= 4096),
  created_at bigint NOT NULL,
  -- Null never expires.
  expires_at bigint,
  redacted text NOT NULL CHECK (octet_length(redacted) <= 256),
  bytes integer NOT NULL CHECK (bytes BETWEEN 1 AND 131072)
);

CREATE INDEX keys_project ON accounts.keys (project);

CREATE TABLE accounts.sessions (
  id text PRIMARY KEY CHECK (id ~ '^session_[0-9a-f]{18}$'),
  made bigint NOT NULL,
  hash text NOT NULL UNIQUE CHECK (hash ~ '^[0-9a-f]{64}$'),
  key_id text NOT NULL REFERENCES accounts.keys,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  user_agent text CHECK (octet_length(user_agent) <= 2048)
);

CREATE INDEX sessions_key ON accounts.sessions (key_id);

CREATE TABLE accounts.sign_in_links (
  -- SHA-256 of its token.
  hash text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
  made bigint GENERATED ALWAYS AS IDENTITY,
  key_id text NOT NULL CHECK (octet_length(key_id) <= 255),
  session_id text CHECK (octet_length(session_id) <= 255),
  expires_at bigint NOT NULL,
  used boolean NOT NULL DEFAULT false
);

-- What has changed: which row, not how, so that an entry is small. Who reads it reads the row as it is now.
CREATE TABLE accounts.outbox (
  number bigint PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('key', 'session', 'project_limits')),
  id text NOT NULL CHECK (octet_length(id) <= 1024)
);
