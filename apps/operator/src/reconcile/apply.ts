import type { KubeFailure, KubeObject, KubeResult, KubeWriter, ResourceRef } from '@kumiki/kube';
import type { Observed, OwnedKind, OwnedObject } from '../cluster/observed.ts';
import { tokenSecret } from '../objects/desired-objects.ts';
import type { Write } from './plan.ts';

export interface ApplyPort {
  readonly client: KubeWriter;
  readonly resources: Readonly<Record<OwnedKind, ResourceRef>>;
  newToken(): string;
  /** The reply to a write of an object of this kind. */
  wrote(kind: OwnedKind, reply: KubeObject): void;
  removed(object: OwnedObject): void;
  note(write: Write, failure: KubeFailure | null): void;
}

export type Applied =
  | { readonly outcome: 'ok' }
  /** The API server refuses it, and will again: a person has to do something. */
  | { readonly outcome: 'refused'; readonly why: string }
  /** It may go better later. */
  | { readonly outcome: 'failed'; readonly retryAfterMs: number | null };

const transient: ReadonlySet<KubeFailure['outcome']> = new Set([
  'unavailable',
  'throttled',
  'fenced',
  'aborted',
  'gone',
  'exists',
  'not_found',
  'unauthorized',
]);

/** Does the writes of a plan in their order, until one fails: what follows may depend on it. */
export async function applyWrites(writes: readonly Write[], observed: Observed, port: ApplyPort): Promise<Applied> {
  for (const write of writes) {
    const result = await applyOne(write, observed, port);
    port.note(write, result.outcome === 'ok' ? null : result);
    if (result.outcome === 'ok') continue;
    if (transient.has(result.outcome)) return { outcome: 'failed', retryAfterMs: result.retryAfterMs };
    return { outcome: 'refused', why: describeRefusal(write, result) };
  }
  return { outcome: 'ok' };
}

async function applyOne(write: Write, { service }: Observed, port: ApplyPort): Promise<KubeResult<KubeObject>> {
  const { client, resources } = port;
  if (write.kind === 'remove') {
    const { kind, namespace, name, uid } = write.object;
    const result = await client.remove(resources[kind], { namespace, name }, { uid });
    if (result.outcome === 'ok') port.removed(write.object);
    return result;
  }
  const [kind, sent] = ((): [OwnedKind, Promise<KubeResult<KubeObject>>] => {
    switch (write.kind) {
      case 'apply': {
        const own = write.object.kind as OwnedKind;
        return [own, client.apply(resources[own], write.object)];
      }
      case 'token':
        return ['Secret', client.create(resources.Secret, tokenSecret(service, port.newToken()))];
      case 'scale': {
        const key = { namespace: service.namespace, name: write.name };
        return ['Deployment', client.scale(resources.Deployment, key, write.size)];
      }
    }
  })();
  const result = await sent;
  if (result.outcome === 'ok') port.wrote(kind, result.value);
  return result;
}

/** A sentence of what was refused and who stands in the way. Never holds what a Secret holds. */
function describeRefusal(write: Write, { outcome, conflicts, message }: KubeFailure): string {
  const what = nameOf(write);
  const [first] = conflicts;
  if (outcome === 'conflict' && first !== undefined) {
    return `The field ${first.field} of ${what} belongs to '${first.manager || 'another manager'}', which has set it differently. Let it go there, or remove the object.`;
  }
  return `Kubernetes refuses ${what}: ${write.kind === 'token' ? outcome : message.replace(/\.?$/, '.')}`;
}

function nameOf(write: Write): string {
  switch (write.kind) {
    case 'apply':
      return `the ${write.object.kind} '${write.object.metadata.name}'`;
    case 'token':
      return 'the Secret of the workers';
    case 'scale':
      return `the size of the Deployment '${write.name}'`;
    case 'remove':
      return `the removal of the ${write.object.kind} '${write.object.name}'`;
  }
}
