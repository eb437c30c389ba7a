import type { IncomingHttpHeaders } from 'node:http';
import { headers, type KeyRecord } from '@kumiki/api';
import type { KeyStore } from './key-store.ts';

/** What a service of the installation may ask for beyond what clients can. */
export interface ServiceWishes {
  /** Give way to everything else. */
  readonly lowPriority: boolean;
  /** Leave the token ids in the stream: the service keeps the answer and may have to resume it. */
  readonly tokenIds: boolean;
}

export interface Caller {
  /** Whose rights, limits and project count. */
  readonly key: KeyRecord;
  /** Null for everybody but services: whatever such a caller sends in our headers is not heard. */
  readonly service: ServiceWishes | null;
}

/**
 * Who sends a request. A service counts as the key that it acts for; without one it is a key that may do nothing.
 * @param now Unix seconds.
 */
export function identifyCaller(keys: KeyStore, received: IncomingHttpHeaders, now: number): Caller {
  const own = keys.authenticate(received.authorization, now);
  const actFor = received[headers.actFor];
  if (typeof actFor !== 'string' || !own.roles.includes('service')) return { key: own, service: null };
  return {
    key: keys.actingFor(actFor, now),
    service: {
      lowPriority: received[headers.priority] === 'low',
      tokenIds: received[headers.tokenIds] === '1',
    },
  };
}
