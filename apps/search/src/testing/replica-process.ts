import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileCacheEnvironment } from '@kumiki/service';
import { until } from '@kumiki/testing';

/** Generous, since other tests may be running. */
const startLimitMs = 60_000;

export const replicaToken = 'token-of-the-gateway';

/** A replica in a separate process, as in a Deployment. */
export interface ReplicaProcess {
  readonly url: string;
  /** Like a node that loses power. */
  kill(): Promise<void>;
  /** Like a process that hangs; it stops completely until it is thawed. */
  freeze(): void;
  thaw(): void;
  /** Like a rollout; resolves with the exit status. */
  terminate(): Promise<number | null>;
}

export async function startReplica(postgresUrl: string, gatewayUrl: string, leaseMs: number): Promise<ReplicaProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-replica-'));
  const fileOf = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const [port, opsPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, [fileURLToPath(new URL('../main.ts', import.meta.url))], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      ...compileCacheEnvironment(),
      KUMIKI_LISTEN_PORT: String(port),
      KUMIKI_OPS_PORT: String(opsPort),
      KUMIKI_POSTGRES_URL: postgresUrl,
      KUMIKI_GATEWAY_URL: gatewayUrl,
      KUMIKI_SERVICE_KEY_FILE: fileOf('key', 'kmk_test'),
      KUMIKI_BACKEND_TOKEN_FILE: fileOf('token', replicaToken),
      KUMIKI_INGEST_LEASE_MS: String(leaseMs),
      KUMIKI_LOG_LEVEL: 'error',
    },
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    rmSync(folder, { recursive: true, force: true });
    return child.exitCode;
  };
  try {
    await until('the replica is ready', startLimitMs, async () => {
      if (child.exitCode !== null) throw new Error('the replica has ended');
      const response = await fetch(`http://127.0.0.1:${opsPort}/readyz`).catch(() => null);
      return response?.ok === true;
    });
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
  return {
    url: `http://127.0.0.1:${port}`,
    kill: async () => void (await end('SIGKILL')),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    terminate: () => end('SIGTERM'),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
