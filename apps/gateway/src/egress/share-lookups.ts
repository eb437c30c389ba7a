import type { ResolveHost } from './resolve-host.ts';

/** Names that are resolved at the same time: each takes one of Node's four threads, which file operations need as well. */
export const maxOpenLookups = 3;

/** Names that may wait; the next one is refused. */
const maxWaitingLookups = 64;

/** Resolves few names at a time, and each of them once for all connections that wait for it. */
export function shareLookups(resolve: ResolveHost): ResolveHost {
  const shared = new Map<string, Promise<readonly string[]>>();
  const waiting: (() => void)[] = [];
  let open = 0;

  async function inTurn(host: string): Promise<readonly string[]> {
    if (open < maxOpenLookups) open++;
    else {
      // A finished look-up hands its place to the next.
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
