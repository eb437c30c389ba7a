import type { ResolveHost } from './resolve-host.ts';

/** Names that are resolved at once: the system does it in threads, of which Node has four, and files need them too. */
export const maxOpenLookups = 3;

/** Names that wait for their turn; the next is refused. */
const maxWaitingLookups = 64;

/** Resolves one name at a time only once, however many connections wait for it, and few names at a time. */
export function shareLookups(resolve: ResolveHost): ResolveHost {
  const shared = new Map<string, Promise<readonly string[]>>();
  const waiting: (() => void)[] = [];
  let open = 0;

  async function inTurn(host: string): Promise<readonly string[]> {
    if (open < maxOpenLookups) open++;
    else {
      // Whoever is done hands its place on.
      await new Promise<void>((next) => waiting.push(next));
    }
    try {
      return await resolve(host);
    } finally {
      const next = waiting.shift();
      if (next === undefined) open--;
      else next();
    }
  }

  return async (host) => {
    const under = shared.get(host);
    if (under !== undefined) return under;
    if (waiting.length >= maxWaitingLookups) throw new Error('too many names are being resolved');
    const found = inTurn(host).finally(() => shared.delete(host));
    shared.set(host, found);
    return found;
  };
}
