import { z } from 'zod';
import type { Immutable } from './immutable.ts';

/** More than any machine serves; a larger number means nothing. */
const maxLimit = 1_000_000_000;

/** null means no limit of that kind. */
const limit = z.int().min(1).max(maxLimit).nullable();

/** What one key may do. The one form of it: in requests that make keys, in lists of them, on disk and in snapshots. */
export const keyLimitsSchema = z.strictObject({
  requests_per_minute: limit,
  tokens_per_minute: limit,
  /** Requests that are open at once. */
  max_concurrent: limit,
});
export type KeyLimits = Immutable<z.infer<typeof keyLimitsSchema>>;

export const noKeyLimits: KeyLimits = { requests_per_minute: null, tokens_per_minute: null, max_concurrent: null };
