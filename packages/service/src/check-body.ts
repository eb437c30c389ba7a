import { didYouMean, KumikiError } from '@kumiki/api/errors';
import type { z } from 'zod';

/**
 * Checks a body against its schema. Unknown fields and unsupported fields are distinguished.
 * @param unsupported names with the reason why they are not supported; null is accepted in them. Throws KumikiError,
 *   whose `param` is the path of the first thing wrong.
 */
export function checkBody<Schema extends z.ZodObject>(
  schema: Schema,
  body: unknown,
  unsupported: Readonly<Record<string, string>>,
): z.infer<Schema> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new KumikiError('invalid_json', { reason: 'it is not an object' });
  }
  // Pairs, since assigning a member `__proto__` to an object would set its prototype.
  const known: [string, unknown][] = [];
  for (const [name, value] of Object.entries(body)) {
    const reason = Object.hasOwn(unsupported, name) ? unsupported[name] : undefined;
    if (reason === undefined) known.push([name, value]);
    else if (value !== null) throw new KumikiError('unsupported_parameter', { param: name, reason });
  }
  const result = schema.safeParse(Object.fromEntries(known));
  if (result.success) return result.data;
  throw describeIssue(result.error.issues, Object.keys(schema.shape));
}

function describeIssue(issues: readonly z.core.$ZodIssue[], names: readonly string[]): KumikiError {
  const { issue, path } = deepest(issues[0], []);
  if (issue?.code === 'unrecognized_keys') {
    const name = issue.keys[0] ?? '';
    const hint = path.length === 0 ? didYouMean(name, names) : '';
    return new KumikiError('unknown_parameter', { param: showPath([...path, name]), hint });
  }
  return new KumikiError('invalid_value', { param: showPath(path), reason: reasonOf(issue) });
}

function reasonOf(issue: z.core.$ZodIssue | undefined): string {
  const message = (issue?.message ?? 'it cannot be read').replace(/^Invalid input: /, '');
  if (message.endsWith('received undefined')) return 'it is missing';
  return message.charAt(0).toLowerCase() + message.slice(1);
}

/** The branch of a union whose first problem is deepest in the value is probably the intended one. */
function deepest(
  issue: z.core.$ZodIssue | undefined,
  above: readonly PropertyKey[],
): { issue: z.core.$ZodIssue | undefined; path: readonly PropertyKey[] } {
  const path = [...above, ...(issue?.path ?? [])];
  if (issue?.code !== 'invalid_union') return { issue, path };
  const branches = issue.errors.map((branch) => deepest(branch[0], path));
  branches.sort((a, b) => b.path.length - a.path.length);
  const best = branches[0];
  if (best !== undefined && best.path.length > path.length) return best;
  // When only one branch accepts this type of value, its problem is reported.
  const ofType = branches.filter((branch) => branch.issue?.code !== 'invalid_type');
  return ofType.length === 1 && ofType[0] !== undefined ? ofType[0] : { issue, path };
}

/** `messages[0].content`, as OpenAI's API writes it. */
function showPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text.length === 0 ? String(step) : `.${String(step)}`;
  }
  return text;
}
