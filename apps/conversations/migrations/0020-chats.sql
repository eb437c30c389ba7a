-- When a run came how far, by the database's clock; null in runs of earlier versions. `created_at` has whole seconds.
ALTER TABLE conversations.responses
  ADD COLUMN accepted_at timestamptz,
  -- A model has taken the request.
  ADD COLUMN begun_at timestamptz,
  -- The first token was stored, and so could be read.
  ADD COLUMN first_token_at timestamptz;

-- A chat as a person sees it: responses, whose `previous_response_id` makes them a tree.
CREATE TABLE conversations.chats (
  id text PRIMARY KEY,
  project text NOT NULL,
  key_id text NOT NULL,
  title text NOT NULL,
  -- The title as it is searched: one width, one case.
  folded_title text NOT NULL,
  pinned boolean NOT NULL DEFAULT false,
  settings json NOT NULL,
  -- No reference: it may be deleted, and what came before it takes its place.
  current_response_id text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX chats_of_key ON conversations.chats (project, key_id, updated_at DESC, id DESC);

CREATE INDEX chats_current ON conversations.chats (current_response_id) WHERE current_response_id IS NOT NULL;

-- A response may be in several chats: a fork shares what it was forked from.
CREATE TABLE conversations.chat_responses (
  chat_id text NOT NULL REFERENCES conversations.chats ON DELETE CASCADE,
  response_id text NOT NULL REFERENCES conversations.responses ON DELETE CASCADE,
  PRIMARY KEY (chat_id, response_id)
);

CREATE INDEX chat_responses_response ON conversations.chat_responses (response_id);
