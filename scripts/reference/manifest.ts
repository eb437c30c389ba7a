import { jsonSchemaOf, type JsonSchema, kinds } from '@kumiki/api';
import { asSchema, describeType, formatDefault, table } from './json-schema-text.ts';

/** docs/reference/manifest.md: every field of every kind. */
export function manifestPage(): string {
  const sections = Object.entries(kinds).map(([kind, schema]) => {
    const json = jsonSchemaOf(schema);
    return `## ${kind}\n\n${json.description}\n\n${table(['field', 'value', 'default', 'meaning'], fieldRows(json, ''))}\n`;
  });
  return `# Manifests

A manifest is YAML or JSON with one object or several. \`kumiki up -f\`, \`kumiki apply -f\` and the console take it; an unknown
field is refused with the nearest name.

${sections.join('\n')}`;
}

/** The rows of an object's fields, followed by those of nested objects. */
function fieldRows(schema: JsonSchema, path: string): string[][] {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const field = asSchema(property);
    const here = path === '' ? name : `${path}.${name}`;
    const inner = field.properties === undefined ? [] : fieldRows(field, here);
    const variants = (field.oneOf ?? []).flatMap((one) => variantRows(asSchema(one), here));
    const kind = field.oneOf === undefined ? describeType(field) : 'object by its `kind`';
    return [
      [`\`${here}\``, kind, defaultOf(field, required.has(name)), field.description ?? ''],
      ...inner,
      ...variants,
    ];
  });
}

/** The rows of one variant of a field, named by its `kind`. */
function variantRows(variant: JsonSchema, path: string): string[][] {
  const { kind: kindField, ...properties } = variant.properties ?? {};
  const kind = String(asSchema(kindField).const);
  const rest = { ...variant, properties };
  return [
    [`\`${path}.kind: ${kind}\``, '', '', variant.description ?? ''],
    ...fieldRows(rest, path).map(([field = '', ...cells]) => [`${field} (${kind})`, ...cells]),
  ];
}

function defaultOf(field: JsonSchema, isRequired: boolean): string {
  if (isRequired) return '**required**';
  const { default: given } = field;
  if (given === undefined || (typeof given === 'object' && given !== null && !Array.isArray(given))) return '–';
  return formatDefault(given);
}
