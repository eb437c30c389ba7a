-- The W3C trace context of the request that began a run, so that whoever drives it, or takes it over, stays in its trace.
ALTER TABLE conversations.responses ADD COLUMN traceparent text;
