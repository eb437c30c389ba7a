import { observedBy } from '@kumiki/policy';
import type { Log } from '@kumiki/service';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import { noteSeen } from '../routing/endpoint-record.ts';
import type { EndpointState } from '../routing/endpoint-state.ts';
import type { Outcome } from './outcome.ts';

/** Passive ejection: takes an endpoint out of use because of the outcome of a request there. */
export function learn(state: EndpointState, outcome: Outcome, metrics: GatewayMetrics, log: Log): void {
  const seen = observedBy(outcome);
  if (seen === null) return;
  if (!noteSeen(state, seen, performance.now())) return;
  metrics.countEjection(state.endpoint.id);
  const detail = outcome.kind === 'failed' ? outcome.detail : outcome.kind;
  log.warn({ endpoint: state.endpoint.id, reason: detail }, 'endpoint taken out of use');
}
