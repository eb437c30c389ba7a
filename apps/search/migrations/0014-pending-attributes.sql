-- The chunks of a file may have its attributes of before: they get the new ones slice by slice.
ALTER TABLE search.store_files ADD COLUMN attributes_pending boolean NOT NULL DEFAULT false;
CREATE INDEX store_files_pending ON search.store_files (number) WHERE attributes_pending;
