import { useMatch, useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useCallback, useMemo } from 'react';

export interface Address {
  /** A parameter of the address as text; empty where there is none. */
  readonly get: (name: string) => string;
  /**
   * Changes parameters; an empty text or null removes one.
   * @param step whether the change is a step of the history.
   */
  readonly set: (changes: Readonly<Record<string, string | null>>, step?: 'push' | 'replace') => void;
}

/** View state as parameters of the address, so that it can be bookmarked, shared and navigated back to. */
export function useAddress(): Address {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  const navigate = useNavigate();
  const router = useRouter();
  const here = useMatch({ strict: false, select: ({ pathname }) => pathname });
  const get = useCallback(
    (name: string): string => {
      const value = search[name];
      if (value === undefined || value === null) return '';
      return typeof value === 'string' ? value : JSON.stringify(value);
    },
    [search],
  );
  const set = useCallback<Address['set']>(
    (changes, step = 'replace') => {
      // A screen that only completes its address must not cancel a navigation to another screen.
      if (router.latestLocation.pathname !== here) return;
      void navigate({
        to: '.',
        replace: step === 'replace',
        search: (before: Record<string, unknown>) => {
          const after = { ...before, ...changes };
          return Object.fromEntries(Object.entries(after).filter(([, value]) => value !== null && value !== ''));
        },
      });
    },
    [navigate, router, here],
  );
  return useMemo(() => ({ get, set }), [get, set]);
}
