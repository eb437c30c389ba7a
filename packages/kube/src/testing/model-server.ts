import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubeAccess } from '../access/kube-access.ts';
import type { KubeObject } from '../objects/kube-object.ts';

/** One write, as a watch tells it. */
interface Change {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

interface OpenWatch {
  readonly reply: ServerResponse;
  /** Everything up to this version was sent. */
  version: number;
  /** Whether the client is given its events slowly, in pieces. */
  readonly slow: boolean;
}

/**
 * The part of an API server that lists and watches go to, for one resource: versions, pages that are read from a snapshot,
 * a history that is compacted, bookmarks. It is a model against which the cache is checked; what needs more asks a real one.
 */
export interface ModelServer {
  readonly access: KubeAccess;
  /** Creates or changes an object. */
  put(name: string, value: number): void;
  remove(name: string): void;
  /** Forgets the history: older versions and pages that are in progress are gone. */
  compact(): void;
  /** Whether removals are left out of watches, though the history goes on. */
  loseRemovals(lose: boolean): void;
  bookmark(): void;
  /** Ends every watch: between two events, or in the middle of one. */
  cut(inside: boolean): void;
  /** Ends every watch by an ERROR event of 410. */
  expire(): void;
  /** Answers the next requests with this status. */
  failNext(count: number, status: number, retryAfter?: string): void;
  /** `name → value` of what exists. */
  state(): Record<string, number>;
  version(): number;
  openWatches(): number;
  close(): Promise<void>;
}

export async function startModelServer(random: () => number): Promise<ModelServer> {
  const model = createResourceModel(random);
  const failures: { status: number; retryAfter: string | undefined }[] = [];
  const handle = (request: IncomingMessage, reply: ServerResponse): void => {
    const failure = failures.shift();
    if (failure !== undefined) return refuse(reply, failure.status, 'ByTheTest', failure.retryAfter);
    const { searchParams } = new URL(request.url ?? '/', 'http://model');
    if (searchParams.get('watch') === 'true') model.watch(searchParams, reply);
    else model.list(searchParams, reply);
  };
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    access: plainAccess((server.address() as AddressInfo).port),
    ...model,
    failNext: (count, status, retryAfter) =>
      void failures.push(...Array.from({ length: count }, () => ({ status, retryAfter }))),
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export type ResourceModel = Omit<ModelServer, 'access' | 'failNext' | 'close'> & {
  /** Creates or changes an object; it is given its uid and its version here. */
  putObject(object: KubeObject): void;
  find(name: string): KubeObject | undefined;
  all(): readonly KubeObject[];
  list(query: URLSearchParams, reply: ServerResponse): void;
  watch(query: URLSearchParams, reply: ServerResponse): void;
};

/** The objects of one resource and their history. */
export function createResourceModel(random: () => number): ResourceModel {
  const objects = new Map<string, KubeObject>();
  let history: Change[] = [];
  const snapshots = new Map<number, readonly KubeObject[]>();
  let version = 10;
  let oldest = 0;
  let created = 0;
  const watches = createWatches(random, {
    since: (from) => history.filter((one) => one.version > from),
    isGone: (from) => from < oldest,
  });

  const record = (type: Change['type'], object: KubeObject): void => {
    history.push({ version, type, object });
    watches.sendAll();
  };
  const putObject = (object: KubeObject): void => {
    version += 1;
    const { name } = object.metadata;
    const before = objects.get(name);
    const uid = before?.metadata.uid ?? object.metadata.uid ?? `uid-${(created += 1)}`;
    const put = { ...object, metadata: { ...object.metadata, uid, resourceVersion: String(version) } };
    objects.set(name, put);
    record(before === undefined ? 'ADDED' : 'MODIFIED', put);
  };
  const list = (query: URLSearchParams, reply: ServerResponse): void => {
    const [start = version, offset = 0] = (query.get('continue') ?? '').split(':').filter(Boolean).map(Number);
    const snapshot = snapshots.get(start) ?? (start === version ? [...objects.values()] : undefined);
    if (snapshot === undefined || (offset > 0 && !snapshots.has(start))) return refuse(reply, 410, 'Expired');
    snapshots.set(start, snapshot);
    const limit = Number(query.get('limit') ?? Infinity);
    const more = offset + limit < snapshot.length;
    const metadata = { resourceVersion: String(start), ...(more && { continue: `${start}:${offset + limit}` }) };
    reply.writeHead(200, { 'content-type': 'application/json' });
    reply.end(JSON.stringify({ kind: 'ConfigMapList', metadata, items: snapshot.slice(offset, offset + limit) }));
  };
  return {
    ...watches,
    list,
    putObject,
    find: (name) => objects.get(name),
    all: () => [...objects.values()],
    put(name, value) {
      const metadata = { name, namespace: 'test' };
      putObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { value, text: '木組み' } });
    },
    remove(name) {
      const before = objects.get(name);
      if (before === undefined) return;
      version += 1;
      objects.delete(name);
      record('DELETED', { ...before, metadata: { ...before.metadata, resourceVersion: String(version) } });
    },
    compact() {
      version += 1;
      oldest = version;
      history = [];
      snapshots.clear();
    },
    bookmark() {
      version += 1;
      watches.sendBookmark(version);
    },
    state: () => Object.fromEntries([...objects].map(([name, { data }]) => [name, (data as { value: number }).value])),
    version: () => version,
  };
}

