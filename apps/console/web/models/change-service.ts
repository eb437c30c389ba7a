import type { ServiceStatus } from '@kumiki/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { callApi } from '../api/call-api.ts';
import { operateKey } from '../operate/operate-queries.ts';

/** Scales or restarts a service. */
export function useChangeService(name: string, operation: 'scale' | 'restart', onDone: (after: ServiceStatus) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Readonly<Record<string, number>>) =>
      callApi<ServiceStatus>(`/v1/kumiki/services/${encodeURIComponent(name)}/${operation}`, { body }),
    onSuccess: (after) => {
      void client.invalidateQueries({ queryKey: operateKey });
      onDone(after);
    },
  });
}
