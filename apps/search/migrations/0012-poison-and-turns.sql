-- Claims in a row that brought no new chunk and were not given back: whoever made them died or fell silent.
ALTER TABLE search.store_files ADD COLUMN fruitless_claims integer NOT NULL DEFAULT 0;
-- Our own code of the failure, where the API's three say too little.
ALTER TABLE search.store_files ADD COLUMN failure text;
-- So many claims a file had in the store where it was given up; other stores need not try it.
ALTER TABLE search.files ADD COLUMN poisonous_claims integer;

-- Projects go round: whoever had no turn for longest is next.
CREATE TABLE search.ingest_turns (
  project text PRIMARY KEY,
  taken_at timestamptz NOT NULL
);
CREATE INDEX store_files_queue_of_project ON search.store_files (project, not_before, number)
  WHERE status = 'in_progress';
CREATE INDEX store_files_leased ON search.store_files (lease_until)
  WHERE status = 'in_progress' AND lease_until IS NOT NULL;
