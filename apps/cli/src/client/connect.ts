import { readFileSync } from 'node:fs';
import { accountsFolder } from '@kumiki/accounts';
import { withoutTrailing } from '@kumiki/api';
import { findRunning, homePaths } from '@kumiki/local';
import { CliError } from '../host/cli-error.ts';
import { readCliConfig } from '../host/config.ts';

/** The product's URL and the key. */
export interface Connection {
  /** Origin and base path, without `/v1` or a trailing slash. */
  readonly url: string;
  readonly apiKey: string;
  /** Whether it was found through the state folder on this machine. */
  readonly isLocal: boolean;
  /** The state folder when the product runs on this machine; otherwise null. */
  readonly home: string | null;
}

export interface ConnectionFlags {
  readonly home?: string;
  readonly url?: string;
  readonly apiKey?: string;
}

/** Finds the product that the flags or the environment name, or the one that runs on this machine. */
export function connect(flags: ConnectionFlags): Connection {
  const config = readCliConfig();
  const url = flags.url ?? (flags.home === undefined ? config.url : null);
  if (url !== null && url !== undefined) {
    const apiKey = flags.apiKey ?? config.apiKey;
    if (apiKey === null) throw new CliError(`${url} needs a key. Give one with --api-key or KUMIKI_API_KEY.`);
    return { url: withoutTrailing(url, '/').replace(/\/v1$/, ''), apiKey, isLocal: false, home: null };
  }
  const home = homePaths(flags.home ?? config.home);
  if (findRunning(home.path) === null) {
    throw new CliError(
      `Kumiki does not run on ${home.path}. Start it with 'kumiki up', or name another one with --url.`,
    );
  }
  const found = readText(home.url);
  if (found === null) throw new CliError("Kumiki is just starting. Wait until 'kumiki up' says that it is ready.");
  const apiKey = flags.apiKey ?? config.apiKey ?? machineKey(home.path);
  if (apiKey === null)
    throw new CliError(`There is no key in ${accountsFolder(home.path).adminKey}. Give one with --api-key.`);
  return { url: found, apiKey, isLocal: true, home: home.path };
}

/** The key that the CLI of this machine uses where no other is named; null where there is none. */
export function machineKey(home: string): string | null {
  return readText(accountsFolder(home).adminKey);
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}
