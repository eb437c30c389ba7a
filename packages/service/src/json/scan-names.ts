import { skipString } from './skip-string.ts';

const quote = 34;
const comma = 44;
const openBracket = 91;
const backslash = 92;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

/** Copying a member of this name sets the prototype instead of a property. */
const prototypeName = '__proto__';

export interface JsonLimits {
  readonly maxDepth: number;
  /** Members and elements in total, at any depth. */
  readonly maxValues: number;
  /** Members of any one object. */
  readonly maxMembers: number;
}

export type JsonFinding =
  | { readonly kind: 'too_deep' }
  | { readonly kind: 'too_many_values' }
  | { readonly kind: 'too_many_members' }
  /** A duplicate name in one object; parsers disagree on which one wins. */
  | { readonly kind: 'duplicate'; readonly name: string }
  | { readonly kind: 'prototype' }
  /** Unbalanced brackets or quotes; the parser gives a better reason. */
  | { readonly kind: 'broken' };

/** For each byte: 0 to skip it, 1 to handle it. */
const structural = new Uint8Array(256);
for (const byte of [quote, comma, openBracket, closeBracket, openBrace, closeBrace]) structural[byte] = 1;

/** An open object: its names so far, the first one stored separately, since most objects have few. */
interface OpenObject {
  first: string | null;
  others: Set<string> | null;
}

/**
 * Scans a JSON text before it is parsed, in linear time and without recursion, for its depth, its size and duplicate
 * names. Does not detect other syntax errors.
 * @returns the first problem, or null.
 */
export function scanNames(text: Buffer, { maxDepth, maxValues, maxMembers }: JsonLimits): JsonFinding | null {
  /** The open brackets; null for an array. */
  const open: (OpenObject | null)[] = [];
  let values = 0;
  let expectsName = false;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] as number;
    if (structural[byte] === 0) continue;
    if (byte === quote) {
      const end = skipString(text, at);
      if (end === -1) return { kind: 'broken' };
      const object = open.at(-1);
      if (expectsName && object != null) {
        const finding = addName(object, nameAt(text, at, end), maxMembers);
        if (finding !== null) return finding;
        expectsName = false;
      }
      at = end - 1;
    } else if (byte === comma) {
      if (++values > maxValues) return { kind: 'too_many_values' };
      expectsName = open.at(-1) != null;
    } else if (byte === openBrace || byte === openBracket) {
      if (open.length >= maxDepth) return { kind: 'too_deep' };
      if (++values > maxValues) return { kind: 'too_many_values' };
      expectsName = byte === openBrace;
      open.push(expectsName ? { first: null, others: null } : null);
    } else {
      if (open.pop() === undefined) return { kind: 'broken' };
      expectsName = false;
    }
  }
  return open.length === 0 ? null : { kind: 'broken' };
}

function addName(object: OpenObject, name: string | null, maxMembers: number): JsonFinding | null {
  if (name === null) return { kind: 'broken' };
  if (name === prototypeName) return { kind: 'prototype' };
  if (object.first === null) object.first = name;
  else if (object.first === name) return { kind: 'duplicate', name };
  else if (object.others === null) object.others = new Set([name]);
  else if (object.others.has(name)) return { kind: 'duplicate', name };
  else if (object.others.size + 1 >= maxMembers) return { kind: 'too_many_members' };
  else object.others.add(name);
  return null;
}

/** The decoded name at [start, end), quotes included; null when it is invalid. */
function nameAt(text: Buffer, start: number, end: number): string | null {
  for (let at = start + 1; at < end - 1; at++) {
    const byte = text[at] as number;
    if (byte !== backslash && byte >= 32 && byte <= 126) continue;
    try {
      return JSON.parse(text.toString('utf8', start, end)) as string;
    } catch {
      return null;
    }
  }
  return text.toString('latin1', start + 1, end - 1);
}
