import type { Turn } from '@kumiki/api';

/** An item of a response's input or output, as the API shows it. */
export type Item = Turn['input'][number];
export type ResponseBody = Turn['response'];
export type ResponseStatus = ResponseBody['status'];

/**
 * What this tab measured while an answer was streamed; null when it did not follow the stream. Milliseconds of
 * `performance.now()`.
 */
export interface Pace {
  readonly askedAt: number | null;
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  /** Pieces of text that came, which are tokens as the engines send them. */
  readonly pieces: number;
}

/** A turn as it is shown: the stored one, with what its stream has brought since. */
export interface ShownTurn extends Turn {
  readonly pace: Pace;
  /** Of the request that began it, where this tab made it. */
  readonly requestId: string | null;
}

export const noPace: Pace = { askedAt: null, firstAt: null, lastAt: null, pieces: 0 };

export function showTurn(turn: Turn): ShownTurn {
  return { ...turn, pace: noPace, requestId: null };
}

const open: ReadonlySet<ResponseStatus> = new Set(['queued', 'in_progress']);

/** Whether it is still being written. */
export function isOpen(turn: Pick<Turn, 'response'>): boolean {
  return open.has(turn.response.status);
}

/** A member of an item or a part that is a text; empty where it is not. */
export function textMember(value: unknown, name: string): string {
  const member = memberOf(value, name);
  return typeof member === 'string' ? member : '';
}

export function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

export function listMember(value: unknown, name: string): readonly unknown[] {
  const member = memberOf(value, name);
  return Array.isArray(member) ? member : [];
}
