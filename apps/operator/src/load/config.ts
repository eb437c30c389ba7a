import { readConfig } from '@kumiki/service';
import { z } from 'zod';

/** What the program that loads a model into a pod takes from its environment. */
export const loadSettings = z.strictObject({
  KUMIKI_LOAD_URL: z.url({ protocol: /^https?$/ }).describe('Where the file is.'),
  KUMIKI_LOAD_DIGEST: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .describe('What the file is checked against.'),
  KUMIKI_LOAD_FILE: z.string().min(1).describe('Where the file is put.'),
});

/** Throws ConfigError. */
export function readLoadConfig(): z.infer<typeof loadSettings> {
  return readConfig(loadSettings, process.env, 'KUMIKI_');
}
