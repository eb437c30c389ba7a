import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type KeyRecord, type RouteTable, makeApiKey } from '@kumiki/api';
import { createSecretHash } from '@kumiki/seal';
import { freePort } from '@kumiki/testing';
import { type BenchProcess, startProcess } from './child-process.ts';
import { benchModel } from './wire-samples.ts';

const keyCount = 10_000;
const mainFile = fileURLToPath(new URL('../../apps/gateway/src/main.ts', import.meta.url));

/**
 * The gateway as deployed: with keys, limits, metrics and continuation.
 * @returns the process and one of its ten thousand API keys.
 */
export async function startKumikiGateway(
  folder: string,
  upstreamPort: number,
  core: number,
): Promise<{ readonly gateway: BenchProcess; readonly apiKey: string }> {
  if (!existsSync(mainFile)) throw new Error('apps/gateway/src/main.ts is not there.');
  const pepper = randomBytes(32);
  const keys = Array.from({ length: keyCount }, () => makeApiKey(randomBytes));
  const files = {
    routes: join(folder, 'routes.json'),
    keys: join(folder, 'keys.json'),
    pepper: join(folder, 'pepper'),
  };
  writeFileSync(files.routes, JSON.stringify(routeTable(upstreamPort)));
  writeFileSync(files.keys, JSON.stringify(keys.map((key, index) => keyRecord(key, index, pepper))));
  writeFileSync(files.pepper, pepper);
  const port = await freePort();
  const gateway = await startProcess({
    command: [process.execPath, mainFile],
    core,
    port,
    env: {
      KUMIKI_LISTEN_HOST: '127.0.0.1',
      KUMIKI_LISTEN_PORT: String(port),
      KUMIKI_OPS_HOST: '127.0.0.1',
      KUMIKI_OPS_PORT: String(await freePort()),
      KUMIKI_ROUTES_FILE: files.routes,
      KUMIKI_KEYS_FILE: files.keys,
      KUMIKI_PEPPER_FILE: files.pepper,
      // Logs every request, as in production.
      KUMIKI_LOG_LEVEL: 'info',
    },
    logFile: join(folder, 'gateway.log'),
  });
  return { gateway, apiKey: keys[keyCount / 2] ?? '' };
}

function keyRecord(key: string, index: number, pepper: Buffer): KeyRecord {
  return {
    id: `key_${index}`,
    name: `bench ${index}`,
    project: 'bench',
    hash: createSecretHash(pepper)(key),
    roles: ['inference'],
    models: [benchModel],
    // Limits that are checked for every request and never reached.
    limits: { requests_per_minute: 100_000_000, tokens_per_minute: 1_000_000_000, max_concurrent: 100_000 },
    expiresAt: 4_000_000_000,
  };
}

/** One model on three endpoints, so that every request needs a routing decision. */
function routeTable(upstreamPort: number): RouteTable {
  return {
    backends: [],
    models: [
      {
        model: benchModel,
        aliases: [],
        task: 'chat',
        service: 'bench',
        created: 1_760_000_000,
        deadlines: {
          connectMs: 1_000,
          headersMs: 60_000,
          firstTokenMs: 60_000,
          betweenTokensMs: 60_000,
          totalMs: 3_600_000,
        },
        endpoints: [1, 2, 3].map((index) => ({
          id: `endpoint-${index}`,
          url: `http://127.0.0.1:${upstreamPort}`,
          authorization: 'Bearer bench-upstream-token',
          upstreamModel: null,
          revision: 'bench',
          state: 'ready',
          continuation: 'token_ids',
          maxInFlight: 4_096,
          egress: 'internal',
          healthProbe: false,
        })),
      },
    ],
  };
}
