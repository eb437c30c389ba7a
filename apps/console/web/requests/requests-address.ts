import { type RequestFilter, type RequestOrder, sortKeys } from './find-requests.ts';

type Read = (name: string) => string;

/** Without any filter. */
export const clearedFilter = { q: '', model: '', outcome: '', path: '', min: '' } as const;

export function readFilter(address: Read): RequestFilter {
  const minMs = Number(address('min'));
  return {
    text: address('q'),
    model: address('model'),
    outcome: address('outcome'),
    path: address('path'),
    minMs: Number.isFinite(minMs) && minMs > 0 ? minMs : 0,
  };
}

/** `sort` is a column, with `-` before it for the largest first. The newest first is what stands without it. */
export function readOrder(address: Read): RequestOrder {
  const sort = address('sort') || '-time';
  const key = sortKeys.find((one) => one === sort.replace(/^-/, '')) ?? 'time';
  return { key, ascending: !sort.startsWith('-'), problemsFirst: address('first') === 'problems' };
}
