import { maxRetentionDays } from '@kumiki/api';
import { dataServiceSettings, readConfig, withToken } from '@kumiki/service';
import { z } from 'zod';

/** The settings of this program. */
export const conversationsSettings = z.strictObject({
  ...dataServiceSettings(8_430),
  KUMIKI_REPLICA: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe('Names this replica; the name of the machine when absent.'),
  KUMIKI_RETENTION_DAYS: z.coerce
    .number()
    .int()
    .min(1)
    .max(maxRetentionDays)
    .default(30)
    .describe('How long responses are kept in projects that set nothing else.'),
});

/** Reads the service's settings. Throws ConfigError with every problem in one message. */
export function readConversationsConfig() {
  return withToken(readConfig(conversationsSettings, process.env, 'KUMIKI_'));
}
