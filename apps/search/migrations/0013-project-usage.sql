-- What each project has, counted by the database itself, so that no way of adding or removing is forgotten. The row of a
-- project is what uploads of it wait for each other on.
CREATE TABLE search.project_usage (
  project text PRIMARY KEY,
  files bigint NOT NULL DEFAULT 0,
  file_bytes bigint NOT NULL DEFAULT 0,
  vector_stores bigint NOT NULL DEFAULT 0
);

-- Uploads in progress, with the bytes that are set aside for them. One that is not renewed has died.
CREATE TABLE search.uploads (
  -- Of the object that it writes.
  id text PRIMARY KEY,
  project text NOT NULL,
  bytes bigint NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX uploads_of_project ON search.uploads (project);
CREATE INDEX uploads_that_expire ON search.uploads (expires_at);

LOCK TABLE search.files, search.vector_stores IN SHARE ROW EXCLUSIVE MODE;

INSERT INTO search.project_usage (project, files, file_bytes, vector_stores)
SELECT project, sum(files), sum(bytes), sum(stores) FROM (
  SELECT project, count(*) AS files, sum(bytes) AS bytes, 0 AS stores FROM search.files GROUP BY project
  UNION ALL
  SELECT project, 0, 0, count(*) FROM search.vector_stores GROUP BY project
) AS counted GROUP BY project;

CREATE FUNCTION search.count_use(of_project text, more_files bigint, more_bytes bigint, more_stores bigint)
RETURNS void LANGUAGE sql AS $$
  INSERT INTO search.project_usage AS used (project, files, file_bytes, vector_stores)
  VALUES (of_project, more_files, more_bytes, more_stores)
  ON CONFLICT (project) DO UPDATE SET files = used.files + EXCLUDED.files,
    file_bytes = used.file_bytes + EXCLUDED.file_bytes, vector_stores = used.vector_stores + EXCLUDED.vector_stores
$$;

-- A semicolon at the end of a line ends a statement of this file, hence those at the beginnings.
CREATE FUNCTION search.count_file() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'INSERT' THEN PERFORM search.count_use(NEW.project, 1, NEW.bytes, 0)
  ; ELSE PERFORM search.count_use(OLD.project, -1, -OLD.bytes, 0)
  ; END IF
  ; RETURN NULL
  ; END $$;

CREATE FUNCTION search.count_vector_store() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'INSERT' THEN PERFORM search.count_use(NEW.project, 0, 0, 1)
  ; ELSE PERFORM search.count_use(OLD.project, 0, 0, -1)
  ; END IF
  ; RETURN NULL
  ; END $$;

CREATE TRIGGER files_are_counted AFTER INSERT OR DELETE ON search.files
  FOR EACH ROW EXECUTE FUNCTION search.count_file();
CREATE TRIGGER vector_stores_are_counted AFTER INSERT OR DELETE ON search.vector_stores
  FOR EACH ROW EXECUTE FUNCTION search.count_vector_store();

-- Batches that ended long ago go.
CREATE INDEX file_batches_by_age ON search.file_batches (created_at);
