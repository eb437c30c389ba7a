/** Stores the bytes of files. An object is written once, completely, and never changed. */
export interface ObjectStore {
  /** Writes an object as its bytes arrive. When the source fails, nothing is kept. */
  write(id: string, source: AsyncIterable<Uint8Array>): Promise<void>;
  /** The bytes in pieces of at most {@link blockBytes}. Rejects when there is no such object. */
  read(id: string): AsyncIterable<Uint8Array>;
  /** Removes an object; a missing one counts as removed. */
  remove(id: string): Promise<void>;
  /** Ids of objects whose write began more than `ageMs` ago, for finding orphans. */
  listOlderThan(ageMs: number): Promise<readonly string[]>;
}

/** Size of the pieces in which objects are stored and read. */
export const blockBytes = 1_048_576;

/** Checks an object's id: only our own file ids are valid, never a path. */
export function checkObjectId(id: string): string {
  if (!/^file-[0-9a-z]{1,64}$/.test(id)) throw new Error('not the id of an object');
  return id;
}
