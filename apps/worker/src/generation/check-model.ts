import { didYouMean, KumikiError, type Task } from '@kumiki/api';
import type { ModelFacts } from './model-facts.ts';

/** Throws KumikiError unless the request names the model that is served and the model can do the task. */
export function checkModel(facts: ModelFacts, model: string, task: Task): void {
  if (model !== facts.modelName) {
    throw new KumikiError('model_not_found', { model, hint: didYouMean(model, [facts.modelName]) }, { param: 'model' });
  }
  if (task === facts.task) return;
  const reason = task === 'chat' ? 'this model makes embeddings only' : 'this model makes no embeddings';
  throw new KumikiError('unsupported_parameter', { param: 'model', reason });
}
