import { didYouMean } from '@kumiki/api';

/**
 * What is said of values that a schema refuses. The CRD says the same in CEL, where the value is put in by the API
 * server, so every sentence takes the value as it is to be shown.
 */

/** Characters of a value that are shown. */
export const longestQuote = 80;

export function quote(found: unknown): string {
  const text = typeof found === 'string' ? found : (JSON.stringify(found) ?? String(found));
  return `'${text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text}'`;
}

export function oneOf(values: readonly unknown[]): string {
  const shown = values.map(quote);
  return shown.length < 2 ? (shown[0] ?? 'nothing') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`;
}

/** @param shown the value in quotes. */
export function notOneOf(values: readonly unknown[], shown: string): string {
  return `must be ${oneOf(values)}, not ${shown}.`;
}

/** @param shown the value in quotes. */
export function notOfForm(rule: string, shown: string): string {
  return `${rule}; ${shown} is not.`;
}

export interface Bound {
  readonly limit: number | bigint;
  readonly side: 'least' | 'most';
  readonly inclusive: boolean;
  /** What is counted: `string` and `array` have units. */
  readonly origin: string;
}

const units: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: [' character', ' characters'],
  array: [' entry', ' entries'],
};

/** @param shown the number, or the number of characters or entries. */
export function outOfBounds({ limit, side, inclusive, origin }: Bound, shown: string): string {
  const unit = units[origin]?.[Number(limit) === 1 ? 0 : 1] ?? '';
  const verb = unit === '' ? 'be' : 'have';
  const words = side === 'least' ? ['at least', 'more than'] : ['at most', 'less than'];
  return `must ${verb} ${inclusive ? words[0] : words[1]} ${limit}${unit}, not ${shown}.`;
}

const articles: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map of fields',
  record: 'a map',
  array: 'a list',
};

export function article(expected: string): string {
  return articles[expected] ?? expected;
}

export interface Said {
  readonly message: string;
  readonly hint: string | null;
}

/** @param known the fields that are known in its place. */
export function unknownFieldOf(key: string, known: readonly string[]): Said {
  const near = didYouMean(key, known).trim();
  const all = known.length > 0 ? `Known here: ${known.join(', ')}.` : null;
  return { message: 'unknown field.', hint: near === '' ? all : near };
}

/** @param expected the type that the field would have. */
export function missingOf(expected: string): Said {
  return { message: 'is missing.', hint: `It is ${article(expected)}.` };
}

/** What an address of HTTP has to be. */
export const urlRule = 'must be an http:// or https:// URL';