interface History {
  since(version: number): readonly Change[];
  isGone(version: number): boolean;
}

interface Watches {
  watch(query: URLSearchParams, reply: ServerResponse): void;
  sendAll(): void;
  sendBookmark(version: number): void;
  loseRemovals(lose: boolean): void;
  cut(inside: boolean): void;
  expire(): void;
  openWatches(): number;
}

/** The watches that follow a history. */
function createWatches(random: () => number, { since, isGone }: History): Watches {
  const watches = new Set<OpenWatch>();
  let losing = false;
  const send = (watch: OpenWatch): void => {
    for (const change of since(watch.version)) {
      watch.version = change.version;
      if (change.type === 'DELETED' && losing) continue;
      writeLine(watch, { type: change.type, object: change.object });
    }
  };
  /** In pieces of some bytes, so that characters and lines lie across them. */
  const writeLine = ({ reply, slow }: OpenWatch, event: object): void => {
    const bytes = Buffer.from(`${JSON.stringify(event)}\n`);
    const step = slow ? 1 + Math.floor(random() * 40) : bytes.length;
    for (let at = 0; at < bytes.length; at += step) reply.write(bytes.subarray(at, at + step));
  };
  const watch = (query: URLSearchParams, reply: ServerResponse): void => {
    const from = Number(query.get('resourceVersion'));
    if (isGone(from)) return random() < 0.5 ? refuse(reply, 410, 'Expired') : expireOne(reply);
    reply.writeHead(200, { 'content-type': 'application/json' });
    reply.flushHeaders();
    const one = { reply, version: from, slow: random() < 0.3 };
    watches.add(one);
    reply.once('close', () => watches.delete(one));
    send(one);
  };
  const expireOne = (reply: ServerResponse): void => {
    reply.end(`${JSON.stringify({ type: 'ERROR', object: statusOf(410, 'Expired') })}\n`);
  };
  /** The open watches, to which nothing more is sent. */
  const takeWatches = (): OpenWatch[] => {
    const taken = [...watches];
    watches.clear();
    return taken;
  };
  return {
    watch,
    sendAll() {
      for (const one of watches) send(one);
    },
    loseRemovals: (lose) => void (losing = lose),
    sendBookmark(version) {
      for (const one of watches) {
        one.version = version;
        writeLine(one, {
          type: 'BOOKMARK',
          object: { kind: 'ConfigMap', metadata: { resourceVersion: String(version) } },
        });
      }
    },
    cut(inside) {
      for (const { reply } of takeWatches()) {
        if (inside) reply.write('{"type":"MODIFIED","object":{"metadata":{"name":"ha', () => reply.destroy());
        else reply.end();
      }
    },
    expire() {
      for (const { reply } of takeWatches()) expireOne(reply);
    },
    openWatches: () => watches.size,
  };
}

/** Access without credentials over plain HTTP, to a server of a test. */
export function plainAccess(port: number): KubeAccess {
  const tls = { ca: null, certificate: null, key: null, serverName: null, insecure: false };
  return {
    server: `http://127.0.0.1:${port}`,
    namespace: 'test',
    credentials: () => Promise.resolve({ tls, authorization: null }),
    reload: () => undefined,
  };
}

export function refuse(reply: ServerResponse, status: number, reason: string, retryAfter?: string): void {
  reply.writeHead(status, {
    'content-type': 'application/json',
    ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
  });
  reply.end(JSON.stringify(statusOf(status, reason)));
}

function statusOf(code: number, reason: string): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', message: `by the test: ${reason}`, reason, code };
}
