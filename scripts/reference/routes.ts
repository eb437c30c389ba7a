import { allPaths, type BodyLimits, type PathOwner, type PathRow } from '@kumiki/api';
import { formatBytes, table } from './json-schema-text.ts';

/** The services behind the one URL, in the order of the page. */
const owners: Readonly<Record<PathOwner, string>> = {
  gateway: 'Models: answered by the gateway, which asks replicas',
  conversations: 'Responses, conversations, batches and chats',
  search: 'Files and vector stores',
  accounts: 'Keys, sessions of browsers and what projects may have',
  control: 'Operating an installation',
  console: 'The web console',
};

/** docs/reference/routes.md: every route, who may call it and how large its body may be. */
export function routesPage(): string {
  const sections = Object.entries(owners).map(([owner, title]) => {
    const rows = allPaths
      .filter((row) => row.owner === owner)
      .map((row) => [`\`${row.method} ${row.pattern}\``, describeRole(row.role), describeBody(row.body)]);
    return `## ${title}\n\n${table(['route', 'key', 'body'], rows)}\n`;
  });
  return `# Routes

Everything that the one URL answers. What is not here is 404, and what is larger is refused with \`body_too_large\` before it is
read. \`GET\` implies \`HEAD\`. A JSON body is refused when it nests too deep or holds more values (members and elements together) than
stands here.

${sections.join('\n')}`;
}

function describeRole(role: PathRow['role']): string {
  if (role === null) return 'none';
  return role === 'any' ? 'any key' : `role \`${role}\``;
}

function describeBody({ kind, maxBytes, maxValues }: BodyLimits): string {
  if (kind === 'none') return '–';
  if (kind === 'form') return `form of at most ${formatBytes(maxBytes)}`;
  return `JSON of at most ${formatBytes(maxBytes)}, ${maxValues.toLocaleString('en-US')} values`;
}
