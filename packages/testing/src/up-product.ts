import type { CreatedKey, SignInLink, Status } from '@kumiki/api';
import { type CliProcess, makeTestFolder, startCli, untilReady } from './cli-process.ts';

/** The product as started by `kumiki up`, with a temporary state folder. */
export interface UpProduct extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, without a trailing slash. */
  readonly origin: string;
  readonly port: number;
  /** The machine's key, with every role. */
  readonly adminKey: string;
  /** The link that `kumiki up` wrote. It works once. */
  readonly firstLink: string;
  readonly up: CliProcess;
  /** Process id of `kumiki up`. */
  readonly pid: number;
  readonly home: string;
  /** Creates another link, as `kumiki console` does, for the machine's key or another. */
  newLink(apiKey?: string): Promise<string>;
  newKey(options: KeyOptions): Promise<CreatedKey>;
  /** Calls the API with the machine's key. Fails unless the status is successful. */
  api<Reply>(path: string, body?: unknown): Promise<Reply>;
  /** The same for bodies that are not JSON. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  status(): Promise<Status>;
}

export interface KeyOptions {
  readonly name: string;
  readonly project?: string;
  readonly roles?: readonly string[];
  readonly limits?: Readonly<Record<string, number | null>>;
}

/**
 * Starts the product with these manifests, or with the shipped models; resolves when its models and the data services are ready.
 */
export async function startUpProduct(manifests?: string): Promise<UpProduct> {
  const folder = makeTestFolder();
  const files = manifests === undefined ? [] : ['-f', folder.write('up.yaml', manifests)];
  const up = startCli(folder.home, ['up', '--port', '0', '--json', ...files], '', {}, null);
  const stop = async (): Promise<void> => {
    up.child.kill('SIGTERM');
    await up.ended;
    folder[Symbol.dispose]();
  };
  try {
    const ready = await untilReady(up);
    await untilAllReady(up);
    return describe(up, folder.home, ready, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Rejects as soon as a service fails to start. */
async function untilAllReady(up: CliProcess): Promise<void> {
  const [line] = await up.saying(/^.*"type":"(?:all_ready|data_service","name":"\w+","state":"failed)".*$/m);
  if (!line.includes('"all_ready"')) throw new Error(line);
}

function describe(
  up: CliProcess,
  home: string,
  { url, apiKey, consoleUrl }: { readonly url: string; readonly apiKey: string; readonly consoleUrl: string },
  stop: () => Promise<void>,
): UpProduct {
  const origin = url.replace(/\/v1$/, '');
  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${apiKey}`);
    const reply = await fetch(origin + path, { ...init, headers });
    if (!reply.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${reply.status} ${await reply.text()}`);
    return reply;
  };
  const api = async <Reply>(path: string, body?: unknown): Promise<Reply> => {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers };
    return (await send(path, init)).json() as Promise<Reply>;
  };
  return {
    origin,
    port: Number(new URL(origin).port),
    adminKey: apiKey,
    firstLink: consoleUrl,
    up,
    pid: up.child.pid ?? 0,
    home,
    async newLink(key = apiKey) {
      const headers = { authorization: `Bearer ${key}` };
      const made = await fetch(`${origin}/v1/kumiki/sign_in_links`, { method: 'POST', headers });
      return ((await made.json()) as SignInLink).url;
    },
    newKey: (options) => api('/v1/kumiki/keys', options),
    api,
    fetch: send,
    status: () => api('/v1/kumiki/status'),
    [Symbol.asyncDispose]: stop,
  };
}
