import { boundOf } from '@kumiki/api';
import { notOfForm, notOneOf, outOfBounds, urlRule } from '@kumiki/manifest';
import { z } from 'zod';
import { celSentence, celShown, hole, quotedHole } from './cel.ts';
import { isOptional, type StructuralSchema, type Validation } from './form.ts';
import { mergeVariants } from './merge-variants.ts';

/**
 * A zod schema as the API server takes it. What it says of single values becomes CEL, so that kubectl says the sentence
 * that kumiki says; types, required fields and lengths stay with the API server, which estimates the cost of CEL by them.
 */
export function structuralSchema(schema: z.core.$ZodType): StructuralSchema {
  const description = z.globalRegistry.get(schema as z.ZodType)?.description;
  const made = convert(schema);
  return description === undefined ? made : { ...made, description };
}

function convert(schema: z.core.$ZodType): StructuralSchema {
  if (schema instanceof z.ZodPipe) return convertPipe(schema);
  if (schema instanceof z.ZodOptional) return structuralSchema(schema.def.innerType);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return { ...structuralSchema(schema.def.innerType), default: schema.def.defaultValue };
  }
  if (schema instanceof z.ZodObject) return convertObject(schema);
  if (schema instanceof z.ZodDiscriminatedUnion) return mergeVariants(schema, structuralSchema);
  if (schema instanceof z.ZodUnion) return convertAmount(schema);
  if (schema instanceof z.ZodArray)
    return { type: 'array', items: structuralSchema(schema.element), ...countsOf(schema) };
  if (schema instanceof z.ZodRecord) {
    return { type: 'object', additionalProperties: structuralSchema(schema.valueType) };
  }
  if (schema instanceof z.ZodEnum) return ofValues(schema.options as readonly string[]);
  if (schema instanceof z.ZodLiteral) return ofValues([...schema.values] as readonly string[]);
  if (schema instanceof z.ZodBoolean) return { type: 'boolean' };
  if (schema instanceof z.ZodNumber) return convertNumber(schema);
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat) return convertString(schema);
  throw new Error(`a schema of the kind ${schema._zod.def.type} has no form in a CustomResourceDefinition yet`);
}

/** A list or a map whose length is checked first. */
function convertPipe(schema: z.ZodPipe): StructuralSchema {
  const most = boundOf(schema.def.in);
  const inner = structuralSchema(schema.def.out);
  if (most === null) return inner;
  return inner.type === 'array' ? { ...inner, maxItems: most } : { ...inner, maxProperties: most };
}

function convertObject(schema: z.ZodObject): StructuralSchema {
  const entries = Object.entries(schema.shape);
  const required = entries.filter(([, field]) => !isOptional(field)).map(([name]) => name);
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(entries.map(([name, field]) => [name, structuralSchema(field)])),
  };
}

const lengthOfValues = 64;

function ofValues(values: readonly string[]): StructuralSchema {
  const list = values.map((value) => `'${value}'`).join(', ');
  return {
    type: 'string',
    maxLength: lengthOfValues,
    'x-kubernetes-validations': [
      {
        rule: `self in [${list}]`,
        messageExpression: celSentence(notOneOf(values, quotedHole), [celShown('self', lengthOfValues)]),
      },
    ],
  };
}

interface Check {
  readonly check: string;
  readonly value?: number;
  readonly inclusive?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
  readonly pattern?: RegExp;
  /** The rule in words, where the schema gives them. */
  readonly error?: (issue: object) => string | undefined;
}

function checksOf(schema: z.core.$ZodType): readonly Check[] {
  const { checks = [] } = schema._zod.def as unknown as { checks?: readonly { _zod: { def: Check } }[] };
  const own = schema._zod.def as unknown as Check;
  return [...(own.check === undefined ? [] : [own]), ...checks.map((check) => check._zod.def)];
}

const int32Most = 2_147_483_647;

