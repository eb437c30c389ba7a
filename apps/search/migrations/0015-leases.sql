-- The columns of all leased work: who holds a row, and how many claims in a row brought nothing.
ALTER TABLE search.store_files RENAME COLUMN fruitless_claims TO claims;

-- The process that holds the file; null while it waits.
ALTER TABLE search.store_files ADD COLUMN lease_owner text;
