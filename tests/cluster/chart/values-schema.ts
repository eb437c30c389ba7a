/** What the tests read of a JSON Schema. */
export interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** Helm's own, which a chart may be given as a part of another. */
const ofHelm = '.global';

/**
 * The paths of values that are in only one of the schema and the defaults. An empty object as a default stands for members
 * that each installation names by itself.
 */
export function unlikeDefaults(schema: Schema, defaults: object, root = schema, path = ''): string[] {
  const name = schema.$ref?.replace('#/definitions/', '');
  const { properties } = name === undefined ? schema : (root.definitions?.[name] ?? schema);
  if (properties === undefined || Object.keys(defaults).length === 0) return [];
  const members = defaults as Readonly<Record<string, unknown>>;
  const names = [...new Set([...Object.keys(members), ...Object.keys(properties)])];
  return names.flatMap((member) => {
    const at = `${path}.${member}`;
    const inner = properties[member];
    if (at === ofHelm) return [];
    if (inner === undefined || !(member in members)) return [at];
    const value = members[member];
    return typeof value === 'object' && value !== null ? unlikeDefaults(inner, value, root, at) : [];
  });
}
