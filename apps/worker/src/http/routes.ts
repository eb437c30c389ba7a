import { didYouMean, KumikiError } from '@kumiki/api';
import type { Faults } from '../engine/simulated/faults.ts';
import { answerChat, answerCompletions } from './answers-route.ts';
import { answerEmbeddings } from './embeddings-route.ts';
import { replyJson, replyText } from './error-reply.ts';
import type { Exchange } from './exchange.ts';
import { orderFault } from './faults-route.ts';
import { getModel, listModels } from './models-route.ts';
import type { Serving } from './serving.ts';
import type { WorkerIdentity, WorkerState } from './worker-state.ts';

export interface RoutingOptions {
  readonly health: () => { readonly status: number; readonly body: unknown };
  readonly identity: WorkerIdentity;
  readonly state: () => WorkerState;
  /** Throws KumikiError `invalid_api_key`. */
  readonly checkToken: (authorization: string | undefined) => void;
  readonly faults: Faults | null;
}

type Method = 'GET' | 'POST';

const answers: Readonly<Record<string, (serving: Serving, exchange: Exchange) => Promise<void>>> = {
  '/v1/chat/completions': answerChat,
  '/v1/completions': answerCompletions,
  '/v1/embeddings': answerEmbeddings,
};
const readable = ['/health', '/metrics', '/v1/models'];
const paths = [...Object.keys(answers), ...readable];

/** Answers one request. Throws KumikiError when it refuses. */
export async function route(options: RoutingOptions, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  if (path === '/health') {
    requireMethod(exchange, path, 'GET');
    const health = options.health();
    return replyJson(response, health.status, health.body);
  }
  options.checkToken(request.headers.authorization);
  if (path === '/simulated/faults' && options.faults !== null) return orderFault(options.faults, exchange);
  const answer = Object.hasOwn(answers, path) ? answers[path] : undefined;
  if (answer !== undefined) {
    requireMethod(exchange, path, 'POST');
    const serving = servingNow(options);
    serving.preparing.add(exchange);
    serving.onLoad();
    try {
      return await answer(serving, exchange);
    } finally {
      serving.preparing.delete(exchange);
      serving.onLoad();
    }
  }
  if (path !== '/metrics' && path !== '/v1/models' && !path.startsWith('/v1/models/')) {
    throw new KumikiError('unknown_route', { method: request.method ?? '', path, hint: didYouMean(path, paths) });
  }
  requireMethod(exchange, path, 'GET');
  const serving = servingNow(options);
  if (path === '/v1/models') return replyJson(response, 200, listModels(serving));
  if (path !== '/metrics') return replyJson(response, 200, getModel(serving, modelId(path)));
  const { registry } = serving.metrics;
  replyText(response, 200, await registry.metrics(), registry.contentType);
}

function modelId(path: string): string {
  try {
    return decodeURIComponent(path.slice('/v1/models/'.length));
  } catch {
    throw new KumikiError('invalid_value', { param: 'model', reason: 'its percent signs encode nothing' });
  }
}

function requireMethod({ request }: Exchange, path: string, allowed: Method): void {
  if (request.method === allowed || (request.method === 'HEAD' && allowed === 'GET')) return;
  throw new KumikiError('method_not_allowed', { method: request.method ?? '', path, allowed });
}

/** The model, if requests may go to it. Throws KumikiError `service_unavailable` or `draining`. */
function servingNow({ state, faults, identity }: RoutingOptions): Serving {
  const now = state();
  const retry = { retryAfterMs: 1_000 };
  switch (now.phase) {
    case 'serving':
      if (faults?.strikes('refuse') === true) {
        throw new KumikiError('service_unavailable', { reason: 'A simulated fault refuses requests' }, retry);
      }
      return now.serving;
    case 'draining':
      throw new KumikiError('draining', {}, retry);
    case 'starting':
      throw new KumikiError('service_unavailable', { reason: `${identity.modelName} is still being loaded` }, retry);
    case 'failed':
      throw new KumikiError('service_unavailable', { reason: `${identity.modelName} could not be loaded` }, retry);
  }
}
