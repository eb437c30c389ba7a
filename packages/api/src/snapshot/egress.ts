import { z } from 'zod';
import type { Immutable } from './immutable.ts';

/** Rules of one installation. */
export const maxEgressRules = 1_024;

/** Letters of a rule: a host name, a prefix, a port. */
export const maxEgressRuleLength = 300;

/** Places of the installation itself. */
const maxOwnPlaces = 1_000;

const rule = z.string().max(maxEgressRuleLength);

export const egressEntrySchema = z.strictObject({
  /** `host`, `host:port`, an address, or a range of addresses (`10.0.0.0/8`, with a port `10.0.0.0/8:8000`). */
  rule,
  /** Who listed it: the operator by name, or a manifest that he applied. The latter opens no more than a name does. */
  by: z.enum(['operator', 'manifest']),
});
export type EgressEntry = Immutable<z.infer<typeof egressEntrySchema>>;

/** `public`: public addresses and what is listed; `listed`: only what is listed. */
export const egressModeSchema = z.enum(['public', 'listed']);

/** Which outside servers may be dialled. It travels with the routes, so that every gateway holds to it. */
export const egressPolicySchema = z.strictObject({
  mode: egressModeSchema,
  allow: z.array(egressEntrySchema).max(maxEgressRules),
  /** Places of the installation itself that stand in no route, as `host:port`. */
  own: z.array(rule).max(maxOwnPlaces),
});
export type EgressPolicy = Immutable<z.infer<typeof egressPolicySchema>>;

/** What counts where nobody has said anything. */
export const openEgress: EgressPolicy = { mode: 'public', allow: [], own: [] };
