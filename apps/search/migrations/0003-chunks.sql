CREATE TABLE search.chunks (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  project text NOT NULL,
  store_number bigint NOT NULL,
  store_file bigint NOT NULL REFERENCES search.store_files (number),
  position integer NOT NULL,
  page integer,
  term_count integer NOT NULL,
  dimensions integer NOT NULL,
  -- SHA-256 of model and text: equal chunks of a project share one vector.
  digest bytea NOT NULL,
  headings text[] NOT NULL,
  text text NOT NULL,
  attributes jsonb NOT NULL,
  embedding vector NOT NULL,
  -- Every lexeme begins with the number of its store, so that the index itself is fenced.
  terms tsvector NOT NULL,
  UNIQUE (store_file, position)
);
-- Ranking reads vectors and terms of many rows, and texts of few: those go out of line first.
ALTER TABLE search.chunks ALTER COLUMN embedding SET STORAGE MAIN;
ALTER TABLE search.chunks ALTER COLUMN terms SET STORAGE MAIN;
CREATE INDEX chunks_of_store ON search.chunks (store_number);
CREATE INDEX chunks_by_digest ON search.chunks (project, digest);
-- fastupdate would make searches read the pending list of whatever is being ingested.
CREATE INDEX chunks_by_term ON search.chunks USING gin (terms) WITH (fastupdate = off);

-- In how many chunks of the complete files of a store a term occurs.
CREATE TABLE search.term_counts (
  store_number bigint NOT NULL REFERENCES search.vector_stores (number) ON DELETE CASCADE,
  term text NOT NULL,
  chunks bigint NOT NULL,
  PRIMARY KEY (store_number, term)
) WITH (fillfactor = 80);
