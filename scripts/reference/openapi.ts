import * as api from '@kumiki/api';
import { allPaths, jsonSchemaOf, jsonSchemasOf, type JsonSchema, type PathRow } from '@kumiki/api';
import { z } from 'zod';
import { readVersion } from '../../apps/cli/src/host/version.ts';
import { asSchema } from './json-schema-text.ts';

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message', 'type', 'param', 'code'],
      properties: {
        message: { type: 'string' },
        type: { type: 'string' },
        param: { type: ['string', 'null'] },
        code: { type: ['string', 'null'] },
      },
    },
  },
};

/** docs/reference/openapi.json: the routes under `/v1/kumiki` as OpenAPI 3.1. OpenAI documents its own routes. */
export function openapiDocument(): string {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const row of allPaths.filter(({ pattern }) => pattern.startsWith('/v1/kumiki/'))) {
    const path = row.pattern.replaceAll(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[row.method.toLowerCase()] = operationOf(row);
  }
  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Kumiki',
      version: readVersion(),
      description:
        'What operates an installation and what OpenAI has no route for. All else under /v1 is the OpenAI API.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(Object.keys(paths).map(tagOf))].toSorted().map((name) => ({ name })),
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key.' } },
      schemas: { ...usedSchemas(JSON.stringify(paths)), Error: errorSchema },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const place = '#/components/schemas/';

/** The names of the exported schemas of the contracts: `serviceStatusSchema` is `ServiceStatus`. */
const names = new Map<z.ZodType, string>(
  Object.entries(api).flatMap(([name, value]) =>
    value instanceof z.ZodType && name.endsWith('Schema')
      ? [[value as z.ZodType, `${name[0]?.toUpperCase()}${name.slice(1, -'Schema'.length)}`] as const]
      : [],
  ),
);
const named = jsonSchemasOf(Object.fromEntries([...names].map(([schema, name]) => [name, schema])), place);

/** The named schemas that a text refers to, transitively. */
function usedSchemas(text: string): Record<string, JsonSchema> {
  const used = new Map<string, JsonSchema>();
  const collect = (from: string): void => {
    for (const [, name = ''] of from.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      const schema = named[name];
      if (schema === undefined || used.has(name)) continue;
      used.set(name, schema);
      collect(JSON.stringify(schema));
    }
  };
  collect(text);
  return Object.fromEntries([...used].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function operationOf(row: PathRow): unknown {
  const body = row.body.schema === null ? {} : { requestBody: { required: true, content: json(row.body.schema) } };
  return {
    operationId: operationIdOf(row),
    tags: [tagOf(row.pattern)],
    summary:
      row.role === 'admin' ? 'Wants a key with the role admin.' : row.role === null ? 'Wants no key.' : undefined,
    ...(row.role === null ? { security: [] } : {}),
    parameters: [...pathParameters(row.pattern), ...queryParameters(row.query)],
    ...body,
    responses: {
      200: { description: 'Done.', ...(row.reply === null ? {} : { content: json(row.reply) }) },
      default: {
        description: 'Refused.',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

/** `post_services_scale`, derived from the path and stable with it. */
function operationIdOf({ method, pattern }: PathRow): string {
  const parts = pattern.split('/').slice(3);
  const named = parts.map((part) => (part.startsWith(':') ? `by_${part.slice(1)}` : part));
  return [method.toLowerCase(), ...named].join('_');
}

function tagOf(path: string): string {
  return path.split('/')[3] ?? '';
}

function json(schema: z.ZodType): unknown {
  return { 'application/json': { schema: schemaOf(schema) } };
}

function schemaOf(schema: z.ZodType): JsonSchema {
  const name = names.get(schema);
  return name === undefined ? jsonSchemaOf(schema) : { $ref: `${place}${name}` };
}

function pathParameters(pattern: string): unknown[] {
  return [...pattern.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(schema: z.ZodType | null): unknown[] {
  if (schema === null) return [];
  const { properties = {}, required = [] }: JsonSchema = jsonSchemaOf(schema);
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = asSchema(property);
    return {
      name,
      in: 'query',
      required: required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}
