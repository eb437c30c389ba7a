import type { Deadlines, ModelService } from '@kumiki/api';

interface DefaultDeadlines {
  readonly headersMs: number;
  readonly betweenTokensMs: number;
}

/**
 * Our workers send a comment every second while the engine makes progress, so four seconds of silence are enough to
 * leave one. Outside servers may send nothing until a long prompt is processed.
 */
export const ownDeadlines: DefaultDeadlines = { headersMs: 4_000, betweenTokensMs: 4_000 };
export const remoteDeadlines: DefaultDeadlines = { headersMs: 120_000, betweenTokensMs: 60_000 };

/**
 * Killing a worker costs more than leaving it: its engine counts as stalled after this multiple of `betweenTokensMs`.
 */
const stallFactor = 4;

/** The deadlines of a manifest, completed by the defaults. */
export function fillDeadlines(given: ModelService['spec']['deadlines'], defaults: DefaultDeadlines): Deadlines {
  return {
    connectMs: given.connectMs,
    headersMs: given.headersMs ?? defaults.headersMs,
    firstTokenMs: given.firstTokenMs,
    betweenTokensMs: given.betweenTokensMs ?? defaults.betweenTokensMs,
    totalMs: given.totalMs,
  };
}

/** Time without progress after which a worker reports that its engine has stalled. */
export function stallLimitMs({ betweenTokensMs }: Deadlines): number {
  return betweenTokensMs * stallFactor;
}
