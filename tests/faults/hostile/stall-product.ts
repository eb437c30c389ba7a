import { seededRandom } from '@kumiki/testing';
import type { HostileBody } from './grow-body.ts';
import { routesWithBodies } from './hostile-routes.ts';
import type { ProbeTarget } from './probe-process.ts';
import { runStalls, type StallReport } from './run-stalls.ts';
import { sampleBodies } from './sample-bodies.ts';
import { chatModel, embeddingModel, type TwoProjects } from './two-projects.ts';

export interface StallProductOptions {
  readonly seed: number;
  /** Number of bodies of each route, chosen by the seed; all when absent. */
  readonly bodiesPerRoute?: number;
  /** Largest body, even if the route allows more. */
  readonly capBytes: number;
  readonly stallMs: number;
  /** Only routes whose name contains it. */
  readonly route?: string;
  /** Only a part of a route's bodies. */
  readonly part?: BodyPart;
  readonly onBody?: (line: string) => void;
}

/** One of `of` equal parts, counted from 1. */
export interface BodyPart {
  readonly part: number;
  readonly of: number;
}

/** Sends the most hostile bodies of every route, beside another tenant's small requests to every service. */
export function stallProduct(two: TwoProjects, options: StallProductOptions): Promise<StallReport> {
  const { product, loudKey, loudIds } = two;
  const random = seededRandom(options.seed);
  const { bodiesPerRoute } = options;
  const pick = (all: readonly HostileBody[]): readonly HostileBody[] => {
    const { part, of } = options.part ?? { part: 1, of: 1 };
    const bodies = all.filter((_, index) => index % of === part - 1);
    if (bodiesPerRoute === undefined) return bodies;
    const rest = [...bodies];
    const picked: HostileBody[] = [];
    while (picked.length < bodiesPerRoute && rest.length > 0) {
      picked.push(...rest.splice(Math.floor(random() * rest.length), 1));
    }
    return picked;
  };
  return runStalls({
    port: product.port,
    apiKeyFor: ({ row }) => (row.role === 'admin' ? product.adminKey : loudKey),
    routes: routesWithBodies(loudIds).filter(({ name }) => name.includes(options.route ?? '')),
    samples: sampleBodies({ chatModel, embeddingModel, file: loudIds['file'] ?? '', store: loudIds['store'] ?? '' }),
    probes: probesOf(two),
    stallMs: options.stallMs,
    capBytes: options.capBytes,
    pick,
    ...(options.onBody === undefined ? {} : { onBody: options.onBody }),
  });
}

/** A small request to each process and thread that other tenants use. */
function probesOf({ product, quietKey, quietIds }: TwoProjects): ProbeTarget[] {
  const get = (name: string, path: string, apiKey = quietKey): ProbeTarget => {
    return { name, method: 'GET', path, apiKey, streamBody: null };
  };
  const messages = [{ role: 'user', content: 'Say something.' }];
  const streamBody = JSON.stringify({ model: chatModel, messages, stream: true, max_tokens: 200 });
  return [
    get('the list of models', '/v1/models'),
    get('a conversation', `/v1/conversations/${quietIds['conversation']}`),
    get('a vector store', `/v1/vector_stores/${quietIds['store']}`),
    get('the status', '/v1/kumiki/status', product.adminKey),
    { name: 'a stream', method: 'POST', path: '/v1/chat/completions', apiKey: quietKey, streamBody },
  ];
}
