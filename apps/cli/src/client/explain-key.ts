import { type ApiKey, pathTo, whatThereIs } from '@kumiki/api';
import type { Connection } from './connect.ts';
import { callJson, RefusedError } from './http-client.ts';

/**
 * Waits for an answer about a key. Where there is no such key, the refusal names those that there are, to those who may list them.
 */
export async function orWhichKeys<Value>(connection: Connection, id: string, answer: Promise<Value>): Promise<Value> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof RefusedError) || error.code !== 'not_found') throw error;
    const list = callJson<{ data: ApiKey[] }>(connection, pathTo('/v1/kumiki/keys'));
    const keys = await list.catch(() => null);
    throw keys === null ? error : new RefusedError(noSuchKey(id, keys.data), error.code);
  }
}

/** Keys are named by id, since several may have one name. */
function noSuchKey(given: string, keys: readonly Pick<ApiKey, 'id' | 'name'>[]): string {
  const named = keys.filter(({ name }) => name === given).map(({ id }) => id);
  if (named.length > 0) return `There is no key with the id '${given}'. The id of '${given}' is ${named.join(' or ')}.`;
  const names = new Map(keys.map(({ id, name }) => [id, name]));
  const hint = whatThereIs(given, names.keys(), (id) => `${id} (${names.get(id)})`);
  return `There is no key '${given}'.${hint}`;
}
