import { Gauge, Registry } from '@kumiki/service';
import type { Runner } from '../runs/runner.ts';

/** What this replica tells of itself. */
export function createMetrics(runner: Runner): Registry {
  const registry = new Registry();
  show(registry, 'open_runs', 'Responses that this replica produces now.', () => runner.openRuns());
  show(registry, 'takeovers_total', 'Runs that this replica has taken over from another.', () => runner.takeovers());
  return registry;
}

function show(registry: Registry, name: string, help: string, value: () => number): void {
  registry.registerMetric(
    new Gauge({
      name: `kumiki_conversations_${name}`,
      help,
      registers: [],
      collect() {
        this.set(value());
      },
    }),
  );
}
