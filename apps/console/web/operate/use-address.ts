import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

/** Values by name; an empty one leaves the address. */
export type AddressValues = Readonly<Record<string, string>>;

/** What the address holds behind `?`, as text, and how to change some of it. */
export function useAddress(): readonly [
  (name: string) => string,
  (values: AddressValues, options?: { readonly push?: boolean }) => void,
] {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  const navigate = useNavigate();
  const read = (name: string): string => {
    const value = search[name];
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  };
  const write = useCallback(
    (values: AddressValues, { push = false }: { readonly push?: boolean } = {}): void => {
      void navigate({
        to: '.',
        replace: !push,
        search: (before: Readonly<Record<string, unknown>>) => {
          const next: Record<string, unknown> = { ...before, ...values };
          for (const [name, value] of Object.entries(values)) if (value === '') delete next[name];
          return next;
        },
      } as Parameters<typeof navigate>[0]);
    },
    [navigate],
  );
  return [read, write];
}
