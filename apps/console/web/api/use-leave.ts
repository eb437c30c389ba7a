import { useMutation, useQueryClient } from '@tanstack/react-query';
import { sessionQuery } from './session.ts';

/** Does what ends one's own session, then shows nothing more of it. */
export function useLeave<What = void>(leave: (what: What) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: leave,
    onSuccess: () => {
      // What is on the screen watches the session's query: that one stays and says that nobody is signed in.
      client.setQueryData(sessionQuery.queryKey, null);
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
    },
  });
}
