import { z } from 'zod';
import type { Immutable } from './immutable.ts';

/** More than any installation can serve. */
const maxLimit = 1_000_000_000;

/** null means unlimited. */
const limit = z.int().min(1).max(maxLimit).nullable();

/**
 * The limits of one key, in the same form everywhere: in requests that create keys, in lists, on disk and in snapshots.
 */
export const keyLimitsSchema = z.strictObject({
  requests_per_minute: limit,
  tokens_per_minute: limit,
  /** Requests that are open at once. */
  max_concurrent: limit,
});
export type KeyLimits = Immutable<z.infer<typeof keyLimitsSchema>>;

export const noKeyLimits: KeyLimits = { requests_per_minute: null, tokens_per_minute: null, max_concurrent: null };
