import { isSecretValue } from '@kumiki/api';
import { createWorkQueue, type KubeObject, type KubeReader, resources } from '@kumiki/kube';

/** Secrets that are read at once. */
const concurrency = 8;
/** Between two attempts to read one that cannot be read. */
const backoff = { baseMs: 500, maxMs: 30_000 };
/** One that is not there, or not yet the right one, is looked for again after this time. */
const absentMs = 2_000;
/** A value that may be exchanged is read again after this time. */
const refreshMs = 300_000;

/** One value of a Secret. */
export interface SecretWish {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  /** The uid of the object that must own the Secret, whose value then never changes; null for Secrets of people. */
  readonly owner: string | null;
}

export interface SecretValues {
  /** Reads what is wanted and not known, and forgets everything else. */
  want(wishes: readonly SecretWish[]): void;
  /** Null where the Secret has no such value; undefined while it is not known. */
  valueOf(wish: SecretWish): string | null | undefined;
  /** How many of those that are wanted were never tried. */
  untried(): number;
  stop(): Promise<void>;
}

/** Reads Secrets by their names, each when it is first wanted. @param onChange a value has come or has changed. */
export function createSecretValues(client: KubeReader, onChange: () => void): SecretValues {
  let wanted = new Map<string, SecretWish>();
  const values = new Map<string, string | null>();
  const tried = new Set<string>();
  const learn = (id: string, value: string | null): void => {
    if (values.get(id) === value && values.has(id)) return;
    values.set(id, value);
    onChange();
  };
  const queue = createWorkQueue({
    concurrency,
    backoff,
    async handle(id, signal) {
      const wish = wanted.get(id);
      if (wish === undefined) return { outcome: 'done' };
      const { namespace, name, key, owner } = wish;
      const read = await client.get(resources.secrets, { namespace, name }, { signal });
      if (!wanted.has(id)) return { outcome: 'done' };
      const isFirst = !tried.has(id);
      tried.add(id);
      if (isFirst) onChange();
      if (read.outcome !== 'ok' && read.outcome !== 'not_found') {
        return { outcome: 'failed', retryAfterMs: read.retryAfterMs };
      }
      const value = read.outcome === 'ok' && isOwnedBy(read.value, owner) ? valueIn(read.value, key) : null;
      learn(id, value);
      if (value === null) return { outcome: 'again', afterMs: absentMs };
      return owner === null ? { outcome: 'again', afterMs: refreshMs } : { outcome: 'done' };
    },
  });
  return {
    want(wishes) {
      const next = new Map(wishes.map((wish) => [idOf(wish), wish]));
      for (const known of [values, tried]) for (const id of known.keys()) if (!next.has(id)) known.delete(id);
      const added = [...next.keys()].filter((id) => !wanted.has(id));
      wanted = next;
      for (const id of added) queue.add(id);
    },
    valueOf: (wish) => values.get(idOf(wish)),
    untried: () => [...wanted.keys()].filter((id) => !tried.has(id)).length,
    stop: queue.stop,
  };
}

function idOf({ namespace, name, key, owner }: SecretWish): string {
  return [namespace, name, key, owner ?? ''].join('/');
}

function isOwnedBy({ metadata }: KubeObject, owner: string | null): boolean {
  return owner === null || metadata.ownerReferences?.some(({ uid }) => uid === owner) === true;
}

/** Null where it is no text that a header can carry. */
function valueIn(secret: KubeObject, key: string): string | null {
  const data = secret['data'];
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, key)) return null;
  const encoded: unknown = (data as Record<string, unknown>)[key];
  if (typeof encoded !== 'string') return null;
  const value = Buffer.from(encoded, 'base64').toString('utf8').trim();
  return value !== '' && isSecretValue(value) ? value : null;
}
