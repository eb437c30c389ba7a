import type { Database, Queryable } from '@kumiki/postgres';
import type { GatewayCall, GatewayClient } from '@kumiki/service';

export interface Mortal {
  readonly database: Database;
  readonly gateway: GatewayClient;
  /** Resolves at the moment of death. */
  readonly dead: Promise<void>;
  /** Dies now, whatever steps are left. */
  die(): void;
}

/**
 * The world as a process sees it that dies at its n-th step: before a statement, before a commit, before a call to the
 * gateway or between the effect of a call and its reply. From then on nothing it does has an effect.
 */
export function createMortal(real: { readonly database: Database; readonly gateway: GatewayClient }, steps: number) {
  const death = Promise.withResolvers<void>();
  let left = steps;
  const live = (): void => {
    if (left > 0) {
      left--;
      return;
    }
    left = -1;
    death.resolve();
    throw new Error('this process is dead');
  };
  const mortal = (queryable: Queryable): Queryable => ({
    async query(sql, parameters) {
      live();
      return queryable.query(sql, parameters);
    },
  });
  const call = async <Value>(run: (call: GatewayCall) => Promise<Value>, request: GatewayCall): Promise<Value> => {
    try {
      live();
      const reply = await run(request);
      live();
      return reply;
    } catch (error) {
      if (left >= 0) throw error;
      return untilAborted(request.signal);
    }
  };
  const world: Mortal = {
    dead: death.promise,
    die() {
      left = -1;
      death.resolve();
    },
    database: {
      ...real.database,
      ...mortal(real.database),
      transaction: (work) =>
        real.database.transaction(async (transaction) => {
          const value = await work(mortal(transaction));
          live();
          return value;
        }),
    },
    gateway: {
      ...real.gateway,
      exchange: (request) => call(real.gateway.exchange, request),
      send: (request) => call(real.gateway.send, request),
      json: <Value>(request: GatewayCall) => call((same) => real.gateway.json<Value>(same), request),
    },
  };
  return world;
}

/** The dead get no replies. */
function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (): void => reject(new Error('this process is dead'));
    if (signal === undefined || signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
