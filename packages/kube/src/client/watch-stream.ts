import type { IncomingMessage } from 'node:http';
import type { KubeObject } from '../objects/kube-object.ts';
import { type ResourceRef, listPath } from '../objects/resource-ref.ts';
import { type KubeFailure, localFailure } from './kube-result.ts';
import { type Scope, scopeQuery } from './list-pages.ts';
import { readBody } from './read-body.ts';
import { readErrorEvent, readFailure } from './read-failure.ts';
import { maxObjectBytes } from './send-call.ts';
import { DeadlineError, type Transport, interrupted } from './transport.ts';

/** How long the server keeps a watch at most; a random part of it is left out, so that watches do not end together. */
const watchTimeoutMs = 180_000;
/** A watch without a byte ends. Longer than the server's own limit, so that only a dead connection reaches it. */
const watchIdleMs = 210_000;
/** The head of a reply to a watch. */
const headDeadlineMs = 45_000;
const maxFailureBytes = 1_048_576;

export interface WatchOptions extends Scope {
  /** Events after this version. */
  readonly resourceVersion: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly idleMs?: number;
}

export type WatchEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  /** The server has sent everything up to the version of the object, which has nothing else. */
  | { readonly type: 'BOOKMARK'; readonly object: KubeObject };

/** `ended`: the server has closed the stream as it does after its timeout. */
export type WatchEnd = { readonly outcome: 'ended' } | KubeFailure;

/**
 * Watches a resource until the server, an error, the idle limit or the signal ends it. `onEvent` is called with one event
 * after the other; while it runs, nothing is read. A 410 comes as the status or as an event: both give `gone`.
 */
export async function watchStream(
  transport: Transport,
  resource: ResourceRef,
  options: WatchOptions,
  random: () => number,
  onEvent: (event: WatchEvent) => void,
): Promise<WatchEnd> {
  const controller = new AbortController();
  const end = (limitMs: number) => (): void =>
    controller.abort(new DeadlineError(`the API server has sent nothing for ${limitMs} ms`));
  const onAbort = (): void => controller.abort(options.signal?.reason);
  if (options.signal?.aborted === true) onAbort();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  const idleMs = options.idleMs ?? watchIdleMs;
  let timer = setTimeout(end(headDeadlineMs), headDeadlineMs);
  const onBytes = (): void => {
    clearTimeout(timer);
    timer = setTimeout(end(idleMs), idleMs);
  };
  try {
    const path = watchPath(resource, options, random);
    const reply = await transport.send({ method: 'GET', path, watch: true }, controller.signal);
    if (reply.outcome !== 'reply') return reply;
    onBytes();
    if (reply.status !== 200)
      return readFailure(reply.status, reply.retryAfter, (await readBody(reply.body, maxFailureBytes)) ?? '');
    return await readEvents(reply.body, onBytes, onEvent);
  } catch (error) {
    return controller.signal.aborted
      ? interrupted(controller.signal, true)
      : localFailure('unavailable', `the watch broke off: ${String(error)}`, true);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', onAbort);
  }
}

function watchPath(resource: ResourceRef, options: WatchOptions, random: () => number): string {
  const query = scopeQuery(options);
  query.set('watch', 'true');
  query.set('allowWatchBookmarks', 'true');
  query.set('resourceVersion', options.resourceVersion);
  const seconds = (options.timeoutMs ?? watchTimeoutMs) / 1000;
  query.set('timeoutSeconds', String(Math.max(1, Math.round(seconds * (1 - random() / 3)))));
  return `${listPath(resource, options.namespace ?? '')}?${query.toString()}`;
}

async function readEvents(
  body: IncomingMessage,
  onBytes: () => void,
  onEvent: (event: WatchEvent) => void,
): Promise<WatchEnd> {
  for await (const line of splitLines(body, onBytes)) {
    if (line === null) return localFailure('too_large', `an event has more than ${maxObjectBytes} bytes`, true);
    const event = JSON.parse(line) as { readonly type: string; readonly object: KubeObject };
    if (event.type === 'ERROR') return readErrorEvent(event.object);
    onEvent(event as WatchEvent);
  }
  return { outcome: 'ended' };
}

const lineFeed = 10;

/** The lines of a stream; null for one that is too long, after which nothing comes. */
async function* splitLines(body: AsyncIterable<Buffer>, onBytes: () => void): AsyncGenerator<string | null> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const bytes of body) {
    onBytes();
    let from = 0;
    for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, from)) {
      parts.push(bytes.subarray(from, at));
      const line = Buffer.concat(parts).toString('utf8');
      parts = [];
      length = 0;
      from = at + 1;
      if (line.trim() !== '') yield line;
    }
    parts.push(bytes.subarray(from));
    length += bytes.length - from;
    if (length > maxObjectBytes) {
      yield null;
      return;
    }
  }
}
