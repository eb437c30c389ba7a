ALTER TABLE conversations.responses
  -- No replica drives it, and none has died with it: it waits for one with room, or until models have room again. Its
  -- lease_until is then when it may be tried.
  ADD COLUMN waiting boolean NOT NULL DEFAULT false,
  -- Claims in a row that brought nothing yet: raised by each claim, 0 again with what is stored of an answer, and taken
  -- back by a driver that lets go. What is left of it at a claim ended or silenced its process.
  ADD COLUMN claims integer NOT NULL DEFAULT 0,
  -- Since when models have no room for it.
  ADD COLUMN refused_since timestamptz,
  -- What is stored of it as JSON; while it is open, what a driver has to read.
  ADD COLUMN bytes bigint NOT NULL DEFAULT 0;

-- Neither has a column that changes while a run is driven, so that storing a batch of events touches no index.
CREATE INDEX responses_waiting ON conversations.responses (project, accepted_at, id) WHERE ended_at IS NULL AND waiting;

CREATE INDEX responses_driven ON conversations.responses (project) WHERE ended_at IS NULL AND NOT waiting;

UPDATE conversations.responses
SET bytes = octet_length(request::text) + octet_length(input::text) + octet_length(response::text);
