-- For finding the batches that ended long ago.
CREATE INDEX batches_ended ON conversations.batches (COALESCE(completed_at, failed_at, expired_at, cancelled_at))
  WHERE status IN ('completed', 'failed', 'expired', 'cancelled');
