import type { SegmentKind, Waterfall } from './waterfall.ts';

/** Where time goes, as people ask: a service by its name, `embeddings` apart from answers. */
export interface TimeShare {
  readonly what: Exclude<SegmentKind, 'service' | 'others'> | 'embeddings' | 'service';
  /** The name where it is a service. */
  readonly service: string | null;
  readonly ms: number;
  /** Of the whole trace. */
  readonly share: number;
}

/**
 * What the whole trace was spent with, the most first. At each moment the innermost step counts: a service that waits for
 * a model spends no time of its own.
 */
export function explainTime({ steps, totalMs }: Waterfall): readonly TimeShare[] {
  const pieces = steps.flatMap(({ depth, record, segments }) =>
    segments
      .filter(({ kind }) => kind !== 'others')
      .map(({ kind, from, to }) => ({ depth, from, to, ...named(kind, record.service, record.path) })),
  );
  const edges = [...new Set(pieces.flatMap(({ from, to }) => [from, to]))].toSorted((a, b) => a - b);
  const sums = new Map<string, TimeShare>();
  for (const [at, from] of edges.entries()) {
    const to = edges[at + 1];
    if (to === undefined) break;
    let deepest: (typeof pieces)[number] | undefined;
    for (const piece of pieces) {
      if (piece.from > from || piece.to < to) continue;
      if (deepest === undefined || piece.depth > deepest.depth) deepest = piece;
    }
    if (deepest === undefined) continue;
    const key = `${deepest.what}/${deepest.service ?? ''}`;
    const ms = (sums.get(key)?.ms ?? 0) + (to - from);
    sums.set(key, { what: deepest.what, service: deepest.service, ms, share: ms / totalMs });
  }
  return [...sums.values()].toSorted((a, b) => b.ms - a.ms);
}

function named(
  kind: SegmentKind,
  service: string | null,
  path: string,
): { readonly what: TimeShare['what']; readonly service: string | null } {
  if (kind === 'service' || kind === 'others') return { what: 'service', service };
  if (path === '/v1/embeddings' && kind !== 'gateway') return { what: 'embeddings', service: null };
  return { what: kind, service: null };
}
