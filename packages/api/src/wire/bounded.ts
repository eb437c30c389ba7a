import { z } from 'zod';

/**
 * Lists and records whose length is checked before their contents. `z.array(…).max(n)` checks every element before it
 * counts, so a list of a million elements costs a million checks; these refuse it at once.
 */

/** Invalid elements of one list that are reported; checking stops after them. */
const maxWrongElements = 8;

/** Most entries that each guard lets pass. */
const bounds = new WeakMap<z.ZodType, number>();

function guard<Value>(most: number, what: string, countOf: (value: unknown) => number) {
  const error = `must have at most ${most} ${what}`;
  const schema = z.custom<Value>((value) => countOf(value) <= most, { error, abort: true });
  bounds.set(schema, most);
  return schema;
}

/** A list of `least` to `most` elements. A value that is not a list is left to the list's own check. */
export function boundedArray<Element extends z.ZodType>(element: Element, most: number, least = 0) {
  const countOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);
  const list = z.array(element).min(least).max(most);
  stopEarly(list);
  return guard<z.input<Element>[]>(most, 'elements', countOf).pipe(list);
}

/**
 * Stops checking a list after some invalid elements: describing thousands of them takes longer than checking as many
 * valid ones.
 */
function stopEarly(list: z.ZodArray): void {
  const { parse } = list._zod;
  const element: z.core.$ZodType = list.element;
  list._zod.parse = (payload, context) => {
    const given: unknown = payload.value;
    if (!Array.isArray(given)) return parse(payload, context);
    const read: unknown[] = [];
    let wrong = 0;
    for (const [index, value] of given.entries()) {
      const result = element._zod.run({ value: value as unknown, issues: [] }, context);
      if (result instanceof Promise) throw new z.core.$ZodAsyncError();
      read.push(result.value);
      if (result.issues.length === 0) continue;
      payload.issues.push(...z.core.util.prefixIssues(index, result.issues));
      if (++wrong >= maxWrongElements) break;
    }
    payload.value = read;
    return payload;
  };
}

/**
 * A list of `least` to `most` token ids. Honest requests have a hundred thousand of them, so a loop checks them: a
 * schema takes 0.9 µs for each.
 */
export function boundedTokenIds(most: number, least = 0) {
  const countOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);
  return guard<number[]>(most, 'elements', countOf).pipe(
    z.custom<number[]>().superRefine((value: unknown, context) => {
      if (!Array.isArray(value)) {
        context.addIssue({ code: 'invalid_type', expected: 'array', input: value });
      } else if (value.length < least) {
        context.addIssue({ code: 'too_small', minimum: least, origin: 'array', inclusive: true, input: value });
      } else {
        const wrong = value.findIndex((id) => !Number.isSafeInteger(id) || (id as number) < 0);
        if (wrong === -1) return;
        const message = 'must be a token id: an integer, 0 or larger';
        context.addIssue({ code: 'custom', path: [wrong], message, input: value[wrong] as unknown });
      }
    }),
  );
}

/** An object used as a map, with at most `most` members. */
export function boundedRecord<Key extends z.core.$ZodRecordKey, Value extends z.ZodType>(
  key: Key,
  value: Value,
  most: number,
) {
  const countOf = (given: unknown): number => (isObject(given) ? Object.keys(given).length : 0);
  return guard<z.input<z.ZodRecord<Key, Value>>>(most, 'members', countOf).pipe(z.record(key, value));
}

/**
 * A JSON object that is accepted as it is and checked elsewhere. Only the number of its members and the length of their
 * names are limited.
 */
export function boundedObject(most: number, nameCharacters: number) {
  const countOf = (given: unknown): number => (isObject(given) ? Object.keys(given).length : 0);
  return guard<Record<string, unknown>>(most, 'members', countOf).pipe(
    z.custom<Record<string, unknown>>().superRefine((value: unknown, context) => {
      if (!isObject(value)) {
        context.addIssue({ code: 'invalid_type', expected: 'record', input: value });
      } else if (Object.keys(value).some((name) => name.length > nameCharacters)) {
        const message = `must have names of at most ${nameCharacters} characters`;
        context.addIssue({ code: 'custom', message, input: value });
      }
    }),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The limit that a schema checks before it reads any entry; null when it has none. */
export function boundOf(schema: z.core.$ZodType): number | null {
  return bounds.get(schema as z.ZodType) ?? null;
}
