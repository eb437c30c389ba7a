import { z } from 'zod';
import { boundOf } from './bounded.ts';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * A schema of ours as JSON Schema 2020-12, as somebody writes a value: members with defaults are optional. Lists and
 * records that are counted before they are read say their bound.
 */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return bare(z.toJSONSchema(schema, options));
}

/**
 * The same for several schemas by name; where one stands in another it is referred to.
 * @param place where references lead, the name to be added: `#/components/schemas/`.
 */
export function jsonSchemasOf(schemas: Readonly<Record<string, z.ZodType>>, place: string): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, { ...options, uri: (id) => `${place}${id}` });
  return Object.fromEntries(Object.entries(made.schemas).map(([id, schema]) => [id, bare(schema as JsonSchema)]));
}

/** A schema without what it says of the standard and of its own place. */
function bare(schema: JsonSchema): JsonSchema {
  const { $schema: _, ...rest } = schema;
  delete rest.$id;
  return rest;
}

const options = {
  io: 'input',
  unrepresentable: 'any',
  override: ({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema }): void => {
    const counted = countedSchema(zodSchema);
    if (counted === null) return;
    const { of, most } = counted;
    const inner = jsonSchemaOf(of);
    Object.assign(jsonSchema, inner, inner.type === 'array' ? { maxItems: most } : { maxProperties: most });
  },
} as const;

/** What a guard that counts first hands its values on to; null where a schema is no such guard. */
function countedSchema(schema: z.core.$ZodType): { readonly of: z.ZodType; readonly most: number } | null {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type !== 'pipe') return null;
  const most = boundOf(def.in);
  return most === null ? null : { of: def.out as z.ZodType, most };
}
