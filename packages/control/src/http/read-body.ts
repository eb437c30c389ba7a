import { KumikiError } from '@kumiki/api';
import { describeInvalid, formatFinding } from '@kumiki/manifest';
import type { z } from 'zod';

/** A checked body. Throws KumikiError `invalid_value` that tells of everything that is wrong with it. */
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

/** Bodies with manifests are refused as manifests are, with one line for each problem. */
export function readManifestBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const result = schema.safeParse(body ?? {});
  if (result.success) return result.data;
  const problems = describeInvalid(schema, body, result.error.issues);
  throw new KumikiError('manifest_invalid', { reason: problems.map(formatFinding).join('\n') });
}
