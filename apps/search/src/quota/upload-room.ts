import { KumikiError, type ProjectLimits } from '@kumiki/api';
import type { Database, Queryable } from '@kumiki/postgres';
import { requireRoom, lockUsage } from './project-usage.ts';

/** Bytes that are reserved at a time for an upload of unknown length. */
const stepBytes = 16_777_216;
/** Bytes of an upload's form without its file. */
const formBytes = 4_096;
/** A reservation that is not renewed for this time belongs to an upload whose process died. */
const aliveMs = 180_000;
const renewMs = 30_000;

export interface UploadOwner {
  readonly id: string;
  readonly project: string;
  readonly limits: ProjectLimits;
}

/** Quota that is reserved before an upload's bytes are accepted, so that two uploads cannot both use the rest. */
export interface UploadRoom {
  /** Must be called as bytes arrive. Throws `quota_exceeded` when they exceed the quota. */
  has(bytes: number): Promise<void>;
  /** Releases the reservation of a failed upload. */
  release(): Promise<void>;
}

/** @param declared bytes of the whole form; 0 when unknown. Throws `quota_exceeded`. */
export async function reserveUpload(database: Database, owner: UploadOwner, declared: number): Promise<UploadRoom> {
  let reserved = await theMostOf(database, owner, declared, Math.max(0, declared - formBytes));
  let renewedMs = performance.now();
  return {
    async has(bytes) {
      if (bytes <= reserved && performance.now() - renewedMs < renewMs) return;
      if (bytes > reserved) reserved = await theMostOf(database, owner, bytes + stepBytes, bytes);
      else await setAside(database, owner, reserved);
      renewedMs = performance.now();
    },
    async release() {
      await database.query('DELETE FROM search.uploads WHERE id = $1', [owner.id]);
    },
  };
}

/** Reserves up to `wished` bytes, and at least `needed`. */
async function theMostOf(database: Database, owner: UploadOwner, wished: number, needed: number): Promise<number> {
  try {
    await setAside(database, owner, wished);
    return wished;
  } catch (error) {
    if (!(error instanceof KumikiError) || error.code !== 'quota_exceeded') throw error;
    await setAside(database, owner, needed);
    return needed;
  }
}

async function setAside(database: Database, { id, project, limits }: UploadOwner, bytes: number): Promise<void> {
  await database.transaction(async (transaction) => {
    requireRoom(project, limits, await lockUsage(transaction, project, id), { files: 1, file_bytes: bytes });
    await transaction.query(
      `INSERT INTO search.uploads (id, project, bytes, expires_at)
       VALUES ($1, $2, $3, now() + $4 * interval '1 millisecond')
       ON CONFLICT (id) DO UPDATE SET bytes = EXCLUDED.bytes, expires_at = EXCLUDED.expires_at`,
      [id, project, bytes, aliveMs],
    );
  });
}

/** Completes an upload, within the transaction that creates its row: the reservation becomes usage. */
export async function settleUpload(transaction: Queryable, owner: UploadOwner, bytes: number): Promise<void> {
  const usage = await lockUsage(transaction, owner.project, owner.id);
  await transaction.query('DELETE FROM search.uploads WHERE id = $1', [owner.id]);
  requireRoom(owner.project, owner.limits, usage, { files: 1, file_bytes: bytes });
}
