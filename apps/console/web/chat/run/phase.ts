import { isOpen, listMember, type ShownTurn, textMember } from '../model/turn.ts';
import type { LinkState } from './follow-response.ts';

/** What an answer is doing, as far as a person cares. */
export type Phase =
  | 'queued'
  | 'searching'
  | 'thinking'
  | 'writing'
  | 'reconnecting'
  | 'stopping'
  | 'done'
  | 'stopped'
  | 'failed';

export function phaseOf(turn: ShownTurn, link: LinkState | undefined, isStopping: boolean): Phase {
  const { response } = turn;
  if (!isOpen(turn)) {
    if (response.status === 'cancelled') return 'stopped';
    return response.status === 'failed' ? 'failed' : 'done';
  }
  if (isStopping) return 'stopping';
  if (link === 'reconnecting') return 'reconnecting';
  if (response.status === 'queued') return 'queued';
  const last = response.output.at(-1);
  if (last?.type === 'file_search_call' && textMember(last, 'status') !== 'completed') return 'searching';
  const isWriting =
    last !== undefined && last.type !== 'file_search_call' && last.type !== 'reasoning' && hasText(last);
  return isWriting ? 'writing' : 'thinking';
}

function hasText(item: ShownTurn['response']['output'][number]): boolean {
  return (
    textMember(item, 'arguments') !== '' || listMember(item, 'content').some((part) => textMember(part, 'text') !== '')
  );
}

/** Tokens per second while they come; null before there is anything to measure. */
export function liveRate({ pace: { firstAt, lastAt, pieces } }: Pick<ShownTurn, 'pace'>): number | null {
  if (firstAt === null || lastAt === null || pieces < leastPieces || lastAt <= firstAt) return null;
  return ((pieces - 1) * 1_000) / (lastAt - firstAt);
}

/** Fewer tokens arrived in one piece, which gives no usable speed. */
const leastPieces = 8;

/** Tokens per second of a whole answer; null when unknown. */
export function finalRate({ timing, response }: ShownTurn): number | null {
  const { first_token_ms: first, total_ms: total } = timing;
  const tokens = response.usage?.output_tokens;
  if (first === null || total === null || tokens === undefined || tokens < 2 || total <= first) return null;
  return ((tokens - 1) * 1_000) / (total - first);
}
