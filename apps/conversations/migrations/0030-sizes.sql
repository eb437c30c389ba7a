-- Sizes in bytes of what is stored as JSON, so that pages and contexts can be bounded without reading it. Null in rows of
-- earlier versions that still run: then it is measured.
ALTER TABLE conversations.items ADD COLUMN bytes integer;

UPDATE conversations.items SET bytes = octet_length(item::text);

-- Of all items of a conversation.
ALTER TABLE conversations.conversations ADD COLUMN bytes bigint NOT NULL DEFAULT 0;

UPDATE conversations.conversations AS c
SET bytes = COALESCE((SELECT sum(i.bytes) FROM conversations.items AS i WHERE i.conversation_id = c.id), 0);
