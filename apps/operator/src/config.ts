import { listenerSettings, readConfig } from '@kumiki/service';
import { z } from 'zod';

const { KUMIKI_OPS_HOST, KUMIKI_OPS_PORT, KUMIKI_LOG_LEVEL, KUMIKI_DRAIN_MS } = listenerSettings(8_490);
const name = z.string().min(1).max(253);

/** What this program takes from its environment. */
export const operatorSettings = z.strictObject({
  KUMIKI_OPS_HOST,
  KUMIKI_OPS_PORT,
  KUMIKI_LOG_LEVEL,
  KUMIKI_DRAIN_MS,
  KUMIKI_NAMESPACE: name.describe('The namespace of the installation, where its gateways are and its lease lies.'),
  KUMIKI_WATCH_NAMESPACE: name
    .optional()
    .describe('The one namespace whose ModelServices are served; those of all namespaces when absent.'),
  KUMIKI_IDENTITY: name.describe('The name of this process among the operators: that of its pod.'),
  KUMIKI_WORKER_IMAGE: z.string().min(1).max(1_024).describe('The image that workers run.'),
  KUMIKI_WORKER_IMAGE_PULL_POLICY: z
    .enum(['Always', 'IfNotPresent', 'Never'])
    .default('IfNotPresent')
    .describe('When the image of workers is pulled.'),
  KUMIKI_WORKER_IMAGE_PULL_SECRETS: z
    .string()
    .max(4_096)
    .default('')
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .describe('Secrets with which the image of workers is pulled, with commas between.'),
});

export type OperatorConfig = z.infer<typeof operatorSettings> & {
  /** For the access to Kubernetes, which has variables of its own. */
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** Throws ConfigError. */
export function readOperatorConfig(): OperatorConfig {
  return { ...readConfig(operatorSettings, process.env, 'KUMIKI_'), environment: { ...process.env } };
}
