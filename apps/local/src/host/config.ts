import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the state lies when nobody says otherwise. */
export function defaultHome(): string {
  return join(homedir(), '.kumiki');
}
