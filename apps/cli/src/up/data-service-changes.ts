import type { DataService, Status } from '@kumiki/api';

/** Finds which data services have another state since the last look. */
export function createDataServiceChanges(): { since(status: Status): DataService[] } {
  const seen = new Map<string, string>();
  return {
    since({ data_services: services }) {
      return services.filter(({ name, state, reason }) => {
        const text = `${state} ${reason}`;
        const changed = seen.get(name) !== text;
        seen.set(name, text);
        return changed;
      });
    },
  };
}
