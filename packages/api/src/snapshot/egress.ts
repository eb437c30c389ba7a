/** Which outside servers may be dialled. It travels with the routes, so that every gateway holds to it. */
export interface EgressPolicy {
  /** `public`: public addresses and what is listed; `listed`: only what is listed. */
  readonly mode: 'public' | 'listed';
  readonly allow: readonly EgressEntry[];
  /** Places of the installation itself that stand in no route, as `host:port`. */
  readonly own: readonly string[];
}

export interface EgressEntry {
  /** `host`, `host:port`, an address, or a range of addresses (`10.0.0.0/8`, with a port `10.0.0.0/8:8000`). */
  readonly rule: string;
  /** Who listed it: the operator by name, or a manifest that he applied. The latter opens no more than a name does. */
  readonly by: 'operator' | 'manifest';
}

/** What counts where nobody has said anything. */
export const openEgress: EgressPolicy = { mode: 'public', allow: [], own: [] };

/** Rules of one installation. */
export const maxEgressRules = 1_024;

/** Letters of a rule: a host name, a prefix, a port. */
export const maxEgressRuleLength = 300;