function convertNumber(schema: z.ZodNumber): StructuralSchema {
  const checks = checksOf(schema);
  const isInteger = checks.some(({ check }) => check === 'number_format');
  const validations: Validation[] = [];
  let most = Number.POSITIVE_INFINITY;
  for (const { check, value = 0, inclusive = true } of checks) {
    if (check !== 'less_than' && check !== 'greater_than') continue;
    const side = check === 'less_than' ? 'most' : 'least';
    if (side === 'most') most = value;
    const operator = `${side === 'most' ? '<' : '>'}${inclusive ? '=' : ''}`;
    const limit = isInteger || !Number.isInteger(value) ? String(value) : `${value}.0`;
    const sentence = outOfBounds({ limit: value, side, inclusive, origin: 'number' }, hole);
    validations.push({
      rule: `self ${operator} ${limit}`,
      messageExpression: celSentence(sentence, ['self']),
    });
  }
  return {
    type: isInteger ? 'integer' : 'number',
    ...(isInteger ? { format: most <= int32Most ? 'int32' : 'int64' } : { format: 'double' }),
    ...validated(validations),
  };
}

/** Longest text of a schema that gives none. */
const unboundedLength = 4_096;

function convertString(schema: z.core.$ZodType): StructuralSchema {
  const checks = checksOf(schema);
  const most = checks.find(({ check }) => check === 'max_length')?.maximum ?? unboundedLength;
  const least = checks.find(({ check }) => check === 'min_length')?.minimum ?? 0;
  const shown = [celShown('self', most)];
  const validations: Validation[] = [];
  if (least > 0) {
    const sentence = outOfBounds({ limit: least, side: 'least', inclusive: true, origin: 'string' }, hole);
    validations.push({
      rule: `size(self) >= ${least}`,
      messageExpression: celSentence(sentence, ['size(self)']),
    });
  }
  for (const { check, format, pattern, error } of checks) {
    if (check !== 'string_format') continue;
    const isUrl = format === 'url';
    if (!isUrl && (format !== 'regex' || pattern === undefined)) throw new Error(`no form for the format ${format}`);
    const source = isUrl ? '^[hH][tT][tT][pP][sS]?://[^/]+' : plainPattern(pattern as RegExp);
    const rule = isUrl ? urlRule : (error?.({}) ?? `must match ${source}`);
    validations.push({
      rule: `self.matches('${source.replaceAll('\\', '\\\\')}')`,
      messageExpression: celSentence(notOfForm(rule, quotedHole), shown),
    });
  }
  return { type: 'string', maxLength: most, ...validated(validations) };
}

/** A pattern as RE2 takes it, which looks neither ahead nor behind. */
function plainPattern(pattern: RegExp): string {
  const source = pattern.source.replaceAll('\\/', '/');
  const plain = source.replace('^(?!\\.{1,2}$)', '^');
  if (/\(\?[!=<]/.test(plain) || pattern.flags !== '') throw new Error(`RE2 does not take ${source}`);
  return plain;
}

/** An amount: a whole number, or a text. */
function convertAmount(schema: z.ZodUnion): StructuralSchema {
  const [number, text] = schema.options.map(convert);
  const inText = text?.['x-kubernetes-validations']?.[0];
  if (number?.type !== 'integer' || text?.maxLength === undefined || inText === undefined) {
    throw new Error('a union that is no amount has no form yet');
  }
  return {
    'x-kubernetes-int-or-string': true,
    maxLength: text.maxLength,
    'x-kubernetes-validations': [{ ...inText, rule: `type(self) == int ? self >= 0 : ${inText.rule}` }],
  };
}

function countsOf(schema: z.core.$ZodType): { maxItems?: number; minItems?: number } {
  const checks = checksOf(schema);
  const most = checks.find(({ check }) => check === 'max_length')?.maximum;
  const least = checks.find(({ check }) => check === 'min_length')?.minimum ?? 0;
  return { ...(most === undefined ? {} : { maxItems: most }), ...(least > 0 ? { minItems: least } : {}) };
}

function validated(validations: readonly Validation[]): Pick<StructuralSchema, 'x-kubernetes-validations'> {
  return validations.length === 0 ? {} : { 'x-kubernetes-validations': validations };
}
