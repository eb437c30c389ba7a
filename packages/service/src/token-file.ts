import { readFileSync } from 'node:fs';
import { ConfigError } from './config.ts';

/** Shortest token between processes. */
const minTokenCharacters = 16;
const token = new RegExp(`^[\\x21-\\x7e]{${minTokenCharacters},}$`);

/**
 * Reads a token and trims white space. Throws ConfigError, which never contains the file's content.
 * @param setting name of the variable with the path.
 * @param file its path, or 0 for standard input, which is read to its end.
 */
export function readToken(setting: string, file: string | 0): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new ConfigError([`${setting}: cannot be read: ${(error as Error).message}`]);
  }
  if (token.test(text)) return text;
  throw new ConfigError([
    `${setting}: must lead to at least ${minTokenCharacters} ASCII characters without blanks between them, and does not.`,
  ]);
}
