import type { Caller, Identities } from './identify-caller.ts';
import type { Revocation } from './revocation.ts';

/** Interval between two checks for expired keys and sessions. */
const sweepMs = 500;

/** The open requests of each key and session. There are no more of them than connections, which are bounded. */
export interface OpenRequests {
  add(caller: Caller, revocation: Revocation): void;
  remove(caller: Caller, revocation: Revocation): void;
  /** Ends the requests whose key or session is no longer valid. */
  check(): void;
  stop(): void;
}

type ByCredential = Map<string, Set<Revocation>>;

/** @param now Unix seconds. */
export function createOpenRequests({ keys, sessions }: Omit<Identities, 'isHttps'>, now: () => number): OpenRequests {
  const byKey: ByCredential = new Map();
  const bySession: ByCredential = new Map();

  function each({ key, service, sessionId }: Caller, act: (open: ByCredential, id: string) => void): void {
    act(byKey, key.id);
    // When a service's own key is revoked, its requests on behalf of others end too.
    if (service !== null) act(byKey, service.keyId);
    if (sessionId !== null) act(bySession, sessionId);
  }

  function check(): void {
    const time = now();
    for (const [id, open] of byKey) {
      if (keys.withId(id, time) === null) for (const revocation of open) revocation.revoke('key');
    }
    for (const [id, open] of bySession) {
      if (!sessions.has(id, time)) for (const revocation of open) revocation.revoke('session');
    }
  }

  const timer = setInterval(check, sweepMs);
  return {
    add: (caller, revocation) =>
      each(caller, (open, id) => {
        const known = open.get(id);
        if (known === undefined) open.set(id, new Set([revocation]));
        else known.add(revocation);
      }),
    remove: (caller, revocation) =>
      each(caller, (open, id) => {
        const known = open.get(id);
        known?.delete(revocation);
        if (known?.size === 0) open.delete(id);
      }),
    check,
    stop: () => clearInterval(timer),
  };
}
