import { z } from 'zod';
import type { Immutable } from './immutable.ts';
import { secretHashSchema, snapshotIdSchema } from './snapshot-values.ts';

/** Sessions of one snapshot. */
const maxSessions = 1_000_000;

/** A browser's session as a gateway holds it: never the secret of its cookie. It has the rights of its key. */
export const sessionRecordSchema = z.strictObject({
  id: snapshotIdSchema,
  /** Hash of the cookie's value. */
  hash: secretHashSchema,
  /** The key that the session acts as. */
  keyId: snapshotIdSchema,
  /** Unix seconds. */
  createdAt: z.int().min(0),
  expiresAt: z.int().min(0),
});
export type SessionRecord = Immutable<z.infer<typeof sessionRecordSchema>>;

export const sessionRecordsSchema = z.array(sessionRecordSchema).max(maxSessions);
