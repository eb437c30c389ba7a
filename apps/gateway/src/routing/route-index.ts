import type { ModelRoute, RouteTable } from '@kumiki/api';
import { openBackends, type Backend } from './backends.ts';
import { createEndpointState, type EndpointState } from './endpoint-state.ts';

/** A model route with the state of its endpoints. */
export interface Route {
  readonly route: ModelRoute;
  readonly endpoints: readonly EndpointState[];
}

export interface RouteIndex {
  /** Takes a new snapshot whole. What is known of endpoints that stay is kept. */
  replace(table: RouteTable): void;
  /** By canonical name or alias. */
  find(model: string): Route | null;
  /** The longest prefix first. Another array for every snapshot. */
  backends(): readonly Backend[];
  routes(): readonly Route[];
  names(): Iterable<string>;
  endpoints(): Iterable<EndpointState>;
  /** Calls back whenever an endpoint may have become usable. Returns what ends the subscription. */
  onChange(listener: () => void): () => void;
  announceChange(): void;
}

export function createRouteIndex(initial: RouteTable): RouteIndex {
  let routes: Route[] = [];
  let byName = new Map<string, Route>();
  let states = new Map<string, EndpointState>();
  let backends: Backend[] = [];
  const listeners = new Set<() => void>();

  function replace(table: RouteTable): void {
    const nextStates = new Map<string, EndpointState>();
    routes = table.models.map((route) => ({
      route,
      endpoints: route.endpoints.map((endpoint) => {
        const known = states.get(endpoint.id);
        // Another address under an old id is another endpoint: what was learnt of the old one does not count.
        const kept = known !== undefined && known.endpoint.url === endpoint.url;
        const state = kept ? known : createEndpointState(endpoint);
        state.endpoint = endpoint;
        nextStates.set(endpoint.id, state);
        return state;
      }),
    }));
    states = nextStates;
    byName = new Map();
    // Aliases first, so that a canonical name always wins over another model's alias.
    for (const route of routes) for (const alias of route.route.aliases) byName.set(alias, route);
    for (const route of routes) byName.set(route.route.model, route);
    backends = openBackends(table.backends, backends);
    announceChange();
  }

  function announceChange(): void {
    for (const listener of listeners) listener();
  }

  replace(initial);
  return {
    replace,
    find: (model) => byName.get(model) ?? null,
    backends: () => backends,
    routes: () => routes,
    names: () => byName.keys(),
    endpoints: () => states.values(),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    announceChange,
  };
}
