import { checkBody } from '@kumiki/service';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';

/** Parameters that SDKs send and that are ignored. */
const ignored = new Set(['include[]']);

/** Checks the query of a request against its schema. Throws KumikiError with the parameter's name. */
export function checkQuery<Schema extends z.ZodObject>(schema: Schema, request: FastifyRequest): z.infer<Schema> {
  const query = Object.entries(request.query as Record<string, unknown>).filter(([name]) => !ignored.has(name));
  return checkBody(schema, Object.fromEntries(query), {});
}
