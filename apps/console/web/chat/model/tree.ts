import type { Turn } from '@kumiki/api';

type Node = Pick<Turn, 'response_id' | 'previous_response_id'>;

/** The turns of a chat as a tree, in the order in which they began. */
export interface Tree {
  readonly parents: ReadonlyMap<string, string | null>;
  /** Children by parent; the beginnings stand under null. */
  readonly children: ReadonlyMap<string | null, readonly string[]>;
}

/** @param turns in the order in which they began. */
export function buildTree(turns: readonly Node[]): Tree {
  const known = new Set(turns.map(({ response_id }) => response_id));
  const parents = new Map<string, string | null>();
  const children = new Map<string | null, string[]>();
  for (const { response_id: id, previous_response_id: previous } of turns) {
    // What follows a turn that is not here begins a branch of its own.
    const parent = previous !== null && known.has(previous) ? previous : null;
    parents.set(id, parent);
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [id]);
    else siblings.push(id);
  }
  return { parents, children };
}

/** The turns from the beginning to one, that one last; empty when it is not there. */
export function pathTo(tree: Tree, id: string | null): readonly string[] {
  const path: string[] = [];
  const seen = new Set<string>();
  for (let at = id; at !== null && tree.parents.has(at) && !seen.has(at); at = tree.parents.get(at) ?? null) {
    seen.add(at);
    path.push(at);
  }
  return path.toReversed();
}

/** The end of the newest branch below a turn; itself when nothing follows. null is the root. */
export function leafBelow(tree: Tree, id: string | null): string | null {
  let at = id;
  for (;;) {
    const next = tree.children.get(at)?.at(-1);
    if (next === undefined) return at;
    at = next;
  }
}

export interface Siblings {
  readonly ids: readonly string[];
  /** Place of the turn among them, from 0. */
  readonly index: number;
}

/** The turn and its alternatives. */
export function siblingsOf(tree: Tree, id: string): Siblings {
  const ids = tree.children.get(tree.parents.get(id) ?? null) ?? [id];
  return { ids, index: Math.max(0, ids.indexOf(id)) };
}
