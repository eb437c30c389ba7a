import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Database } from '@kumiki/postgres';
import type { ObjectStore } from '../objects/object-store.ts';
import { openTestDatabase } from '../testing/test-database.ts';
import { sweep } from './sweep.ts';

let database: Database;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

test('a file whose bytes cannot be removed keeps nothing else from being swept, and is told of', async () => {
  const removed: string[] = [];
  const objects: ObjectStore = {
    write: async () => {},
    async *read() {},
    async remove(id) {
      if (id === 'file-stuck') throw new Error('the disk refuses');
      removed.push(id);
    },
    listOlderThan: async () => [],
  };
  await database.query(
    `INSERT INTO search.files (id, project, filename, purpose, bytes, sha256, deleted_at)
     SELECT id, 'p', 'a.txt', 'assistants', 1, '', now() FROM unnest($1::text[]) AS id`,
    [['file-stuck', 'file-one', 'file-two']],
  );
  await database.query(
    `INSERT INTO search.uploads (id, project, bytes, expires_at) VALUES ('file-dead', 'p', 1, now() - interval '1 hour')`,
  );
  const revisions = { lastSeen: () => null, embed: () => Promise.reject(new Error('nobody asks')) };
  const signal = new AbortController().signal;
  await assert.rejects(sweep({ database, objects, revisions, signal }), (error: unknown) => {
    assert.ok(error instanceof AggregateError);
    assert.deepEqual(
      error.errors.map((one) => String(one)),
      ['Error: the disk refuses'],
    );
    return true;
  });
  assert.deepEqual(removed.toSorted(), ['file-dead', 'file-one', 'file-two']);
  const { rows } = await database.query<{ id: string }>('SELECT id FROM search.files');
  assert.deepEqual(rows, [{ id: 'file-stuck' }]);
});
