import { jsonSchemaOf } from '@kumiki/api';
import type { z } from 'zod';
import { accountsSettings } from '../../apps/accounts/src/config.ts';
import { cliSettings } from '../../apps/cli/src/host/config.ts';
import { consoleSettings } from '../../apps/console/src/config.ts';
import { conversationsSettings } from '../../apps/conversations/src/config.ts';
import { databaseSettings } from '../../apps/database/src/config.ts';
import { gatewaySettings } from '../../apps/gateway/src/config.ts';
import { installerSettings } from '../../apps/installer/src/config.ts';
import { operatorSettings } from '../../apps/operator/src/config.ts';
import { loadSettings } from '../../apps/operator/src/load/config.ts';
import { searchSettings } from '../../apps/search/src/config.ts';
import { workerSettings } from '../../apps/worker/src/config.ts';
import { asSchema, describeType, formatDefault, table } from './json-schema-text.ts';

/** Every program that is configured by environment variables, with its settings. */
const programs: readonly { readonly name: string; readonly what: string; readonly settings: z.ZodObject }[] = [
  { name: 'kumiki', what: 'The command line. Options go before variables.', settings: cliSettings },
  { name: 'gateway', what: 'The one URL.', settings: gatewaySettings },
  {
    name: 'accounts',
    what: 'Keys, sessions of browsers, links that sign in, and what projects may have.',
    settings: accountsSettings,
  },
  { name: 'conversations', what: 'Responses, conversations, batches and chats.', settings: conversationsSettings },
  { name: 'search', what: 'Files and vector stores.', settings: searchSettings },
  {
    name: 'database',
    what: 'The embedded database of one machine, served to its services. Nothing of a cluster.',
    settings: databaseSettings,
  },
  { name: 'console', what: 'The web console.', settings: consoleSettings },
  { name: 'worker', what: 'One loaded model.', settings: workerSettings },
  {
    name: 'installer',
    what: 'On Kubernetes: a step before the others are started.',
    settings: installerSettings,
  },
  { name: 'operator', what: 'What turns ModelServices into objects of Kubernetes.', settings: operatorSettings },
  { name: 'load', what: 'Loads the file of a model into a pod before its worker starts.', settings: loadSettings },
];

/** docs/reference/settings.md. */
export function settingsPage(): string {
  const sections = programs.map(({ name, what, settings }) => {
    const { properties = {}, required = [] } = jsonSchemaOf(settings);
    const rows = Object.entries(properties).map(([variable, property]) => {
      const schema = asSchema(property);
      const without = required.includes(variable)
        ? '**required**'
        : schema.default === undefined || schema.default === ''
          ? '–'
          : formatDefault(schema.default);
      return [`\`${variable}\``, describeType(schema), without, schema.description ?? ''];
    });
    return `## ${name}\n\n${what}\n\n${table(['variable', 'value', 'default', 'meaning'], rows)}\n`;
  });
  return `# Settings

Programs read their settings from environment variables, once at their start. A variable that begins with \`KUMIKI_\` and is none of
the program's settings stops the start with the nearest name, so that a misspelt one does not do nothing; those that Kubernetes
sets for Services are let alone.

${sections.join('\n')}`;
}
