import { totalmem } from 'node:os';
import { createBodyBudget, shareMemory } from './body/body-budget.ts';
import { createBodyReader } from './body/body-reader.ts';
import { createClientOrigin } from './http/client-origin.ts';
import { type ConnectionLimits, createConnectionGuard, defaultConnectionLimits } from './http/connection-guard.ts';
import type { DeadlineWheel } from './upstream/deadline-wheel.ts';

const defaultMaxBodyBytes = 33_554_432;

/** Share of the process's memory that request bodies may take. */
const bodyMemoryShare = 1 / 8;
/** Bounds of that share. */
const leastBodyMemory = 67_108_864;
const mostBodyMemory = 1_073_741_824;

export interface EdgeOptions {
  /** Largest body of a request for a model. Other routes have their own limits. */
  readonly maxBodyBytes?: number;
  /** Bytes of request bodies that may be held at once; when absent, an eighth of the process's memory, at most 1 GiB. */
  readonly bodyMemoryBytes?: number;
  /** Addresses and networks of proxies whose `x-forwarded-…` headers count. */
  readonly trustedProxies?: readonly string[];
  readonly connections?: Partial<ConnectionLimits>;
}

/** Opens the parts between the network and the rest of the gateway: where a client comes from, and what it may cost. */
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
