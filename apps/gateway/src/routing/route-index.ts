import type { ModelRoute, RouteTable } from '@kumiki/api';
import { openBackends, type Backend } from './backends.ts';
import { createEndpointState, type EndpointState } from './endpoint-state.ts';

/** A model route with the state of its endpoints. */
export interface Route {
  readonly route: ModelRoute;
  readonly endpoints: readonly EndpointState[];
}

export interface RouteIndex {
  /** Applies a new snapshot. Endpoints that stay keep their state. */
  replace(table: RouteTable): void;
  /** By canonical name or alias. */
  find(model: string): Route | null;
  /** The longest prefix first. A new array for every snapshot. */
  backends(): readonly Backend[];
  routes(): readonly Route[];
  names(): Iterable<string>;
  endpoints(): Iterable<EndpointState>;
  /** Calls back when an endpoint may have become usable. Returns the function that ends the subscription. */
  onChange(listener: () => void): () => void;
  announceChange(): void;
  /** Reads a newer snapshot at once if there is one. Called before a model or a path is reported as unknown. */
  readNewer(): void;
}

/** @param readNewer replaces the routes at once if there is a newer snapshot. */
export function createRouteIndex(initial: RouteTable, readNewer: () => void = () => {}): RouteIndex {
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
        // An old id with another address is another endpoint, which does not inherit the state.
        const kept = known !== undefined && known.endpoint.url === endpoint.url;
        const state = kept ? known : createEndpointState(endpoint);
        state.endpoint = endpoint;
        nextStates.set(endpoint.id, state);
        return state;
      }),
    }));
    states = nextStates;
    byName = new Map();
    // Aliases first: a canonical name then replaces another model's alias.
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
    find(model) {
      if (byName.get(model)?.endpoints.some(isReady) !== true) readNewer();
      return byName.get(model) ?? null;
    },
    backends: () => backends,
    routes: () => routes,
    names: () => byName.keys(),
    endpoints: () => states.values(),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    announceChange,
    readNewer,
  };
}

function isReady({ endpoint }: EndpointState): boolean {
  return endpoint.state === 'ready';
}
