import { KumikiError, type ProjectLimits } from '@kumiki/api';
import type { Database, Queryable } from '@kumiki/postgres';
import { requireRoom, lockUsage } from './project-usage.ts';

/** Bytes that are set aside at once for an upload that has not said how long it is. */
const stepBytes = 16_777_216;
/** Of an upload's form, its file left out. */
const formBytes = 4_096;
/** A row that is not renewed for so long belongs to an upload that died with its process. */
const aliveMs = 180_000;
const renewMs = 30_000;

export interface UploadOwner {
  readonly id: string;
  readonly project: string;
  readonly limits: ProjectLimits;
}

/** Room for an upload, set aside before its bytes are taken, so that two at once cannot both use what is left. */
export interface UploadRoom {
  /** To be called as bytes come. Throws `quota_exceeded` when there is no room for so many. */
  has(bytes: number): Promise<void>;
  /** Gives back what is set aside, when nothing came of the upload. */
  release(): Promise<void>;
}

/** @param declared bytes of the whole form, as far as it has said. Throws `quota_exceeded`. */
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

/** As many bytes as are wished for where there is room, else as many as are needed. */
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

/** Ends an upload well, within the transaction that makes its row: what was set aside becomes what it has. */
export async function settleUpload(transaction: Queryable, owner: UploadOwner, bytes: number): Promise<void> {
  const usage = await lockUsage(transaction, owner.project, owner.id);
  await transaction.query('DELETE FROM search.uploads WHERE id = $1', [owner.id]);
  requireRoom(owner.project, owner.limits, usage, { files: 1, file_bytes: bytes });
}
