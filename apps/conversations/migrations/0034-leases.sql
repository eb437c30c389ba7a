-- Whether a run waits is told by its lease, as for all leased work: nobody holds what has no owner.
ALTER TABLE conversations.responses ALTER COLUMN lease_owner DROP NOT NULL;

UPDATE conversations.responses SET lease_owner = NULL WHERE waiting AND ended_at IS NULL;

-- Takes the two indexes on it along.
ALTER TABLE conversations.responses DROP COLUMN waiting;

-- Neither has a column that changes while a run is driven, so that storing a batch of events touches no index.
CREATE INDEX responses_waiting ON conversations.responses (project, accepted_at, id)
  WHERE ended_at IS NULL AND lease_owner IS NULL;

CREATE INDEX responses_driven ON conversations.responses (project) WHERE ended_at IS NULL AND lease_owner IS NOT NULL;
