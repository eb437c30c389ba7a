import { pathTo, type Status } from '@kumiki/api';
import type { Connection } from '../client/connect.ts';
import { callJson } from '../client/http-client.ts';
import { listModels } from '../client/list-models.ts';
import { CliError } from '../host/cli-error.ts';

/**
 * The first chat model that can answer. A key without the role `admin` sees only names, so the first of these is used.
 */
export async function pickModel(connection: Connection): Promise<string> {
  const status = await callJson<Status>(connection, pathTo('/v1/kumiki/status')).catch((error: unknown) => {
    if (error instanceof CliError) return null;
    throw error;
  });
  if (status === null) {
    const [first] = await listModels(connection);
    if (first === undefined) throw new CliError(`${connection.url} offers this key no model.`);
    return first;
  }
  const chats = status.services.filter(({ manifest, models }) => manifest.spec.task === 'chat' && models.length > 0);
  const model = (chats.find(({ ready }) => ready > 0) ?? chats[0])?.models[0];
  if (model !== undefined) return model;
  throw new CliError("No chat model runs. Apply a manifest with 'task: chat', or name a model with --model.");
}
