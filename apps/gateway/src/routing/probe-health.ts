import type { UpstreamClient, UpstreamRequest } from '../upstream/upstream.ts';
import type { EndpointState } from './endpoint-state.ts';

/**
 * Whether `GET /health` of an endpoint answers 200 within the time. If the endpoint had already closed a kept connection, that
 * proves nothing, and a new one is tried.
 */
export function probeHealth(upstream: UpstreamClient, state: EndpointState, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const ask = (mayBeStale: boolean): void => {
      let status = 0;
      upstream.request(healthRequest(state, timeoutMs), {
        onHead: (code) => void (status = code),
        onData: () => {},
        onEnd: () => resolve(status === 200),
        onError: (failure) => (failure.stale && mayBeStale ? ask(false) : resolve(false)),
      });
    };
    ask(true);
  });
}

function healthRequest(state: EndpointState, timeoutMs: number): UpstreamRequest {
  return {
    origin: new URL(state.endpoint.healthUrl ?? state.endpoint.url).origin,
    method: 'GET',
    path: '/health',
    headers: [],
    body: null,
    connectTimeoutMs: timeoutMs,
    headersTimeoutMs: timeoutMs,
  };
}
