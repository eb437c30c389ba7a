import { defaultProjectLimits, jsonSchemaOf, type ProjectLimitName, projectLimitsSchema } from '@kumiki/api';
import { asSchema, formatBytes, table } from './json-schema-text.ts';

/** docs/reference/project-limits.md: the default limits of projects. */
export function projectLimitsPage(): string {
  const rows = Object.entries(jsonSchemaOf(projectLimitsSchema).properties ?? {}).map(([name, property]) => {
    const value = defaultProjectLimits[name as ProjectLimitName];
    const shown = name.endsWith('_bytes') ? formatBytes(value) : value.toLocaleString('en-US');
    return [`\`${name}\``, shown, asSchema(property).description ?? ''];
  });
  return `# Limits of projects

What a project may have. \`kumiki limits set\` and \`POST /v1/kumiki/limits/{project}\` change it; a refusal (\`quota_exceeded\`) names
the limit and what would pass.

${table(['limit', 'default', 'counts'], rows)}
`;
}
