import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sessionQuery } from './session.ts';

/** Ends the user's own session, then clears everything that it has loaded. */
export function useLeave<What = void>(leave: (what: What) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: leave,
    onSuccess: () => {
      // Mounted screens observe the session's query, so it is kept and set to null.
      client.setQueryData(sessionQuery.queryKey, null);
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
    },
  });
}
