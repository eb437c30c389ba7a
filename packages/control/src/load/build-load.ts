import type { Load, Percentiles } from '@kumiki/api';
import type { MergedLoad } from '../gateways/merge-answers.ts';
import type { ReplicaGauges } from '../ports/installation.ts';

/**
 * Combines what the gateways measured with what the workers reported.
 * @param at Unix milliseconds.
 */
export function buildLoad(at: number, measured: MergedLoad, replicas: readonly ReplicaGauges[]): Load {
  return {
    object: 'kumiki.load',
    at,
    open_requests: measured.openRequests,
    requests_per_second: measured.requestsPerSecond,
    errors_per_second: measured.errorsPerSecond,
    tokens_per_second: measured.all.tokensPerSecond,
    ttft_ms: inHundredths(measured.all.ttftMs),
    itl_ms: inHundredths(measured.all.itlMs),
    replicas: replicas.map((replica) => {
      const here = measured.endpoints.get(replica.endpoint);
      return {
        id: replica.id,
        service: replica.service,
        model: replica.model,
        running: replica.running,
        waiting: replica.waiting,
        max_running: replica.maxRunning,
        kv_cache: replica.kvCache,
        tokens_per_second: here?.tokensPerSecond ?? 0,
        ttft_ms: inHundredths(here?.ttftMs ?? null),
        itl_ms: inHundredths(here?.itlMs ?? null),
        rss_bytes: replica.rssBytes,
      };
    }),
    missing_gateways: [...measured.missing],
  };
}

/** Rounds to hundredths: more digits are noise and would double the size of the stream. */
function inHundredths(percentiles: Percentiles | null): Percentiles | null {
  if (percentiles === null) return null;
  const round = (ms: number): number => Math.round(ms * 100) / 100;
  return { p50: round(percentiles.p50), p95: round(percentiles.p95) };
}
