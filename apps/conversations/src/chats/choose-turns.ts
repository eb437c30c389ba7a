import type { ForkChat } from '@kumiki/api';

/** A turn and its predecessor in the chat. */
export interface TurnLink {
  readonly id: string;
  readonly previous: string | null;
}

export interface ChosenTurns {
  readonly ids: readonly string[];
  /** The last turn of the branch that the new chat shows. */
  readonly current: string;
}

/**
 * The turns that a fork takes over; null when the chat has no such turn.
 * @param links all turns of the chat, each after its predecessor.
 * @param current the last turn of the branch that the chat shows.
 */
export function chooseTurns(
  links: readonly TurnLink[],
  current: string | null,
  { response_id: from, scope }: ForkChat,
): ChosenTurns | null {
  if (!links.some(({ id }) => id === from)) return null;
  if (scope === 'all') return { ids: links.map(({ id }) => id), current: from };
  if (scope === 'path') return { ids: pathTo(links, from), current: from };
  const ids = new Set([from]);
  for (const { id, previous } of links) if (previous !== null && ids.has(previous)) ids.add(id);
  return { ids: [...ids], current: current !== null && ids.has(current) ? current : from };
}

function pathTo(links: readonly TurnLink[], end: string): string[] {
  const before = new Map(links.map(({ id, previous }) => [id, previous]));
  const path: string[] = [];
  for (let id: string | null = end; id !== null; id = before.get(id) ?? null) path.push(id);
  return path.toReversed();
}
