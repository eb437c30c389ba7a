import { Counter, Gauge, Histogram, Registry } from '@kumiki/service';

/** What the operator measures of itself. */
export function createOperatorMetrics(read: {
  readonly queued: () => number;
  readonly leads: () => boolean;
  readonly stalestSeconds: () => number;
}) {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  gauge('kumiki_operator_queued', 'Services that wait for their turn or are in work.', read.queued);
  gauge('kumiki_operator_leads', '1 in the operator that acts, 0 in one that waits.', () => Number(read.leads()));
  gauge(
    'kumiki_operator_cache_age_seconds',
    'Since the API server has last said something of the resource that was not heard of for longest.',
    read.stalestSeconds,
  );
  return {
    registry,
    writes: new Counter({
      name: 'kumiki_operator_writes_total',
      help: 'Objects that were written. None at rest.',
      labelNames: ['kind'] as const,
      registers,
    }),
    rounds: new Histogram({
      name: 'kumiki_operator_round_seconds',
      help: 'A round for one service, by what became of it: done, again or failed.',
      labelNames: ['outcome'] as const,
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    }),
  };
}
