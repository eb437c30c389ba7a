import { collectDefaultMetrics, Gauge, Registry } from '@kumiki/service';
import type { Mirror } from '../database/mirror.ts';

/** What a replica with a database measures of itself. */
export function createMetrics(mirror: Pick<Mirror, 'ageMs' | 'state'>, streams: { count(): number }): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: () => number): void => {
    const made: Gauge = new Gauge({ name, help, registers: [], collect: (): void => made.set(read()) });
    registry.registerMetric(made);
  };
  const { state } = mirror;
  gauge('kumiki_accounts_age_seconds', 'Since this replica last knew every change.', () => mirror.ageMs() / 1_000);
  gauge('kumiki_accounts_change_number', 'Number of the last change that this replica knows.', () => state().number);
  gauge('kumiki_accounts_streams', 'Gateways that follow this replica.', () => streams.count());
  gauge('kumiki_accounts_keys', 'API keys.', () => state().keys.size);
  gauge('kumiki_accounts_sessions', 'Sessions of browsers that are stored.', () => state().sessions.size);
  return registry;
}
