import { KumikiError } from '@kumiki/api';
import { describeInvalid, formatFinding } from '@kumiki/manifest/findings';
import type { z } from 'zod';

/** Parses a body by its schema. Throws KumikiError `invalid_value` that names every problem. */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const problems = describeInvalid(schema, body, result.error.issues);
  const [first] = problems;
  throw new KumikiError('invalid_value', {
    param: first?.path === undefined || first.path === '' ? 'body' : first.path,
    reason: problems.map(formatFinding).join(' ').replace(/\.$/, ''),
  });
}

/** The same for bodies with manifests, whose refusal has one line for each problem, as for manifest files. */
export function readManifestBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const problems = describeInvalid(schema, body, result.error.issues);
  throw new KumikiError('manifest_invalid', { reason: problems.map(formatFinding).join('\n') });
}
