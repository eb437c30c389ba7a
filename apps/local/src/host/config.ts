import { homedir } from 'node:os';
import { join } from 'node:path';

/** The default state folder. */
export function defaultHome(): string {
  return join(homedir(), '.kumiki');
}
