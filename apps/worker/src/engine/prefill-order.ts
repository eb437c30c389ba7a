/**
 * The order in which an engine prefills the prompts of tenants. Prefill is the resource that they compete for: a step
 * prefills at most a few thousand tokens, and in the order of arrival one tenant's prompts would delay the first token
 * of all others. The tenant with the fewest prefilled tokens goes first (start-time fair queueing: Goyal, Vin and
 * Cheng, 1996), so that busy tenants get equal shares.
 */
export interface PrefillOrder {
  /**
   * Sorts the waiting prompts, given in the order of arrival, by the order of prefill: first come, first served within
   * a tenant.
   */
  sort<Waiting extends { readonly tenant: string }>(waiting: readonly Waiting[]): readonly Waiting[];
  /** Counts prefilled tokens of a tenant's prompts. */
  count(tenant: string, tokens: number): void;
}

/**
 * A tenant that was idle goes before busy ones for this many tokens, and has an equal share afterwards: enough for a
 * prompt of usual length at the engine's full speed, and soon over for the others.
 */
export const creditTokens = 4_096;

/** Tenants without waiting prompts whose use is kept. The one with the fewest tokens is dropped first. */
const maxRemembered = 1_024;

export function createPrefillOrder(): PrefillOrder {
  /** Prefilled tokens of each tenant, as if all had been busy from the beginning. */
  const had = new Map<string, number>();
  /** The tokens of the busy tenant with the fewest. Never decreases. */
  let level = 0;

  function hadBy(tenant: string): number {
    return Math.max(had.get(tenant) ?? 0, level - creditTokens);
  }

  /** Drops tenants that are behind by more than the credit: they are treated like new ones. */
  function forget(): void {
    for (const [tenant, tokens] of had) if (tokens <= level - creditTokens) had.delete(tenant);
    if (had.size <= maxRemembered) return;
    const byUse = [...had].toSorted(([, a], [, b]) => a - b);
    for (const [tenant] of byUse.slice(0, had.size - maxRemembered)) had.delete(tenant);
  }

  return {
    sort(waiting) {
      const [first] = waiting;
      if (first === undefined) return waiting;
      const uses = new Map<string, number>();
      for (const { tenant } of waiting) if (!uses.has(tenant)) uses.set(tenant, hadBy(tenant));
      level = Math.max(level, Math.min(...uses.values()));
      if (uses.size === 1) return waiting;
      return waiting.toSorted((a, b) => (uses.get(a.tenant) ?? 0) - (uses.get(b.tenant) ?? 0));
    },
    count(tenant, tokens) {
      had.set(tenant, hadBy(tenant) + tokens);
      if (had.size > maxRemembered) forget();
    },
  };
}
