import type { KubeAccess } from '../access/kube-access.ts';
import { type KubeObject, type ObjectKey, keyOf } from '../objects/kube-object.ts';
import { type ResourceRef, listPath, objectPath } from '../objects/resource-ref.ts';
import type { BackoffPolicy } from './backoff.ts';
import { type KubeResult, fencedFailure } from './kube-result.ts';
import { type Listed, type ListOptions, listPages } from './list-pages.ts';
import { type Sender, sendCall } from './send-call.ts';
import { type Call, createTransport } from './transport.ts';
import { type WatchEnd, type WatchEvent, type WatchOptions, watchStream } from './watch-stream.ts';

/** Between the tries of one request. */
const defaultBackoff: BackoffPolicy = { baseMs: 200, maxMs: 5_000 };

export interface KubeClientOptions {
  readonly access: KubeAccess;
  /** Owns the fields that this client applies. Each controller has its own. */
  readonly fieldManager: string;
  readonly userAgent?: string;
  readonly backoff?: BackoffPolicy;
  readonly random?: () => number;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface RemoveOptions extends CallOptions {
  /** Only this object, not a later one of the same name. */
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
}

export interface ServerVersion {
  readonly major: string;
  readonly minor: string;
  readonly gitVersion: string;
}

/** What can be done with the API server. Nothing throws for what a server or a network does; see `KubeFailure`. */
export interface KubeReader {
  /** The namespace of the context, or of the pod. */
  readonly namespace: string;
  get(resource: ResourceRef, key: ObjectKey, options?: CallOptions): Promise<KubeResult<KubeObject>>;
  list(
    resource: ResourceRef,
    options?: ListOptions,
  ): Promise<KubeResult<Listed & { readonly items: readonly KubeObject[] }>>;
  /** Page by page, so that not all objects are in memory at once. `onStart` begins the list, perhaps again. */
  listPages(
    resource: ResourceRef,
    options: ListOptions,
    on: { readonly onStart: () => void; readonly onPage: (objects: readonly KubeObject[]) => void },
  ): Promise<KubeResult<Listed>>;
  watch(resource: ResourceRef, options: WatchOptions, onEvent: (event: WatchEvent) => void): Promise<WatchEnd>;
  version(options?: CallOptions): Promise<KubeResult<ServerVersion>>;
}

export interface KubeWriter {
  readonly fieldManager: string;
  /**
   * Server-side apply: creates the object, or makes the fields of this field manager what is given. A field that
   * another manager has set differently gives `conflict` with its owner, and nothing is changed; there is no way to force it.
   */
  apply(resource: ResourceRef, object: KubeObject, options?: CallOptions): Promise<KubeResult<KubeObject>>;
  /** Server-side apply of `status`; the rest of the object is ignored by the server. */
  patchStatus(resource: ResourceRef, object: KubeObject, options?: CallOptions): Promise<KubeResult<KubeObject>>;
  /** Sets `replicas` by the subresource `scale`, which leaves their ownership with the fields' manager of that name. */
  scale(
    resource: ResourceRef,
    key: ObjectKey,
    replicas: number,
    options?: CallOptions,
  ): Promise<KubeResult<KubeObject>>;
  create(resource: ResourceRef, object: KubeObject, options?: CallOptions): Promise<KubeResult<KubeObject>>;
  /** Replaces an object as it was read: with its `resourceVersion`, `conflict` where it has changed since. */
  replace(resource: ResourceRef, object: KubeObject, options?: CallOptions): Promise<KubeResult<KubeObject>>;
  /** JSON merge patch, for what is nobody's desired state, such as the series of an Event. */
  merge(resource: ResourceRef, key: ObjectKey, patch: object, options?: CallOptions): Promise<KubeResult<KubeObject>>;
  /** Gives the object with its `deletionTimestamp` where something delays its end, else a Status. */
  remove(resource: ResourceRef, key: ObjectKey, options?: RemoveOptions): Promise<KubeResult<KubeObject>>;
}

/** What writes depend on. */
export interface WriteFence {
  /** Asked when the connection stands, immediately before the first byte of a write. False: `fenced`, and nothing is sent. */
  readonly mayWrite: () => boolean;
  /** Aborts the writes in flight. */
  readonly lost: () => AbortSignal;
}

export interface KubeClient extends KubeReader, KubeWriter {
  /** The same connections for another controller. */
  withFieldManager(fieldManager: string): KubeClient;
  /** The same client with writes that depend on something, such as a lease. */
  withFence(fence: WriteFence): KubeClient;
  close(): void;
}

export function createKubeClient(options: KubeClientOptions): KubeClient {
  const transport = createTransport({ access: options.access, userAgent: options.userAgent ?? 'kumiki' });
  const sender = {
    transport,
    backoff: options.backoff ?? defaultBackoff,
    random: options.random ?? Math.random,
  };
  return bindClient(sender, options.fieldManager, null);
}

function bindClient(sender: Sender, fieldManager: string, fence: WriteFence | null): KubeClient {
  return {
    ...createReader(sender),
    ...createWriter(sender, fieldManager, fence),
    withFieldManager: (manager) => bindClient(sender, manager, fence),
    withFence: (next) => bindClient(sender, fieldManager, next),
    close: () => sender.transport.close(),
  };
}

function createReader(sender: Sender): KubeReader {
  return {
    namespace: sender.transport.namespace,
    get: (resource, key, options = {}) => sendCall(sender, { method: 'GET', path: objectPath(resource, key) }, options),
    async list(resource, options = {}) {
      let items: KubeObject[] = [];
      const onStart = (): void => void (items = []);
      const onPage = (objects: readonly KubeObject[]): void => void items.push(...objects);
      const listed = await listPages(sender, resource, options, { onStart, onPage });
      return listed.outcome === 'ok' ? { outcome: 'ok', value: { ...listed.value, items } } : listed;
    },
    listPages: (resource, options, on) => listPages(sender, resource, options, on),
    watch: (resource, options, onEvent) => watchStream(sender.transport, resource, options, sender.random, onEvent),
    version: (options = {}) => sendCall(sender, { method: 'GET', path: '/version' }, options),
  };
}

const contentTypes = {
  json: 'application/json',
  apply: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
};

function createWriter(sender: Sender, fieldManager: string, fence: WriteFence | null): KubeWriter {
  const query = `?${new URLSearchParams({ fieldManager, fieldValidation: 'Strict' }).toString()}`;
  const applyQuery = `${query}&force=false`;
  const write = (
    method: Call['method'],
    path: string,
    type: keyof typeof contentTypes,
    content: object,
    options: CallOptions = {},
  ): Promise<KubeResult<KubeObject>> => {
    const body = { contentType: contentTypes[type], text: JSON.stringify(content) };
    if (fence === null) return sendCall(sender, { method, path, body }, options);
    const lost = fence.lost();
    const signal = options.signal === undefined ? lost : AbortSignal.any([options.signal, lost]);
    // A tenure that is over refuses before anything else is looked at.
    if (!fence.mayWrite()) return Promise.resolve(fencedFailure());
    return sendCall(sender, { method, path, body, mayBegin: fence.mayWrite }, { signal });
  };
  return {
    fieldManager,
    apply: (resource, object, options) =>
      write('PATCH', objectPath(resource, keyOf(object)) + applyQuery, 'apply', object, options),
    patchStatus(resource, object, options) {
      const { apiVersion, kind, metadata } = object;
      const status = { apiVersion, kind, metadata: nameOf(metadata), status: object['status'] };
      return write('PATCH', objectPath(resource, keyOf(object), 'status') + applyQuery, 'apply', status, options);
    },
    scale: (resource, key, replicas, options) =>
      write('PATCH', objectPath(resource, key, 'scale') + query, 'merge', { spec: { replicas } }, options),
    create: (resource, object, options) =>
      write('POST', listPath(resource, keyOf(object).namespace) + query, 'json', object, options),
    replace: (resource, object, options) =>
      write('PUT', objectPath(resource, keyOf(object)) + query, 'json', object, options),
    merge: (resource, key, patch, options) =>
      write('PATCH', objectPath(resource, key) + query, 'merge', patch, options),
    remove(resource, key, options = {}) {
      const { uid, resourceVersion, propagationPolicy = 'Background', gracePeriodSeconds, signal } = options;
      const content = {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        propagationPolicy,
        gracePeriodSeconds,
        preconditions: { uid, resourceVersion },
      };
      return write('DELETE', objectPath(resource, key), 'json', content, signal && { signal });
    },
  };
}

function nameOf({ name, namespace }: KubeObject['metadata']): object {
  return namespace === undefined ? { name } : { name, namespace };
}
