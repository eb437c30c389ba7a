import { listenerSettings, readConfig } from '@kumiki/service';
import { z } from 'zod';

const { KUMIKI_OPS_HOST, KUMIKI_OPS_PORT, KUMIKI_LOG_LEVEL, KUMIKI_DRAIN_MS } = listenerSettings(8_450);

/** The settings of this program. */
export const databaseSettings = z.strictObject({
  KUMIKI_DATABASE_FOLDER: z.string().min(1).describe('Folder where the data lie.'),
  KUMIKI_SOCKET_FOLDER: z
    .string()
    .min(1)
    .describe('Folder of its socket, which nobody else may enter: programs that connect may do everything.'),
  KUMIKI_OPS_HOST,
  KUMIKI_OPS_PORT,
  KUMIKI_LOG_LEVEL,
  KUMIKI_DRAIN_MS,
});

/** Reads the settings. Throws ConfigError with every problem in one message. */
export function readDatabaseConfig() {
  return readConfig(databaseSettings, process.env, 'KUMIKI_');
}
