/** Where the bytes of files lie. An object is written once, whole, and never changed. */
export interface ObjectStore {
  /** Writes an object as its bytes arrive. When the source fails, nothing is left of it. */
  write(id: string, source: AsyncIterable<Uint8Array>): Promise<void>;
  /** The bytes in pieces of at most {@link blockBytes}. Rejects when there is no such object. */
  read(id: string): AsyncIterable<Uint8Array>;
  /** Removes an object; one that is not there is removed already. */
  remove(id: string): Promise<void>;
  /** Ids of objects that were begun more than so long ago. For finding those that belong to nobody. */
  listOlderThan(ageMs: number): Promise<readonly string[]>;
}

/** Pieces that objects are kept and read in. */
export const blockBytes = 1_048_576;

/** What names an object: our own file ids, so never a path. */
export function checkObjectId(id: string): string {
  if (!/^file-[0-9a-z]{1,64}$/.test(id)) throw new Error('not the id of an object');
  return id;
}
