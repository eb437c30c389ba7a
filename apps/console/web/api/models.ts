import { queryOptions } from '@tanstack/react-query';
import { callApi } from './call-api.ts';

export interface ModelEntry {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
  readonly [more: string]: unknown;
}

/** The models that the session may use. */
export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: async ({ signal }) => (await callApi<{ data: ModelEntry[] }>('/v1/models', { signal })).data,
  staleTime: 15_000,
});

/** What a model is for: `chat`, `embedding` and so on; null where the product does not say. */
export function taskOf(model: ModelEntry): string | null {
  const { task } = (model['kumiki'] ?? {}) as { readonly task?: unknown };
  return typeof task === 'string' ? task : null;
}
