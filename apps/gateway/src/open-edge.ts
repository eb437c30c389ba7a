import { totalmem } from 'node:os';
import { createBodyBudget, shareMemory } from './body/body-budget.ts';
import { createBodyReader } from './body/body-reader.ts';
import { createClientOrigin } from './http/client-origin.ts';
import { type ConnectionLimits, createConnectionGuard, defaultConnectionLimits } from './http/connection-guard.ts';
import type { DeadlineWheel } from './upstream/deadline-wheel.ts';

const defaultMaxBodyBytes = 33_554_432;

/** What request bodies may take of the memory of this process, */
const bodyMemoryShare = 1 / 8;
/** at least and at most. */
const leastBodyMemory = 67_108_864;
const mostBodyMemory = 1_073_741_824;

export interface EdgeOptions {
  /** Of a request for a model; other routes have their own limits. */
  readonly maxBodyBytes?: number;
  /** Bytes of request bodies that are held at once; an eighth of this process's memory when absent, at most 1 GiB. */
  readonly bodyMemoryBytes?: number;
  /** Addresses and networks of proxies that are believed what they say of the client. */
  readonly trustedProxies?: readonly string[];
  readonly connections?: Partial<ConnectionLimits>;
}

/** What stands between the network and everything that answers: who a client is, and what it may cost. */
export function openEdge(options: EdgeOptions, wheel: DeadlineWheel, bodyTimeoutMs: number) {
  const origin = createClientOrigin(options.trustedProxies ?? []);
  const maxBodyBytes = options.maxBodyBytes ?? defaultMaxBodyBytes;
  const budget = createBodyBudget(shareMemory(options.bodyMemoryBytes ?? defaultBodyMemory(), maxBodyBytes));
  return {
    origin,
    maxBodyBytes,
    bodies: createBodyReader({ wheel, budget, origin, bodyTimeoutMs }),
    connections: createConnectionGuard(origin, { ...defaultConnectionLimits, ...options.connections }),
  };
}

function defaultBodyMemory(): number {
  const limit = process.constrainedMemory();
  const available = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  return Math.max(leastBodyMemory, Math.min(mostBodyMemory, Math.floor(available * bodyMemoryShare)));
}
