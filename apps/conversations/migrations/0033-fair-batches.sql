-- Claims in a row that brought nothing yet, as those of responses: of a line until it has a result, and of a batch until
-- its input file has been read.
ALTER TABLE conversations.batch_lines ADD COLUMN claims integer NOT NULL DEFAULT 0;

ALTER TABLE conversations.batches ADD COLUMN claims integer NOT NULL DEFAULT 0;

CREATE INDEX batches_open_of_project ON conversations.batches (project)
  WHERE status IN ('validating', 'in_progress', 'finalizing', 'cancelling');

-- Lines that were claimed and have no result: few, whatever the size of a batch.
CREATE INDEX batch_lines_claimed ON conversations.batch_lines (batch_id, line) WHERE result IS NULL AND claims > 0;
