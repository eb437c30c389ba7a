import { lookup } from 'node:dns/promises';

/** Resolves a host name to its addresses. Rejects with a `code` when it has no address. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** Resolves names as other programs of this machine do. */
export async function resolveHost(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, order: 'verbatim' });
  return found.map(({ address }) => address);
}
