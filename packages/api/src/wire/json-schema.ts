import { z } from 'zod';
import { boundOf } from './bounded.ts';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * A schema as JSON Schema 2020-12 for values as they are written: members with defaults are optional. The bounds of
 * lists and records that are counted first are included.
 */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  return bare(z.toJSONSchema(schema, options));
}

/**
 * The same for several schemas by name; a schema inside another becomes a reference.
 * @param place prefix of references, to which the name is appended: `#/components/schemas/`.
 */
export function jsonSchemasOf(schemas: Readonly<Record<string, z.ZodType>>, place: string): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, { ...options, uri: (id) => `${place}${id}` });
  return Object.fromEntries(Object.entries(made.schemas).map(([id, schema]) => [id, bare(schema as JsonSchema)]));
}

/** A schema without `$schema` and `$id`. */
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

/** The schema behind a guard that counts first; null when the schema is not such a guard. */
function countedSchema(schema: z.core.$ZodType): { readonly of: z.ZodType; readonly most: number } | null {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type !== 'pipe') return null;
  const most = boundOf(def.in);
  return most === null ? null : { of: def.out as z.ZodType, most };
}
