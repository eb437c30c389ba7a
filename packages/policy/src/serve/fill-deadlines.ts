import type { Deadlines, ModelService } from '@kumiki/api';

interface DefaultDeadlines {
  readonly headersMs: number;
  readonly betweenTokensMs: number;
}

/**
 * Our workers send a sign of life every second while the engine moves, so four seconds of silence are proof enough
 * to leave one. Of other servers nothing is known: their first byte may wait for a long prompt.
 */
export const ownDeadlines: DefaultDeadlines = { headersMs: 4_000, betweenTokensMs: 4_000 };
export const remoteDeadlines: DefaultDeadlines = { headersMs: 120_000, betweenTokensMs: 60_000 };

/** Killing costs more than leaving: a worker calls its engine stuck after this many silences between tokens. */
const stallFactor = 4;

/** The deadlines of a manifest, with what it leaves open. */
export function fillDeadlines(given: ModelService['spec']['deadlines'], defaults: DefaultDeadlines): Deadlines {
  return {
    connectMs: given.connectMs,
    headersMs: given.headersMs ?? defaults.headersMs,
    firstTokenMs: given.firstTokenMs,
    betweenTokensMs: given.betweenTokensMs ?? defaults.betweenTokensMs,
    totalMs: given.totalMs,
  };
}

/** Time without progress after which a worker says that its engine stands still. */
export function stallLimitMs({ betweenTokensMs }: Deadlines): number {
  return betweenTokensMs * stallFactor;
}
