import { pathTo, whatThereIs } from '@kumiki/api';
import type { Connection } from './connect.ts';
import { callJson, RefusedError } from './http-client.ts';

/** The models that the key of a connection may use, by name. */
export async function listModels(connection: Connection): Promise<string[]> {
  const { data } = await callJson<{ data: { id: string }[] }>(connection, pathTo('/v1/models'));
  return data.map(({ id }) => id);
}

/** Waits for an answer of a model. Where there is no such model, the refusal names those that there are. */
export async function orWhichModels<Value>(
  connection: Connection,
  model: string,
  answer: Promise<Value>,
): Promise<Value> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof RefusedError) || error.code !== 'model_not_found') throw error;
    const names = await listModels(connection);
    throw new RefusedError(`There is no model '${model}' for this key.${whatThereIs(model, names)}`, error.code);
  }
}
