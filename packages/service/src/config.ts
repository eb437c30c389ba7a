import { didYouMean } from '@kumiki/api/errors';
import type { z } from 'zod';
import { injectedVariables } from './injected-variables.ts';

/** An invalid setting. Its message is complete: print it and exit. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

/**
 * Reads a service's configuration from environment variables. Every variable with the prefix must be in the schema, so
 * that a misspelt setting fails instead of having no effect. Variables that Kubernetes sets for Services with such
 * names are ignored.
 * @param schema a strict object whose keys are full variable names.
 * @param allowed names with the prefix that belong to other programs and are ignored.
 */
export function readConfig<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
  prefix: string,
  allowed: readonly string[] = [],
): z.infer<Schema> {
  const known = Object.keys(schema.shape);
  const injected = injectedVariables(environment, prefix);
  const problems: string[] = [];
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith(prefix) || allowed.includes(name) || value === undefined) continue;
    if (injected.has(name)) continue;
    if (known.includes(name)) values[name] = value;
    else problems.push(`${name} is not a setting of this program.${didYouMean(name, known)}`);
  }
  const result = schema.safeParse(values);
  if (!result.success) {
    for (const { path, message } of result.error.issues) {
      const name = path.join('.');
      problems.push(values[name] === '' ? `${name} is empty: give it a value, or unset it.` : `${name}: ${message}`);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return result.data as z.infer<Schema>;
}
