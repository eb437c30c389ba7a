import { type IncomingMessage, type ServerResponse, createServer, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Transform } from 'node:stream';
import type { KubeAccess } from '../access/kube-access.ts';

/** A watch through the proxy, as a test chooses among them. */
export interface ProxiedRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly watch: boolean;
}

/** What a test can do to requests between a client and an API server. */
export interface FaultProxy {
  /** The server behind this proxy with the same credentials. Over plain HTTP, to this machine only. */
  readonly access: KubeAccess;
  /** Requests so far, without the pages of their bodies. */
  readonly requests: readonly ProxiedRequest[];
  /** Watches that are open now. */
  openWatches(): number;
  /** Ends open watches in the middle of what they send. */
  cutWatches(): void;
  /** Ends open watches with an ERROR event of 410, as a server does whose history has been compacted. */
  expireWatches(): void;
  /** Answers the next matching requests with a status, and the body of a Status. */
  answerNext(count: number, status: number, reason: string, matches?: (request: ProxiedRequest) => boolean): void;
  /** Leaves events out of all watches: those for which it gives true. Null for none. */
  swallow(matches: ((event: { readonly type: string; readonly object: unknown }) => boolean) | null): void;
  /** How many events were left out. */
  swallowed(): number;
  /** Takes requests and watches without a byte in reply, until `resume`; open watches are silent. */
  hang(): void;
  resume(): void;
  /** Closes each connection at once, as where no server listens, until `resume`. */
  refuse(): void;
  close(): Promise<void>;
}

/** Starts a proxy in front of an API server. */
export async function startFaultProxy(target: KubeAccess): Promise<FaultProxy> {
  const requests: ProxiedRequest[] = [];
  const watches = new Set<WatchThrough>();
  const waiting = new Set<() => void>();
  const answers: { left: number; status: number; reason: string; matches: (request: ProxiedRequest) => boolean }[] = [];
  let mode: 'pass' | 'hang' | 'refuse' = 'pass';
  let swallow: ((event: { type: string; object: unknown }) => boolean) | null = null;
  let swallowed = 0;

  const onEvent = (line: string): boolean => {
    if (swallow === null) return true;
    const left = swallow(JSON.parse(line) as { type: string; object: unknown });
    if (left) swallowed += 1;
    return !left;
  };
  const handle = async (incoming: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const path = incoming.url ?? '/';
    const one = { method: incoming.method ?? 'GET', path, watch: /[?&]watch=true\b/.test(path) };
    requests.push(one);
    reply.on('error', () => undefined);
    if (mode === 'hang') await new Promise<void>((resolve) => waiting.add(resolve));
    // The client may have given up meanwhile.
    if (reply.destroyed || incoming.socket.destroyed) return;
    if (mode === 'refuse') return void incoming.socket.destroy();
    const planned = answers.find(({ left, matches }) => left > 0 && matches(one));
    if (planned !== undefined) {
      planned.left -= 1;
      incoming.resume();
      return answer(reply, planned.status, planned.reason);
    }
    const through = one.watch ? createWatchThrough(onEvent, () => mode === 'hang') : null;
    await forward(target, incoming, reply, through, (watch) => {
      watches.add(watch);
      reply.once('close', () => watches.delete(watch));
    });
  };
  const server = createServer((incoming, reply) => {
    handle(incoming, reply).catch(() => incoming.socket.destroy());
  });
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    access: { ...target, server: `http://127.0.0.1:${port}` },
    requests,
    openWatches: () => watches.size,
    cutWatches() {
      for (const watch of watches) watch.cut();
    },
    expireWatches() {
      for (const watch of watches) watch.expire();
    },
    answerNext: (left, status, reason, matches = () => true) => void answers.push({ left, status, reason, matches }),
    swallow: (matches) => void (swallow = matches),
    swallowed: () => swallowed,
    hang: () => void (mode = 'hang'),
    refuse() {
      mode = 'refuse';
      server.closeAllConnections();
    },
    resume() {
      mode = 'pass';
      for (const go of waiting) go();
      waiting.clear();
      for (const watch of watches) watch.flush();
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface WatchThrough {
  readonly stream: Transform;
  attach(reply: ServerResponse): void;
  cut(): void;
  expire(): void;
  flush(): void;
}

/** Passes the lines of a watch on, one by one. */
function createWatchThrough(wanted: (line: string) => boolean, held: () => boolean): WatchThrough {
  let rest = '';
  let kept: string[] = [];
  let reply: ServerResponse | null = null;
  let finish: (() => void) | null = null;
  const stream = new Transform({
    transform(bytes: Buffer, _encoding, done) {
      // Latin 1 keeps every byte, so that a character of several bytes may lie across two chunks.
      const lines = (rest + bytes.toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      const passed = lines.filter((line) => line !== '' && wanted(Buffer.from(line, 'latin1').toString('utf8')));
      kept.push(...passed.map((line) => `${line}\n`));
      if (!held()) flush();
      done();
    },
    flush(done) {
      finish = done;
      if (!held()) flush();
    },
  });
  const flush = (): void => {
    for (const line of kept) stream.push(Buffer.from(line, 'latin1'));
    kept = [];
    finish?.();
    finish = null;
  };
  /** The reply, to which nothing more is passed. */
  const take = (): ServerResponse | null => {
    if (reply !== null) stream.unpipe(reply);
    return reply;
  };
  return {
    stream,
    attach: (one) => void (reply = one),
    cut: () => void take()?.destroy(),
    expire() {
      take()?.end(`${JSON.stringify({ type: 'ERROR', object: statusOf(410, 'Expired') })}\n`);
    },
    flush,
  };
}

async function forward(
  target: KubeAccess,
  incoming: IncomingMessage,
  reply: ServerResponse,
  through: WatchThrough | null,
  onWatch: (watch: WatchThrough) => void,
): Promise<void> {
  const { tls, authorization } = await target.credentials();
  const url = new URL(target.server);
  const { host: _host, connection: _connection, ...headers } = incoming.headers;
  const outgoing = (url.protocol === 'https:' ? httpsRequest : httpRequest)({
    hostname: url.hostname,
    port: url.port,
    method: incoming.method,
    path: incoming.url,
    headers: { ...headers, ...(authorization !== null && { authorization }) },
    agent: false,
    ...(tls.ca !== null && { ca: tls.ca }),
    ...(tls.certificate !== null && { cert: tls.certificate }),
    ...(tls.key !== null && { key: tls.key }),
    rejectUnauthorized: !tls.insecure,
  });
  outgoing.on('error', () => reply.destroy());
  reply.once('close', () => outgoing.destroy());
  outgoing.once('response', (response) => {
    reply.writeHead(response.statusCode ?? 502, response.headers);
    reply.flushHeaders();
    response.on('error', () => reply.destroy());
    if (through === null || response.statusCode !== 200) return void response.pipe(reply);
    through.attach(reply);
    onWatch(through);
    response.pipe(through.stream).pipe(reply);
  });
  incoming.pipe(outgoing);
}

function answer(reply: ServerResponse, status: number, reason: string): void {
  reply.writeHead(status, { 'content-type': 'application/json' });
  reply.end(JSON.stringify(statusOf(status, reason)));
}

function statusOf(code: number, reason: string): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: `by the test: ${reason}`, reason, code };
}
