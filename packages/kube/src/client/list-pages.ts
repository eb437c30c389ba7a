import type { KubeObject } from '../objects/kube-object.ts';
import { type ResourceRef, listPath } from '../objects/resource-ref.ts';
import { type KubeFailure, type KubeResult, localFailure } from './kube-result.ts';
import { type Sender, sendCall } from './send-call.ts';

/** Objects of one page at most. */
const pageSize = 500;
/** One page: 500 objects of 128 KiB. A page beyond it is asked for with half as many objects. */
const maxPageBytes = 67_108_864;
/** All pages together. */
const maxListedObjects = 200_000;
/** A page is read from a snapshot that the API server keeps for some minutes. */
const pageDeadlineMs = 60_000;

export interface Scope {
  /** Empty or absent for all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface ListOptions extends Scope {
  readonly signal?: AbortSignal;
  readonly pageSize?: number;
}

/** The version of the list: a watch from it misses nothing. */
export interface Listed {
  readonly resourceVersion: string;
}

interface ListBody {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly KubeObject[] | null;
}

/**
 * Lists a resource page by page, as of one version that is not older than any write before the call. Where the snapshot
 * of the pages ends meanwhile, `onStart` is called again and the list is read in one piece.
 */
export async function listPages(
  sender: Sender,
  resource: ResourceRef,
  options: ListOptions,
  { onStart, onPage }: { readonly onStart: () => void; readonly onPage: (objects: readonly KubeObject[]) => void },
): Promise<KubeResult<Listed>> {
  let size = options.pageSize ?? pageSize;
  let next = '';
  let listed = 0;
  let whole = false;
  onStart();
  for (;;) {
    const page = await readPage(sender, resource, options, whole ? 0 : size, next);
    if (page.outcome === 'gone' && next !== '') {
      whole = true;
      next = '';
      listed = 0;
      onStart();
      continue;
    }
    if (page.outcome === 'too_large' && !whole && size > 1) {
      size = Math.floor(size / 2);
      continue;
    }
    if (page.outcome !== 'ok') return page;
    const { metadata, items } = page.value;
    listed += items?.length ?? 0;
    if (listed > maxListedObjects) return tooMany(resource);
    // A list's items lack what the list says of all of them.
    onPage((items ?? []).map((item) => ({ ...item, apiVersion: resource.apiVersion, kind: resource.kind })));
    next = metadata.continue ?? '';
    if (next === '') return { outcome: 'ok', value: { resourceVersion: metadata.resourceVersion } };
  }
}

function readPage(
  sender: Sender,
  resource: ResourceRef,
  options: ListOptions,
  limit: number,
  next: string,
): Promise<KubeResult<ListBody>> {
  const query = scopeQuery(options);
  if (limit > 0) query.set('limit', String(limit));
  if (next !== '') query.set('continue', next);
  const path = `${listPath(resource, options.namespace ?? '')}?${query.toString()}`;
  return sendCall<ListBody>(
    sender,
    { method: 'GET', path },
    {
      deadlineMs: pageDeadlineMs,
      limitBytes: maxPageBytes,
      ...(options.signal && { signal: options.signal }),
    },
  );
}

export function scopeQuery({ labelSelector, fieldSelector }: Scope): URLSearchParams {
  const query = new URLSearchParams();
  if (labelSelector !== undefined && labelSelector !== '') query.set('labelSelector', labelSelector);
  if (fieldSelector !== undefined && fieldSelector !== '') query.set('fieldSelector', fieldSelector);
  return query;
}

function tooMany({ plural }: ResourceRef): KubeFailure {
  return localFailure('too_large', `there are more than ${maxListedObjects} ${plural}`, true);
}
