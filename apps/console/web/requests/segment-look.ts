import type { SegmentKind } from './waterfall.ts';

interface Look {
  /** The ground, distinguished by pattern and by colour. */
  readonly ground: string;
  /** Whether its name may be written on it. */
  readonly solid: boolean;
}

const stripes = (colour: string): string =>
  `repeating-linear-gradient(135deg, ${colour} 0 3px, color-mix(in oklab, ${colour} 35%, transparent) 3px 6px)`;

/** What a kind of segment looks like, in bars and legends alike. */
export const segmentLooks: Readonly<Record<SegmentKind | 'embeddings', Look>> = {
  gateway: { ground: 'var(--line-strong)', solid: false },
  service: { ground: 'var(--series-3)', solid: true },
  others: { ground: 'color-mix(in oklab, var(--series-3) 18%, transparent)', solid: false },
  queue: { ground: stripes('var(--series-4)'), solid: false },
  prefill: { ground: 'var(--series-2)', solid: true },
  decode: { ground: 'var(--series-1)', solid: true },
  wait: { ground: stripes('var(--series-2)'), solid: false },
  answer: { ground: stripes('var(--series-1)'), solid: false },
  network: { ground: 'color-mix(in oklab, var(--line-strong) 45%, transparent)', solid: false },
  embeddings: { ground: 'var(--series-4)', solid: true },
};
