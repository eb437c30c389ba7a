import { KumikiError } from '@kumiki/api';
import type { TextPiece } from '../prompting.ts';

/**
 * Distinguishes the text of control tokens in messages from the same text in the template. Before the template runs,
 * each occurrence of such a text in a message is replaced by a stand-in (a private-use character that the input does
 * not contain, an index, the character again); afterwards the stand-ins mark what must be tokenised as plain text.
 * Input without such texts passes through unchanged, so a template that inspects its messages sees the original.
 */
export interface ControlTextGuard<T> {
  readonly guarded: T;
  /** A character that occurs neither in the input nor in a stand-in's index: free for other marks. */
  readonly mark: string;
  /** The rendered text as pieces; `plain` ones are texts of control tokens from a message. */
  split(rendered: string): readonly TextPiece[];
}

const privateUse = { first: 0xe000, last: 0xf8ff } as const;

export function guardControlText<T>(input: T, controlTexts: readonly string[]): ControlTextGuard<T> {
  const [edge, mark] = unusedCharacters(input);
  const known = controlTexts.filter((text) => text.length > 0).toSorted((a, b) => b.length - a.length);
  const pattern = known.length === 0 ? null : new RegExp(known.map((text) => escapePattern(text)).join('|'), 'g');
  const found: string[] = [];
  const guard = (text: string): string =>
    pattern === null ? text : text.replace(pattern, (match) => `${edge}${found.push(match) - 1}${edge}`);
  const guarded = mapStrings(input, guard) as T;
  return {
    guarded,
    mark,
    split(rendered) {
      if (found.length === 0) return [{ text: rendered, plain: false }];
      return rendered
        .split(new RegExp(`${edge}(\\d+)${edge}`))
        .map((text, index) =>
          index % 2 === 0 ? { text, plain: false } : { text: found[Number(text)] ?? '', plain: true },
        )
        .filter(({ text }) => text.length > 0);
    },
  };
}

function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [map(key), mapStrings(item, map)]));
}

/**
 * Two private-use characters that the input does not contain, found in one pass. Throws KumikiError when it contains
 * all of them.
 */
function unusedCharacters(input: unknown): [string, string] {
  const text = JSON.stringify(input) ?? '';
  const used = new Set<number>();
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= privateUse.first && code <= privateUse.last) used.add(code);
  }
  const unused: string[] = [];
  for (let code = privateUse.first; code <= privateUse.last && unused.length < 2; code++) {
    if (!used.has(code)) unused.push(String.fromCodePoint(code));
  }
  const [edge, mark] = unused;
  if (edge !== undefined && mark !== undefined) return [edge, mark];
  throw new KumikiError('invalid_value', { param: 'messages', reason: 'they hold every character for private use' });
}

export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
