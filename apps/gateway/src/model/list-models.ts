import { KumikiError, didYouMean, type KeyRecord, type ModelRoute, type Task } from '@kumiki/api';
import type { RouteIndex } from '../routing/route-index.ts';

/** A model as `/v1/models` shows it. */
export interface ModelObject {
  readonly id: string;
  readonly object: 'model';
  readonly created: number;
  readonly owned_by: string;
  /** An extension of OpenAI's list: what the model is for. */
  readonly kumiki: { readonly task: Task };
}

export function mayUse(key: KeyRecord, model: string): boolean {
  return key.models === null || key.models.includes(model);
}

/** The models that a key may use, aliases included, by name. */
export function listModels(routes: RouteIndex, key: KeyRecord): { object: 'list'; data: ModelObject[] } {
  const data = routes
    .routes()
    .filter(({ route }) => mayUse(key, route.model))
    .flatMap(({ route }) => [route.model, ...route.aliases].map((id) => toObject(id, route)))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return { object: 'list', data };
}

/** One model by its name or alias. A model that the key may not use is treated as unknown. */
export function retrieveModel(routes: RouteIndex, key: KeyRecord, id: string): ModelObject {
  const found = routes.find(id);
  if (found === null || !mayUse(key, found.route.model)) throw modelNotFound(routes, key, id);
  return toObject(id, found.route);
}

export function modelNotFound(routes: RouteIndex, key: KeyRecord, model: string): KumikiError {
  const known = listModels(routes, key).data.map((entry) => entry.id);
  const hint = didYouMean(model, known) || ' GET /v1/models lists what there is.';
  return new KumikiError('model_not_found', { model: model.slice(0, 255), hint }, { param: 'model' });
}

function toObject(id: string, route: ModelRoute): ModelObject {
  return { id, object: 'model', created: route.created, owned_by: route.service, kumiki: { task: route.task } };
}
