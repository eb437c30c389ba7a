import { didYouMean } from '@kumiki/api';
import type { z } from 'zod';
import { fieldOf, knownFields, refusedField } from './known-fields.ts';
import { formatPath, type FieldPath, type ManifestProblem } from './problem.ts';
import {
  article,
  type Bound,
  missingOf,
  notOfForm,
  notOneOf,
  oneOf,
  outOfBounds,
  quote,
  unknownFieldOf,
  urlRule,
} from './sentences.ts';

/** A problem of a value, not yet located in a file. */
export interface Finding {
  readonly path: FieldPath;
  /** Whether the last name of the path is wrong, or the value at it. */
  readonly about: 'key' | 'value';
  readonly message: string;
  readonly hint: string | null;
}

type Issue = z.core.$ZodIssue;

/** The issues of a schema about a value, as sentences for the author of the manifest. */
export function describeIssues(schema: z.core.$ZodType, value: unknown, issues: readonly Issue[]): Finding[] {
  return issues.flatMap((issue) => describe(schema, value, issue, []));
}

/** Problems of a value that came over HTTP, so without a file. */
export function describeInvalid(
  schema: z.core.$ZodType,
  value: unknown,
  issues: readonly Issue[],
): Pick<ManifestProblem, 'path' | 'message' | 'hint'>[] {
  return describeIssues(schema, value, issues).map(({ path, message, hint }) => ({
    path: formatPath(path),
    message,
    hint,
  }));
}

function describe(schema: z.core.$ZodType, value: unknown, issue: Issue, under: FieldPath): Finding[] {
  const path = [...under, ...(issue.path as FieldPath)];
  const found = fieldAt(value, path);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(schema, value, path, key));
  if (issue.code === 'invalid_union') return describeUnion(schema, value, issue, path);
  if (found === undefined && issue.code !== 'custom') return [missing(issue, path)];
  const one = (message: string, hint: string | null = null): Finding[] => [{ path, about: 'value', message, hint }];
  switch (issue.code) {
    case 'invalid_type':
      return one(`must be ${article(issue.expected)}, not ${nameOf(found)}.`, conversion(issue.expected, found));
    case 'invalid_value':
      return one(notOneOf(issue.values, quote(found)), meant(found, issue.values));
    case 'too_small':
    case 'too_big':
      return one(outOfBounds(boundOf(issue), sizeOf(issue.origin, found)));
    case 'invalid_format':
      return one(notOfForm(formatRule(issue), quote(found)));
    case 'invalid_key':
      return issue.issues.map((inner) => ({ path, about: 'key', message: `${inner.message}.`, hint: null }));
    case 'not_multiple_of':
    case 'invalid_element':
    case 'custom':
      return one(`${issue.message}.`);
  }
}

function unknownField(schema: z.core.$ZodType, value: unknown, path: FieldPath, key: string): Finding {
  const refused = refusedField(schema, path, value, key);
  if (refused !== null) return { path: [...path, key], about: 'key', message: 'is not taken.', hint: refused };
  const known = knownFields(schema, path, value);
  return { path: [...path, key], about: 'key', ...unknownFieldOf(key, known) };
}

function missing(issue: Issue, path: FieldPath): Finding {
  if (issue.code === 'invalid_type') return { path, about: 'value', ...missingOf(issue.expected) };
  const hint = issue.code === 'invalid_value' ? `Write ${oneOf(issue.values)}.` : null;
  return { path, about: 'value', message: 'is missing.', hint };
}

/**
 * The issues of a union. With a discriminator, the discriminator is wrong. Without one, only the branch that the value
 * is nearest to is explained, since the issues of all branches together are confusing.
 */
function describeUnion(
  schema: z.core.$ZodType,
  value: unknown,
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: FieldPath,
): Finding[] {
  const found = fieldAt(value, path);
  if ('discriminator' in issue && issue.discriminator !== undefined) {
    const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
    const hint = meant(found, options);
    if (found === undefined)
      return [{ path, about: 'value', message: 'is missing.', hint: `Write ${oneOf(options)}.` }];
    return [{ path, about: 'value', message: notOneOf(options, quote(found)), hint }];
  }
  const branches = issue.errors.filter((branch) => !branch.some((inner) => isAbsent(inner, found)));
  const nearest = branches.toSorted((a, b) => a.length - b.length)[0];
  if (nearest !== undefined) return nearest.flatMap((inner) => describe(schema, value, inner, path));
  const known = knownFields(schema, path, value);
  const keys = typeof found === 'object' && found !== null ? Object.keys(found) : [];
  const strange = keys.filter((key) => !known.includes(key));
  if (strange.length > 0) return strange.map((key) => unknownField(schema, value, path, key));
  return [{ path, about: 'value', message: `must have one of the fields ${known.join(', ')}.`, hint: null }];
}

/** Whether a branch misses a field altogether, which means that another branch was intended. */
function isAbsent(issue: Issue, value: unknown): boolean {
  return issue.code === 'invalid_type' && fieldAt(value, issue.path as FieldPath) === undefined;
}

function fieldAt(value: unknown, path: FieldPath): unknown {
  let current = value;
  for (const step of path) current = fieldOf(current, step);
  return current;
}

function meant(found: unknown, known: readonly unknown[]): string | null {
  if (typeof found !== 'string') return null;
  const hint = didYouMean(
    found,
    known.filter((name) => typeof name === 'string'),
  ).trim();
  return hint === '' ? null : hint;
}

function nameOf(found: unknown): string {
  if (found === null) return 'empty';
  if (Array.isArray(found)) return 'a list';
  if (typeof found === 'object') return 'a map';
  return typeof found === 'string' ? `the text ${quote(found)}` : quote(found).slice(1, -1);
}

/** What to write when only YAML's quoting makes the type wrong. */
function conversion(expected: string, found: unknown): string | null {
  const wantsNumber = expected === 'number' || expected === 'int';
  if (wantsNumber && typeof found === 'string' && found.trim() !== '' && Number.isFinite(Number(found))) {
    return 'Write it without quotes.';
  }
  if (expected === 'string' && (typeof found === 'number' || typeof found === 'boolean')) return 'Put it in quotes.';
  return null;
}

function boundOf(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): Bound {
  const isLeast = issue.code === 'too_small';
  return {
    limit: isLeast ? issue.minimum : issue.maximum,
    side: isLeast ? 'least' : 'most',
    inclusive: issue.inclusive ?? true,
    origin: issue.origin,
  };
}

function sizeOf(origin: string, found: unknown): string {
  if (origin === 'string' && typeof found === 'string') return String(found.length);
  if (origin === 'array' && Array.isArray(found)) return String(found.length);
  return quote(found).slice(1, -1);
}

function formatRule(issue: Extract<Issue, { code: 'invalid_format' }>): string {
  if (issue.format === 'url') return urlRule;
  if (issue.format === 'regex' && !issue.message.startsWith('Invalid')) return issue.message;
  return `must match ${issue.pattern ?? issue.format}`;
}
