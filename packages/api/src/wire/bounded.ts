import { z } from 'zod';

/**
 * Lists and records whose length is looked at before their contents. `z.array(…).max(n)` checks every element first and
 * counts then, so that somebody who sends a million of them has a million checked; these refuse such a list at once.
 */

/** Wrong elements of one list that are told; the rest of it is not looked at. */
const maxWrongElements = 8;

/** How many entries each guard lets pass. */
const bounds = new WeakMap<z.ZodType, number>();

function guard<Value>(most: number, what: string, countOf: (value: unknown) => number) {
  const error = `must have at most ${most} ${what}`;
  const schema = z.custom<Value>((value) => countOf(value) <= most, { error, abort: true });
  bounds.set(schema, most);
  return schema;
}

/** A list of at most so many elements, and at least `least`. What is no list at all is left for the list's own check. */
export function boundedArray<Element extends z.ZodType>(element: Element, most: number, least = 0) {
  const countOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);
  const list = z.array(element).min(least).max(most);
  stopEarly(list);
  return guard<z.input<Element>[]>(most, 'elements', countOf).pipe(list);
}

/** Ends the check of a list that is known to be wrong: to describe thousands of wrong elements takes longer than to check as many right ones. */
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
 * A list of at most so many token ids. Of these lists alone there are a hundred thousand elements in an honest request,
 * so they are looked at by a loop: a schema for each would take 0.9 µs.
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

/** An object used as a map, with at most so many members. */
export function boundedRecord<Key extends z.core.$ZodRecordKey, Value extends z.ZodType>(
  key: Key,
  value: Value,
  most: number,
) {
  const countOf = (given: unknown): number => (isObject(given) ? Object.keys(given).length : 0);
  return guard<z.input<z.ZodRecord<Key, Value>>>(most, 'members', countOf).pipe(z.record(key, value));
}

/** A JSON object that somebody else checks and that is taken as it is: its members are counted, and their names measured. */
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

/** How many entries a schema lets pass before it looks at any; null where it does not count first. */
export function boundOf(schema: z.core.$ZodType): number | null {
  return bounds.get(schema as z.ZodType) ?? null;
}
