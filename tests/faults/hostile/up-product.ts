import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cliEntry } from '@kumiki/cli';
import { until } from '@kumiki/testing';

/** For two busy cores; on an idle machine it takes five seconds. */
const startLimitMs = 300_000;

/** Lines of the product's own output that a failing test shows. */
const outputLineLimit = 100;

/** The whole product as started by `kumiki up`. */
export interface UpProduct extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly port: number;
  readonly adminKey: string;
  /** Process id of `kumiki up`. */
  readonly pid: number;
  readonly home: string;
  /** Creates a key of a project. */
  addKey(options: KeyOptions): Promise<string>;
  /** Calls the API with the admin's key; fails unless the status is successful. */
  api<Reply>(path: string, body?: unknown): Promise<Reply>;
  /** The process that ended, or the replica that was restarted; null when all initial processes still run. */
  firstDeath(): Promise<string | null>;
  /** Resident memory of `kumiki up` and of all its children, in bytes. */
  rssBytes(): number;
}

export interface KeyOptions {
  readonly name: string;
  readonly project: string;
  readonly roles?: readonly string[];
  readonly limits?: Readonly<Record<string, number | null>>;
}

interface StatusReply {
  readonly services: readonly {
    readonly replicas: readonly { readonly id: string; readonly pid: number | null; readonly restarts: number }[];
  }[];
  readonly data_services: readonly { readonly name: string; readonly state: string; readonly reason: string }[];
}

/** Starts the product with these manifests; resolves when everything in them and the data services are ready. */
export async function startUpProduct(manifests: string): Promise<UpProduct> {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-hostile-'));
  const home = join(folder, 'home');
  const file = join(folder, 'up.yaml');
  writeFileSync(file, manifests);
  const child = spawn(process.execPath, [cliEntry, 'up', '--port', '0', '--json', '-f', file], {
    env: { PATH: process.env['PATH'], HOME: home, KUMIKI_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => resolve());
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const output = readOutput(child);
    const origin = await output.origin;
    const product = open(child, home, origin, stop);
    await until('the services with data are ready', startLimitMs, async () => {
      const services = (await product.api<StatusReply>('/v1/kumiki/status')).data_services;
      return services.length > 0 && services.every(({ state }) => state === 'ready');
    });
    return product;
  } catch (error) {
    child.kill('SIGKILL');
    await stop();
    throw error;
  }
}

function open(child: ChildProcess, home: string, origin: string, stop: () => Promise<void>): UpProduct {
  const adminKey = readFileSync(join(home, 'admin.key'), 'utf8').trim();
  const pid = child.pid ?? 0;
  const api = async <Reply>(path: string, body?: unknown): Promise<Reply> => {
    const reply = await fetch(origin + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
    return reply.json() as Promise<Reply>;
  };
  return {
    origin,
    port: Number(new URL(origin).port),
    adminKey,
    pid,
    home,
    api,
    async addKey(options) {
      return (await api<{ value: string }>('/v1/kumiki/keys', options)).value;
    },
    async firstDeath() {
      if (child.exitCode !== null || child.signalCode !== null)
        return `kumiki up (${child.signalCode ?? child.exitCode})`;
      const { services } = await api<StatusReply>('/v1/kumiki/status');
      const restarted = services.flatMap(({ replicas }) => replicas).find(({ restarts }) => restarts > 0);
      return restarted === undefined ? null : `replica ${restarted.id}`;
    },
    rssBytes: () => familyOf(pid).reduce((sum, member) => sum + rssOf(member), 0),
    [Symbol.asyncDispose]: stop,
  };
}

function readOutput(child: ChildProcess): { readonly origin: Promise<string> } {
  const lines: string[] = [];
  const keep = (text: string): void => {
    lines.push(text);
    if (lines.length > outputLineLimit) lines.shift();
  };
  child.stderr?.setEncoding('utf8').on('data', keep);
  const origin = new Promise<string>((resolve, reject) => {
    let out = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      keep(text);
      out += text;
      const line = /^.*"type":"ready".*$/m.exec(out)?.[0];
      if (line === undefined) return;
      out = '';
      resolve((JSON.parse(line) as { url: string }).url.replace(/\/v1$/, ''));
    });
    child.on('close', () => reject(new Error(`kumiki up ended before it was ready: ${lines.join('')}`)));
  });
  return { origin };
}

/** The process and its descendants, from /proc. */
function familyOf(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It ended meanwhile.
    }
  }
  const family = [pid];
  for (const member of family) {
    for (const [child, parent] of parents) if (parent === member) family.push(child);
  }
  return family;
}

function rssOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1_024;
  } catch {
    return 0;
  }
}

/** A manifest of a simulated chat model at the speed of a small real one. */
export function pacedModel(name: string, replicas: number): string {
  return `apiVersion: kumiki.dev/v1alpha1
kind: ModelService
metadata:
  name: ${name}
spec:
  model:
    source: 'simulated:'
  engine:
    kind: simulated
    maxSequences: 16
    maxWaiting: 64
    simulated:
      prefillTokensPerSecond: 2000
      interTokenLatencyMs: 10
  replicas: ${replicas}
---
`;
}

/** The shipped models, which the real engine runs. */
export const demoModels = `apiVersion: kumiki.dev/v1alpha1
kind: ModelService
metadata:
  name: demo-chat
spec:
  model:
    source: demo:chat
  replicas: 1
---
apiVersion: kumiki.dev/v1alpha1
kind: ModelService
metadata:
  name: demo-embedding
spec:
  task: embedding
  model:
    source: demo:embedding
  replicas: 1
---
`;
