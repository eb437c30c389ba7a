import { z } from 'zod';
import type { Immutable } from './immutable.ts';

/** Rules of one installation. */
export const maxEgressRules = 1_024;

/** Characters of a rule: a host name or an address range, and a port. */
export const maxEgressRuleLength = 300;

/** Addresses of the installation itself. */
const maxOwnPlaces = 1_000;

const rule = z.string().max(maxEgressRuleLength);

export const egressEntrySchema = z.strictObject({
  /** `host`, `host:port`, an address, or a range of addresses (`10.0.0.0/8`, with a port `10.0.0.0/8:8000`). */
  rule,
  /**
   * Who listed it: the operator, or a manifest that was applied. A manifest's rule counts as a host name at most,
   * however precise it is.
   */
  by: z.enum(['operator', 'manifest']),
});
export type EgressEntry = Immutable<z.infer<typeof egressEntrySchema>>;

/** `public`: public addresses and what is listed; `listed`: only what is listed. */
export const egressModeSchema = z.enum(['public', 'listed']);

/** Which outside servers may be dialled. It is part of the route table, so that every gateway enforces it. */
export const egressPolicySchema = z.strictObject({
  mode: egressModeSchema,
  allow: z.array(egressEntrySchema).max(maxEgressRules),
  /** Addresses of the installation itself that are in no route, as `host:port`. */
  own: z.array(rule).max(maxOwnPlaces),
});
export type EgressPolicy = Immutable<z.infer<typeof egressPolicySchema>>;

/** The default policy. */
export const openEgress: EgressPolicy = { mode: 'public', allow: [], own: [] };
