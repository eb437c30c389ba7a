import type { DataService } from '@kumiki/api';

/** Finds the data services whose state has changed since the last call. */
export function createDataServiceChanges(): { since(services: readonly DataService[]): DataService[] } {
  const seen = new Map<string, string>();
  return {
    since(services) {
      return services.filter(({ name, state, reason }) => {
        const text = `${state} ${reason}`;
        const changed = seen.get(name) !== text;
        seen.set(name, text);
        return changed;
      });
    },
  };
}

export const isStarting = ({ state }: DataService): boolean => state === 'starting';
export const isReady = ({ state }: DataService): boolean => state === 'ready';
