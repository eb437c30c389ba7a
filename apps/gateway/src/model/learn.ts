import type { Observation } from '@kumiki/policy';
import type { Log } from '@kumiki/service';
import type { GatewayMetrics } from '../metrics/gateway-metrics.ts';
import { record, type EndpointState } from '../routing/endpoint-state.ts';
import type { Outcome } from './outcome.ts';

/** What an outcome says about the endpoint; null when it says nothing. */
function observationOf(outcome: Outcome): Observation | null {
  if (outcome.kind === 'client_left') return null;
  if (outcome.kind !== 'failed') return 'success';
  if (outcome.stale === true) return null;
  switch (outcome.failure) {
    case 'connect_refused':
    case 'connect_timeout':
    case 'headers_timeout':
    case 'stalled':
    case 'broken':
      return 'gone';
    case 'first_token_timeout':
    case 'protocol_error':
    case 'server_error':
      return 'failed_reply';
    case 'egress_denied':
    case 'busy':
    case 'diverged':
    case 'total_timeout':
      return null;
  }
}

/** Passive ejection: takes an endpoint out of use by what a request met there. */
export function learn(state: EndpointState, outcome: Outcome, metrics: GatewayMetrics, log: Log): void {
  const seen = observationOf(outcome);
  if (seen === null) return;
  const ejectionsBefore = state.eject.ejections;
  record(state, seen, performance.now());
  if (state.eject.ejections <= ejectionsBefore) return;
  metrics.countEjection(state.endpoint.id);
  const detail = outcome.kind === 'failed' ? outcome.detail : outcome.kind;
  log.warn({ endpoint: state.endpoint.id, reason: detail }, 'endpoint taken out of use');
}
