import { listenerSettings, readConfig, readToken } from '@kumiki/service';
import { z } from 'zod';

/** The settings of this program. */
export const consoleSettings = z.strictObject({
  ...listenerSettings(8_460),
  KUMIKI_BACKEND_TOKEN_FILE: z
    .string()
    .min(1)
    .describe('File with the token by which the gateway proves itself; read once.'),
  KUMIKI_CONSOLE_FOLDER: z
    .string()
    .min(1)
    .optional()
    .describe('A folder with a built console; the one of this installation when absent.'),
});

/** Reads the service's settings. Throws ConfigError with every problem in one message. */
export function readConsoleConfig() {
  const settings = readConfig(consoleSettings, process.env, 'KUMIKI_');
  return { ...settings, token: readToken('KUMIKI_BACKEND_TOKEN_FILE', settings.KUMIKI_BACKEND_TOKEN_FILE) };
}
