-- What stands behind the name of a model may change, and vectors of two models cannot be compared. A revision is known by
-- what it makes of a fixed text.
CREATE TABLE search.embedding_revisions (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  model text NOT NULL,
  probe vector NOT NULL
);
CREATE INDEX embedding_revisions_of_model ON search.embedding_revisions (model, number);
-- Of all vectors of the store. null: they are older than revisions; the sweeper finds out.
ALTER TABLE search.vector_stores ADD COLUMN embedding_revision bigint;
