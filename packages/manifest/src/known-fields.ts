import { boundOf } from '@kumiki/api';
import { z } from 'zod';
import type { FieldPath } from './problem.ts';

/** A schema without its wrappers: defaults, optional, nullable and bounds. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodPipe && boundOf(schema.def.in) !== null) return unwrap(schema.def.out);
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable
  ) {
    return unwrap(schema.def.innerType);
  }
  return schema;
}

/** The object schemas at one place: one, or the branches of a union that the value's discriminator selects. */
function objectsOf(schema: z.core.$ZodType, value: unknown): z.ZodObject[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) return [inner];
  if (!(inner instanceof z.ZodUnion)) return [];
  const options = (inner.options as z.core.$ZodType[]).flatMap((option) => objectsOf(option, value));
  if (!(inner instanceof z.ZodDiscriminatedUnion)) return options;
  const key = inner.def.discriminator;
  const chosen = options.filter((option) => {
    const tag = option.shape[key] as z.core.$ZodType | undefined;
    return tag instanceof z.ZodLiteral && tag.values.has(fieldOf(value, key) as never);
  });
  return chosen.length > 0 ? chosen : options;
}

/**
 * The fields that a schema knows at a path, for near-miss hints; empty where any name is allowed.
 * @param value the whole value that was checked: its discriminators select the branches of unions.
 */
export function knownFields(schema: z.core.$ZodType, path: FieldPath, value: unknown): string[] {
  return [...new Set(objectsAt(schema, path, value).flatMap(({ shape }) => Object.keys(shape)))];
}

/** What to write instead of a field that a schema refuses by name (`refusedFields` of its metadata); null for others. */
export function refusedField(schema: z.core.$ZodType, path: FieldPath, value: unknown, key: string): string | null {
  for (const object of objectsAt(schema, path, value)) {
    const hint = fieldOf(fieldOf(object.meta(), 'refusedFields'), key);
    if (typeof hint === 'string') return hint;
  }
  return null;
}

function objectsAt(schema: z.core.$ZodType, path: FieldPath, value: unknown): z.ZodObject[] {
  let places: z.core.$ZodType[] = [schema];
  let current = value;
  for (const step of path) {
    places = places.flatMap((place) => below(place, step, current));
    current = fieldOf(current, step);
  }
  return places.flatMap((place) => objectsOf(place, current));
}

function below(schema: z.core.$ZodType, step: string | number, value: unknown): z.core.$ZodType[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray) return [inner.element];
  if (inner instanceof z.ZodRecord) return [inner.valueType];
  return objectsOf(inner, value).flatMap((object) => {
    const field = object.shape[step] as z.core.$ZodType | undefined;
    return field === undefined ? [] : [field];
  });
}

/** A value's own field, or undefined where there is none. */
export function fieldOf(value: unknown, step: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return (value as Record<string | number, unknown>)[step];
}
