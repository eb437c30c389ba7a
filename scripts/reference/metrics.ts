import type { Registry } from '@kumiki/service';
import { createMetrics as createAccountsMetrics } from '../../apps/accounts/src/observe/metrics.ts';
import { createMetrics as createConversationsMetrics } from '../../apps/conversations/src/observe/metrics.ts';
import { createGatewayMetrics } from '../../apps/gateway/src/metrics/gateway-metrics.ts';
import { createOperatorMetrics } from '../../apps/operator/src/operator-metrics.ts';
import { createMetrics as createSearchMetrics } from '../../apps/search/src/observe/metrics.ts';
import { createWorkerMetrics } from '../../apps/worker/src/metrics/worker-metrics.ts';
import { table } from './json-schema-text.ts';

/** Placeholder for values that are only read on a scrape, which does not happen here. */
const unread = {} as never;

/** Every scraped process with its instruments. */
function registries(): readonly { readonly name: string; readonly what: string; readonly registry: Registry }[] {
  const gateway = createGatewayMetrics(unread, unread);
  gateway.observeConnections(() => 0);
  gateway.observeCertificate(unread);
  return [
    { name: 'gateway', what: 'The one URL.', registry: gateway.registry },
    {
      name: 'accounts',
      what: 'Keys, sessions of browsers and limits of projects, where they are in a database.',
      registry: createAccountsMetrics(unread, unread),
    },
    {
      name: 'conversations',
      what: 'Responses, conversations, batches and chats.',
      registry: createConversationsMetrics(unread, unread).registry,
    },
    { name: 'search', what: 'Files and vector stores.', registry: createSearchMetrics().registry },
    {
      name: 'worker',
      what: "One loaded model, under vLLM's names, so that dashboards and scalers made for it work unchanged.",
      registry: createWorkerMetrics('model', false, () => unread).registry,
    },
    { name: 'operator', what: 'ModelServices on Kubernetes.', registry: createOperatorMetrics(unread).registry },
  ];
}

interface Instrument {
  readonly name: string;
  readonly help: string;
  readonly type?: string;
  readonly labelNames?: readonly string[];
}

/** Names of Node's own instruments. */
const ofNode = /^(?:nodejs|process)_/;

/** docs/reference/metrics.md: every instrument of every process. */
export function metricsPage(): string {
  const sections = registries().map(({ name, what, registry }) => {
    const rows = (registry.getMetricsAsArray() as unknown as readonly Instrument[])
      .filter((instrument) => !ofNode.test(instrument.name))
      .map((instrument) => [
        `\`${instrument.name}\``,
        instrument.type ?? instrument.constructor.name.toLowerCase(),
        (instrument.labelNames ?? []).map((label) => `\`${label}\``).join(', ') || '–',
        instrument.help,
      ]);
    return `## ${name}\n\n${what}\n\n${table(['metric', 'type', 'labels', 'meaning'], rows)}\n`;
  });
  return `# Metrics

Each process answers \`/metrics\` on its ops listener in Prometheus' text format. Times are in seconds. Besides these there are those of
Node and of the process (\`nodejs_…\`, \`process_…\`).

${sections.join('\n')}`;
}
