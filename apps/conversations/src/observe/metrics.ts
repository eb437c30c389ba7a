import type { Database } from '@kumiki/postgres';
import { Counter, Gauge, Registry } from '@kumiki/service';
import type { RecordedLines } from '../batches/lines/record-results.ts';
import { measureBatches, type OpenBatches } from '../batches/measure-batches.ts';
import type { Runner } from '../runs/runner.ts';

/**
 * Limit of the database query behind a metric. Beyond it the value is unknown, so that the other metrics are not
 * delayed.
 */
const measureLimitMs = 1_000;

export interface ConversationsMetrics {
  readonly registry: Registry;
  recorded(lines: RecordedLines): void;
}

/** The metrics of this replica, and of the batches of all replicas. */
export function createMetrics(database: Database, runner: Runner): ConversationsMetrics {
  const registry = new Registry();
  show(registry, 'open_runs', 'Responses that this replica produces now.', () => runner.openRuns());
  count(registry, 'takeovers_total', 'Runs that this replica has taken over from another.', () => runner.takeovers());
  showBatches(registry, database);
  const lines = new Counter({
    name: 'kumiki_conversations_batch_lines_total',
    help: 'Requests of batches that this replica has run to a result, by their outcome.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  return {
    registry,
    recorded({ completed, failed }) {
      lines.inc({ outcome: 'completed' }, completed);
      lines.inc({ outcome: 'failed' }, failed);
    },
  };
}

function count(registry: Registry, name: string, help: string, total: () => number): void {
  registry.registerMetric(
    new Counter({
      name: `kumiki_conversations_${name}`,
      help,
      registers: [],
      collect() {
        this.reset();
        this.inc(total());
      },
    }),
  );
}

function show(registry: Registry, name: string, help: string, value: () => number | Promise<number>): void {
  registry.registerMetric(
    new Gauge({
      name: `kumiki_conversations_${name}`,
      help,
      registers: [],
      async collect() {
        this.set(await value());
      },
    }),
  );
}

/** Every replica reports the same values: aggregate them by max, never by sum. */
function showBatches(registry: Registry, database: Database): void {
  let measuring: Promise<OpenBatches | null> | null = null;
  // One query gives both values.
  const measure = (): Promise<OpenBatches | null> =>
    (measuring ??= within(measureLimitMs, measureBatches(database)).finally(() => (measuring = null)));
  const unknown = Number.NaN;
  show(
    registry,
    'open_batches',
    'Batches that have not ended, of all replicas.',
    async () => (await measure())?.open ?? unknown,
  );
  show(
    registry,
    'oldest_batch_line_seconds',
    'Since the oldest batch was made in which a request still waits, of all replicas; 0 where none does.',
    async () => (await measure())?.oldestSeconds ?? unknown,
  );
}

/** null when it fails or takes longer. */
async function within<Value>(limitMs: number, work: Promise<Value>): Promise<Value | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(resolve, limitMs, null)));
  const result = await Promise.race([work.catch(() => null), late]);
  clearTimeout(timer);
  return result;
}
