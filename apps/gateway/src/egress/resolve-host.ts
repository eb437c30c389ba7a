import { lookup } from 'node:dns/promises';

/** The addresses of a host name. Rejects with a `code` where it has none. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** As every program of this machine resolves names. */
export async function resolveHost(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, order: 'verbatim' });
  return found.map(({ address }) => address);
}
