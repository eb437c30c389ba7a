import { didYouMean } from '@kumiki/api';
import type { z } from 'zod';
import { fieldOf, knownFields, refusedField } from './known-fields.ts';
import { formatPath, type FieldPath, type ManifestProblem } from './problem.ts';

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
  if (found === undefined) return [missing(issue, path)];
  const one = (message: string, hint: string | null = null): Finding[] => [{ path, about: 'value', message, hint }];
  switch (issue.code) {
    case 'invalid_type':
      return one(`must be ${article(issue.expected)}, not ${nameOf(found)}.`, conversion(issue.expected, found));
    case 'invalid_value':
      return one(`must be ${oneOf(issue.values)}, not ${quote(found)}.`, meant(found, issue.values));
    case 'too_small':
    case 'too_big':
      return one(`must ${bound(issue)}, not ${sizeOf(issue.origin, found)}.`);
    case 'invalid_format':
      return one(`${formatRule(issue)}; ${quote(found)} is not.`);
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
  const near = didYouMean(key, known).trim();
  const all = known.length > 0 ? `Known here: ${known.join(', ')}.` : null;
  return { path: [...path, key], about: 'key', message: 'unknown field.', hint: near === '' ? all : near };
}

function missing(issue: Issue, path: FieldPath): Finding {
  const hint =
    issue.code === 'invalid_value'
      ? `Write ${oneOf(issue.values)}.`
      : issue.code === 'invalid_type'
        ? `It is ${article(issue.expected)}.`
        : null;
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
    return [{ path, about: 'value', message: `must be ${oneOf(options)}, not ${quote(found)}.`, hint }];
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

function oneOf(values: readonly unknown[]): string {
  const shown = values.map(quote);
  return shown.length < 2 ? (shown[0] ?? 'nothing') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`;
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

function article(expected: string): string {
  return articles[expected] ?? expected;
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

const longestQuote = 80;

function quote(found: unknown): string {
  const text = typeof found === 'string' ? found : (JSON.stringify(found) ?? String(found));
  return `'${text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text}'`;
}

const units: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: [' character', ' characters'],
  array: [' entry', ' entries'],
};

function bound(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const limit = issue.code === 'too_small' ? issue.minimum : issue.maximum;
  const unit = units[issue.origin]?.[Number(limit) === 1 ? 0 : 1] ?? '';
  const verb = unit === '' ? 'be' : 'have';
  if (issue.code === 'too_small') return `${verb} ${issue.inclusive ? 'at least' : 'more than'} ${limit}${unit}`;
  return `${verb} ${issue.inclusive ? 'at most' : 'less than'} ${limit}${unit}`;
}

function sizeOf(origin: string, found: unknown): string {
  if (origin === 'string' && typeof found === 'string') return String(found.length);
  if (origin === 'array' && Array.isArray(found)) return String(found.length);
  return quote(found).slice(1, -1);
}

function formatRule(issue: Extract<Issue, { code: 'invalid_format' }>): string {
  if (issue.format === 'url') return 'must be an http:// or https:// URL';
  if (issue.format === 'regex' && !issue.message.startsWith('Invalid')) return issue.message;
  return `must match ${issue.pattern ?? issue.format}`;
}
