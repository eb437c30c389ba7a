import { maxRetentionDays } from '@kumiki/api';
import { dataServiceSettings, readConfig, withToken } from '@kumiki/service';
import { z } from 'zod';

const schema = z.strictObject({
  ...dataServiceSettings(8_430),
  /** Names this replica; the name of the machine when absent. */
  KUMIKI_REPLICA: z.string().min(1).max(256).optional(),
  KUMIKI_RETENTION_DAYS: z.coerce.number().int().min(1).max(maxRetentionDays).default(30),
});

/** The service's settings, read once at start. Throws ConfigError with every problem in one message. */
export function readConversationsConfig() {
  return withToken(readConfig(schema, process.env, 'KUMIKI_'));
}
