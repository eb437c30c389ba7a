import { type LastAsked, noteAsked, othersAsked } from '@kumiki/policy';
import type { EndpointState } from './endpoint-state.ts';

/**
 * Which projects use a model at the same time, and how many answers each has at each replica. The decisions from these
 * numbers are in policy/route/share.
 */
export interface ProjectShares {
  /** Notes that a project asks for a model. */
  ask(model: string, project: string): void;
  /** Whether another project has asked for it recently. */
  othersAsk(model: string, project: string): boolean;
  /** Counts answers of a project at a replica. Returns the function that ends them and wakes the waiting requests. */
  begin(state: EndpointState, model: string, project: string, answers: number): () => void;
  /** Calls back when a place of the project may be free, in the order of subscription. Returns the function that ends the subscription. */
  onFree(model: string, project: string, listener: () => void): () => void;
  /** Number of requests of a project that wait for its share of a model. */
  waiting(model: string, project: string): number;
}

/**
 * Models whose use is kept. Beyond this limit the oldest entry is dropped, which at worst lets one project take all of
 * a model once.
 */
const maxModels = 10_000;

/** @param now monotonic milliseconds. */
export function createProjectShares(now: () => number): ProjectShares {
  const asked = new Map<string, LastAsked>();
  const waiters = new Map<string, Set<() => void>>();
  const placeOf = (model: string, project: string): string => `${model}\n${project}`;

  /** Wakes all in order: a request that has ended meanwhile must not keep the place from those behind it. */
  function wake(place: string): void {
    for (const listener of waiters.get(place) ?? []) listener();
  }

  return {
    ask(model, project) {
      const known = asked.get(model) ?? null;
      if (known === null && asked.size >= maxModels) asked.delete(asked.keys().next().value ?? '');
      asked.set(model, noteAsked(known, project, now()));
    },
    othersAsk: (model, project) => othersAsked(asked.get(model) ?? null, project, now()),
    begin(state, model, project, answers) {
      state.byProject.set(project, (state.byProject.get(project) ?? 0) + answers);
      return () => {
        const left = (state.byProject.get(project) ?? 0) - answers;
        if (left > 0) state.byProject.set(project, left);
        else state.byProject.delete(project);
        wake(placeOf(model, project));
      };
    },
    onFree(model, project, listener) {
      const place = placeOf(model, project);
      const queue = waiters.get(place) ?? new Set();
      waiters.set(place, queue);
      queue.add(listener);
      return () => {
        queue.delete(listener);
        if (queue.size === 0 && waiters.get(place) === queue) waiters.delete(place);
      };
    },
    waiting: (model, project) => waiters.get(placeOf(model, project))?.size ?? 0,
  };
}
