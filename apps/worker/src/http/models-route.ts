import { didYouMean, KumikiError } from '@kumiki/api';
import type { Serving } from './serving.ts';

/** One model as `/v1/models` shows it, with vLLM's `max_model_len` beside the API's members. */
function describe(serving: Serving): Record<string, unknown> {
  const { model, kind } = serving.engine;
  return {
    id: serving.facts.modelName,
    object: 'model',
    created: serving.startedAt,
    owned_by: kind === 'simulated' ? 'kumiki-simulated' : 'kumiki',
    max_model_len: model.contextTokens,
  };
}

/** `GET /v1/models`. */
export function listModels(serving: Serving): unknown {
  return { object: 'list', data: [describe(serving)] };
}

/** `GET /v1/models/{id}`. Throws KumikiError `model_not_found`. */
export function getModel(serving: Serving, id: string): unknown {
  if (id === serving.facts.modelName) return describe(serving);
  throw new KumikiError(
    'model_not_found',
    { model: id, hint: didYouMean(id, [serving.facts.modelName]) },
    { param: 'model' },
  );
}
