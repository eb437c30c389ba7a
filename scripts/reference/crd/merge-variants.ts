import { missingOf, unknownFieldOf } from '@kumiki/manifest';
import { z } from 'zod';
import { celText } from './cel.ts';
import { isOptional, type StructuralSchema, type Validation } from './form.ts';

/** The form of the schema of a field. */
type Convert = (schema: z.core.$ZodType) => StructuralSchema;

/** Fields of the objects of a union, by name: their form, and the kinds that have them. */
interface MergedField {
  readonly schema: StructuralSchema;
  readonly kinds: string[];
  /** The kinds that demand it. */
  readonly requiredBy: string[];
}

/**
 * A union of objects as one object with the fields of all: a structural schema has no alternatives. Which field goes with
 * which kind is said in CEL. Fields of one kind have no default here, since it would be written into the others.
 */
export function mergeVariants(union: z.ZodDiscriminatedUnion, convert: Convert): StructuralSchema {
  const tag = union.def.discriminator;
  const fields = new Map<string, MergedField>();
  const known = new Map<string, string[]>();
  const options = union.options as readonly z.ZodObject[];
  for (const option of options) {
    const shape = option.shape as Readonly<Record<string, z.core.$ZodType>>;
    const [kind] = (shape[tag] as z.ZodLiteral<string>).values;
    if (kind === undefined) throw new Error(`a variant without its ${tag}`);
    known.set(kind, Object.keys(shape));
    for (const [name, field] of Object.entries(shape)) if (name !== tag) addField(fields, name, kind, field, convert);
  }
  const kinds = [...known.keys()];
  return {
    type: 'object',
    required: [tag],
    properties: {
      [tag]: { ...convert(z.enum(kinds)), description: `Which one: ${kinds.join(', ')}.` },
      ...Object.fromEntries([...fields].map(([name, { schema }]) => [name, schema])),
    },
    'x-kubernetes-validations': [...fields].flatMap(([name, field]) => rulesOf(name, field, tag, known)),
  };
}

function addField(
  fields: Map<string, MergedField>,
  name: string,
  kind: string,
  field: z.core.$ZodType,
  convert: Convert,
): void {
  const { default: _, ...schema } = convert(field);
  const before = fields.get(name);
  const requiredBy = isOptional(field) ? [] : [kind];
  if (before === undefined) {
    fields.set(name, { schema, kinds: [kind], requiredBy });
    return;
  }
  const { description: _here, ...here } = schema;
  const { description: _there, ...there } = before.schema;
  if (JSON.stringify(here) !== JSON.stringify(there)) throw new Error(`${name} differs between the kinds of a union`);
  before.kinds.push(kind);
  before.requiredBy.push(...requiredBy);
}

function rulesOf(
  name: string,
  { kinds, requiredBy, schema }: MergedField,
  tag: string,
  known: ReadonlyMap<string, readonly string[]>,
): Validation[] {
  const rules: Validation[] = [];
  const strangers = [...known].filter(([kind]) => !kinds.includes(kind));
  if (strangers.length > 0) {
    const sentences = strangers.map(([kind, fields]) => {
      const { message, hint } = unknownFieldOf(name, fields);
      return [kind, celText(hint === null ? message : `${message} ${hint}`)] as const;
    });
    const last = sentences.at(-1)?.[1] ?? '';
    const chosen = sentences
      .slice(0, -1)
      .reduceRight((rest, [kind, text]) => `self.${tag} == '${kind}' ? ${text} : ${rest}`, last);
    const own = kinds.map((kind) => `'${kind}'`).join(', ');
    const foreign = strangers.map(([kind]) => `'${kind}'`).join(', ');
    rules.push({
      rule: `!has(self.${name}) || self.${tag} in [${own}] || !(self.${tag} in [${foreign}])`,
      messageExpression: chosen,
      fieldPath: `.${name}`,
    });
  }
  if (requiredBy.length > 0) {
    const { message, hint } = missingOf(schema.type ?? 'string');
    rules.push({
      rule: `has(self.${name}) || !(self.${tag} in [${requiredBy.map((kind) => `'${kind}'`).join(', ')}])`,
      message: `${message} ${hint}`,
      fieldPath: `.${name}`,
      reason: 'FieldValueRequired',
    });
  }
  return rules;
}
