import { Counter, Histogram, Registry, collectDefaultMetrics } from '@kumiki/service';

export interface SearchMetrics {
  readonly registry: Registry;
  ingested(outcome: 'completed' | 'failed' | 'postponed' | 'lost'): void;
  searched(seconds: number): void;
}

export function createMetrics(): SearchMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const files = new Counter({
    name: 'kumiki_search_ingest_files_total',
    help: 'Attempts at files of vector stores, by their outcome.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  const searches = new Histogram({
    name: 'kumiki_search_query_seconds',
    help: 'Time of a search, the embedding of its query included.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  return {
    registry,
    ingested: (outcome) => files.inc({ outcome }),
    searched: (seconds) => searches.observe(seconds),
  };
}
