import type { Database } from '@kumiki/postgres';
import { blockBytes, checkObjectId, type ObjectStore } from './object-store.ts';

/** Objects as rows in PostgreSQL, accessible to every replica. Each row is written by a separate statement. */
export function createDatabaseObjects(database: Database): ObjectStore {
  const remove = async (id: string): Promise<void> => {
    await database.query('DELETE FROM search.objects WHERE id = $1', [checkObjectId(id)]);
  };
  return {
    async write(id, source) {
      await database.query('INSERT INTO search.objects (id) VALUES ($1)', [checkObjectId(id)]);
      try {
        let position = 0;
        for await (const block of inBlocks(source)) {
          await database.query('INSERT INTO search.object_blocks (object_id, position, data) VALUES ($1, $2, $3)', [
            id,
            position++,
            block,
          ]);
        }
      } catch (error) {
        // On failure, it is found by its age later.
        await remove(id).catch(() => {});
        throw error;
      }
    },
    async *read(id) {
      for (let position = 0; ; position++) {
        const { rows } = await database.query<{ data: Uint8Array | null }>(
          `SELECT block.data FROM search.objects AS object
           LEFT JOIN search.object_blocks AS block ON block.object_id = object.id AND block.position = $2
           WHERE object.id = $1`,
          [checkObjectId(id), position],
        );
        if (rows[0] === undefined) throw new Error('the bytes of this file are gone');
        if (rows[0].data === null) return;
        yield rows[0].data;
      }
    },
    remove,
    async listOlderThan(ageMs) {
      const { rows } = await database.query<{ id: string }>(
        `SELECT id FROM search.objects WHERE created_at < now() - $1 * interval '1 millisecond'`,
        [ageMs],
      );
      return rows.map(({ id }) => id);
    },
  };
}

/** Regroups pieces of any size into pieces of {@link blockBytes}; the last one may be shorter. */
async function* inBlocks(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let block = Buffer.allocUnsafe(blockBytes);
  let filled = 0;
  for await (const piece of source) {
    for (let at = 0; at < piece.length;) {
      const taken = Math.min(piece.length - at, blockBytes - filled);
      block.set(piece.subarray(at, at + taken), filled);
      at += taken;
      filled += taken;
      if (filled < blockBytes) continue;
      yield block;
      block = Buffer.allocUnsafe(blockBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}
