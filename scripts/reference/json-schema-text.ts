import type { JsonSchema } from '@kumiki/api';

/** A short description of a value's type: `integer 1–256`, `text of 1–63 characters`, `chat or embedding`. */
export function describeType(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  const any = schema.anyOf ?? schema.oneOf;
  if (any !== undefined) return any.map((one) => describeType(asSchema(one))).join(' or ');
  switch (schema.type) {
    case 'integer':
    case 'number':
      return `${schema.type}${range(schema.minimum ?? aboveText(schema), schema.maximum)}`;
    case 'string':
      return schema.format === undefined ? `text${lengths(schema.minLength, schema.maxLength)}` : schema.format;
    case 'array':
      return `list${lengths(undefined, schema.maxItems, 'entries')} of ${describeType(asSchema(schema.items))}`;
    case 'object':
      return typeof schema.additionalProperties === 'object'
        ? `map${lengths(undefined, schema.maxProperties, 'members')} of ${describeType(asSchema(schema.additionalProperties))}`
        : 'object';
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case undefined:
    default:
      return 'any';
  }
}

/** A schema from a place where JSON Schema also allows `true` or a list. */
export function asSchema(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonSchema) : {};
}

function aboveText({ exclusiveMinimum }: JsonSchema): string | undefined {
  return exclusiveMinimum === undefined ? undefined : `above ${exclusiveMinimum}`;
}

function range(least: number | string | undefined, most: number | undefined): string {
  const shownMost = most === undefined || most === Number.MAX_SAFE_INTEGER ? undefined : formatNumber(most);
  const shownLeast = typeof least === 'number' ? formatNumber(least) : least;
  if (shownLeast === undefined) return shownMost === undefined ? '' : ` up to ${shownMost}`;
  return shownMost === undefined ? ` from ${shownLeast}` : ` ${shownLeast} to ${shownMost}`;
}

function lengths(least: number | undefined, most: number | undefined, unit = 'characters'): string {
  if (most === undefined) return '';
  return ` of ${least === undefined || least === 0 ? 'at most' : `${formatNumber(least)} to`} ${formatNumber(most)} ${unit}`;
}

/** `10,000,000`. */
function formatNumber(value: number): string {
  return value.toLocaleString('en-US');
}

/** A value as written in YAML or an environment variable. */
export function formatDefault(value: unknown): string {
  return typeof value === 'string' ? `\`${value}\`` : `\`${JSON.stringify(value)}\``;
}

/** A Markdown table. Bars in cells are escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** `32 MiB`, or the number itself when it is not a multiple of a KiB. */
export function formatBytes(bytes: number): string {
  for (const [unit, size] of [
    ['GiB', 1_073_741_824],
    ['MiB', 1_048_576],
    ['KiB', 1_024],
  ] as const) {
    if (bytes % size === 0) return `${formatNumber(bytes / size)} ${unit}`;
  }
  return `${formatNumber(bytes)} bytes`;
}
