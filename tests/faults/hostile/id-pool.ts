import type { OwnIds } from './hostile-routes.ts';

/** Ids of each kind that are remembered; the oldest are dropped. */
const keptOfKind = 64;

/** The kind of an id by its prefix. Keys are learnt only from replies that created one, since the others are in use. */
const kindOfPrefix: Readonly<Record<string, string>> = {
  resp: 'response',
  conv: 'conversation',
  msg: 'item',
  fc: 'item',
  fco: 'item',
  batch: 'batch',
  chat: 'chat',
  file: 'file',
  vs: 'store',
  vsfb: 'file_batch',
};

const idInReply = /"id":\s?"(([a-z]+)[-_][A-Za-z0-9_-]{1,80})"/g;
/** Ids that are read from one reply. */
const idsOfReply = 16;

export interface IdPool {
  /** An id for the place of `:kind`. */
  readonly idFor: (kind: string) => string;
  /** Remembers the ids in a reply. */
  learn(text: string): void;
}

/** Existing ids, so that requests are not just refused: those created at the start, and those of replies. */
export function openIdPool(random: () => number, own: OwnIds, others: OwnIds): IdPool {
  const known = new Map<string, string[]>(Object.entries(own).map(([kind, id]) => [kind, [id]]));
  const one = (ids: readonly string[]): string => ids[Math.floor(random() * ids.length)] ?? 'none';
  const otherIds = Object.values(others);
  return {
    idFor(kind) {
      const draw = random();
      if (draw < 0.15) return one(otherIds);
      if (draw < 0.25) return one(Object.values(own));
      if (draw < 0.3) return 'none';
      return one(known.get(kind) ?? []);
    },
    learn(text) {
      let count = 0;
      for (const [, id = '', prefix = ''] of text.matchAll(idInReply)) {
        const kind = kindOfPrefix[prefix];
        if (kind === undefined || count++ >= idsOfReply) continue;
        const ids = known.get(kind) ?? [];
        if (ids.includes(id)) continue;
        ids.push(id);
        if (ids.length > keptOfKind) ids.shift();
        known.set(kind, ids);
      }
    },
  };
}
