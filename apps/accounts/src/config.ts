import { listenerSettings, readConfig, readToken } from '@kumiki/service';
import { z } from 'zod';

const file = z.string().min(1);
const origin = z.url({ protocol: /^https?$/ });

/** What this program takes from its environment. */
export const accountsSettings = z.strictObject({
  ...listenerSettings(8_470),
  KUMIKI_BACKEND_TOKEN_FILE: file.describe('File with the token by which the gateway proves itself; read once.'),
  KUMIKI_ACCOUNTS_FOLDER: file.describe('Folder with keys, sessions, limits of projects, and the pepper.'),
  KUMIKI_KEYS_FILE: file.describe('Where gateways read KeyRecord[]; written at the start and after each change.'),
  KUMIKI_SESSIONS_FILE: file.describe('The same for SessionRecord[].'),
  KUMIKI_PROJECT_LIMITS_FILE: file.describe('The same for ProjectLimitsRecord[].'),
  KUMIKI_SERVICE_KEYS_FOLDER: file
    .optional()
    .describe('Folder with a file for each service that calls others, named as it is, that holds its key; read once.'),
  KUMIKI_SHOWN_URL: origin.describe('Where the product is reached, without a path: links that sign in lead there.'),
  KUMIKI_PUBLIC_URL: origin.optional().describe('The same where an operator has said so. It goes before the other.'),
  KUMIKI_OBSERVED_URLS: z
    .string()
    .max(65_536)
    .default('')
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .describe('Origins at which gateways tell when sessions were used, with commas between.'),
  KUMIKI_OBSERVED_TOKEN_FILE: file.optional().describe('File with the token for those; needed where there is one.'),
});

/** The service's settings, read once at start. Throws ConfigError with every problem in one message. */
export function readAccountsConfig() {
  const settings = readConfig(accountsSettings, process.env, 'KUMIKI_');
  const observedFile = settings.KUMIKI_OBSERVED_TOKEN_FILE;
  return {
    ...settings,
    token: readToken('KUMIKI_BACKEND_TOKEN_FILE', settings.KUMIKI_BACKEND_TOKEN_FILE),
    observedToken: observedFile === undefined ? '' : readToken('KUMIKI_OBSERVED_TOKEN_FILE', observedFile),
  };
}
