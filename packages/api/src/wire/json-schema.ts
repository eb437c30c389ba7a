import { z } from 'zod';
import { boundOf } from './bounded.ts';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * A schema of ours as JSON Schema 2020-12, as somebody writes a value: members with defaults are optional. Lists and
 * records that are counted before they are read say their bound.
 */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...result } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const counted = countedSchema(zodSchema);
      if (counted === null) return;
      const { of, most } = counted;
      const inner = jsonSchemaOf(of);
      Object.assign(jsonSchema, inner, inner.type === 'array' ? { maxItems: most } : { maxProperties: most });
    },
  }) as JsonSchema;
  return result;
}

/** What a guard that counts first hands its values on to; null where a schema is no such guard. */
function countedSchema(schema: z.core.$ZodType): { readonly of: z.ZodType; readonly most: number } | null {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type !== 'pipe') return null;
  const most = boundOf(def.in);
  return most === null ? null : { of: def.out as z.ZodType, most };
}
