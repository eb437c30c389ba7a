/**
 * Whose prompts an engine reads first. Reading is what callers take from one another: a step reads few thousand tokens at
 * most, and in the order of arrival one tenant's prompts would hold up everybody's first token. Whoever has had less of it
 * goes first (start-time fair queueing: Goyal, Vin and Cheng, 1996), so that busy tenants come to equal parts.
 */
export interface PrefillOrder {
  /** Those whose prompts wait, in the order of arrival, as they are to be read: first come first served within a tenant. */
  sort<Waiting extends { readonly tenant: string }>(waiting: readonly Waiting[]): readonly Waiting[];
  /** So many tokens of a tenant's prompts are read now. */
  count(tenant: string, tokens: number): void;
}

/**
 * A tenant that was silent goes before busy ones for so many tokens, and level with them from then on: long enough for a
 * prompt of usual length to be read at the engine's full speed, and soon over for all others.
 */
export const creditTokens = 4_096;

/** Tenants whose use is remembered beyond those whose prompts wait. The one that has had least is forgotten first. */
const maxRemembered = 1_024;

export function createPrefillOrder(): PrefillOrder {
  /** Tokens that each has had, as if all had been busy from the beginning. */
  const had = new Map<string, number>();
  /** What the busy one with the least has had. Never falls. */
  let level = 0;

  function hadBy(tenant: string): number {
    return Math.max(had.get(tenant) ?? 0, level - creditTokens);
  }

  /** Whoever has fallen behind by more than the credit is as one never seen. */
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
