import { didYouMean, KumikiError, type Task } from '@kumiki/api';
import type { Serving } from '../serving.ts';

/** Throws KumikiError unless the request names the model that is served, and the model does what is asked. */
export function checkModel(serving: Serving, model: string, task: Task): void {
  if (model !== serving.modelName) {
    throw new KumikiError(
      'model_not_found',
      { model, hint: didYouMean(model, [serving.modelName]) },
      { param: 'model' },
    );
  }
  if (task === serving.task) return;
  const reason = task === 'chat' ? 'this model makes embeddings only' : 'this model makes no embeddings';
  throw new KumikiError('unsupported_parameter', { param: 'model', reason });
}
