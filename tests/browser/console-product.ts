import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cliEntry } from '@kumiki/cli';
import { until } from '@kumiki/testing';

/** For two busy cores; on an idle machine it takes five seconds. */
const startLimitMs = 300_000;

/** The parts of `kumiki status` that tests use. */
interface StatusReply {
  readonly services: readonly {
    readonly name: string;
    readonly ready: number;
    readonly replicas: readonly {
      readonly id: string;
      readonly phase: string;
      readonly pid: number | null;
      readonly running: number;
    }[];
  }[];
  readonly data_services: readonly { readonly name: string; readonly state: string; readonly reason: string }[];
}

/** The product as started by `kumiki up`, with a temporary state folder. */
export interface ConsoleProduct extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly origin: string;
  /** The link that `kumiki up` printed. It works once. */
  readonly firstLink: string;
  /** Creates another link, as `kumiki console` does, for this machine's key or another. */
  newLink(apiKey?: string): Promise<string>;
  newKey(
    name: string,
    roles: readonly ('inference' | 'admin')[],
  ): Promise<{ readonly id: string; readonly value: string }>;
  /** Calls the API with this machine's key. Fails unless the status is successful. */
  api<Reply>(path: string, body?: unknown): Promise<Reply>;
  /** The same for bodies that are not JSON. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  status(): Promise<StatusReply>;
  /** Kills a process of the product, like the out-of-memory killer. */
  kill(pid: number): void;
}

/**
 * Starts the product with these manifests, or with the shipped models; resolves when its models and the data services
 * are ready.
 */
export async function startConsoleProduct(manifests?: string): Promise<ConsoleProduct> {
  const folder = mkdtempSync(join(tmpdir(), 'kumiki-browser-'));
  const home = join(folder, 'home');
  const files: string[] = [];
  if (manifests !== undefined) {
    const file = join(folder, 'up.yaml');
    writeFileSync(file, manifests);
    files.push('-f', file);
  }
  const child = spawn(process.execPath, [cliEntry, 'up', '--port', '0', '--json', ...files], {
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
    return await readyProduct(child, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function readyProduct(child: ChildProcess, stop: () => Promise<void>): Promise<ConsoleProduct> {
  const ready = await readyLine(child);
  const origin = ready.url.replace(/\/v1$/, '');
  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${ready.apiKey}`);
    const reply = await fetch(origin + path, { ...init, headers });
    if (!reply.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${reply.status} ${await reply.text()}`);
    return reply;
  };
  const api = async <Reply>(path: string, body?: unknown): Promise<Reply> => {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers };
    return (await send(path, init)).json() as Promise<Reply>;
  };
  const status = (): Promise<StatusReply> => api('/v1/kumiki/status');
  await until('the services with data are ready', startLimitMs, async () => {
    const services = (await status()).data_services;
    const failed = services.find(({ state }) => state === 'failed');
    if (failed !== undefined) throw new Error(`${failed.name} failed: ${failed.reason}`);
    return services.length > 0 && services.every(({ state }) => state === 'ready');
  });
  return {
    origin,
    firstLink: ready.consoleUrl,
    async newLink(apiKey = ready.apiKey) {
      const headers = { authorization: `Bearer ${apiKey}` };
      const made = await fetch(`${origin}/v1/kumiki/sign_in_links`, { method: 'POST', headers });
      return ((await made.json()) as { url: string }).url;
    },
    newKey: (name, roles) => api('/v1/kumiki/keys', { name, roles }),
    api,
    fetch: send,
    status,
    kill: (pid) => {
      process.kill(pid, 'SIGKILL');
    },
    [Symbol.asyncDispose]: stop,
  };
}

interface ReadyLine {
  readonly url: string;
  readonly apiKey: string;
  readonly consoleUrl: string;
}

/** Keys and links are in files that the line names. */
function readFiles({ url = '', api_key_file = '', console_url_file = '' }: Record<string, string>): ReadyLine {
  const read = (path: string): string => readFileSync(path, 'utf8').trim();
  return { url, apiKey: read(api_key_file), consoleUrl: read(console_url_file) };
}

/** The line that `kumiki up --json` prints when it is ready. */
async function readyLine(child: ChildProcess): Promise<ReadyLine> {
  const line = await new Promise<string>((resolve, reject) => {
    let out = '';
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      const found = /^.*"type":"ready".*$/m.exec(out)?.[0];
      if (found !== undefined) resolve(found);
    });
    child.on('close', () => reject(new Error(`kumiki up ended before it was ready: ${out}\n${errors}`)));
  });
  return readFiles(JSON.parse(line) as Record<string, string>);
}

/** A manifest of a simulated model. */
export function simulatedModel(name: string, interTokenLatencyMs: number, replicas = 1): string {
  return `apiVersion: kumiki.dev/v1alpha1
kind: ModelService
metadata:
  name: ${name}
spec:
  model:
    source: 'simulated:'
  engine:
    kind: simulated
    simulated:
      interTokenLatencyMs: ${interTokenLatencyMs}
  replicas: ${replicas}
`;
}

/** A manifest of a model on an outside server. */
export function remoteModel(name: string, baseUrl: string): string {
  return `apiVersion: kumiki.dev/v1alpha1
kind: ModelService
metadata:
  name: ${name}
spec:
  model:
    source: '${baseUrl}'
  engine:
    kind: openai
`;
}
