import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from '@kumiki/service';
import type { FinishReason } from '../answer/answer.ts';
import type { AnswerMeter } from '../generation/run-answers.ts';
import { createTokenHistogram } from './token-histogram.ts';

/** The values of the gauges when they are scraped. */
export interface WorkerGauges {
  readonly running: number;
  readonly waiting: number;
  readonly kvCacheUsage: number;
  readonly prefixCacheQueriesTotal: number;
  readonly prefixCacheHitsTotal: number;
}

export interface WorkerMetrics {
  readonly registry: Registry;
  /** @param arrivedAt when the request came, milliseconds on the monotonic clock. */
  meter(arrivedAt: number): AnswerMeter;
  /** Tokens of an embedding request. */
  embedded(tokens: number): void;
}

/** Bounds in seconds; vLLM's, with shorter ones before them for small models. */
const latencyBuckets = [
  0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160,
];
const tokenBuckets = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 10,
];
const requestBuckets = [0.05, 0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960];
const countBuckets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000];

/** Tokens are added to the counter in batches of this size. */
const flushTokens = 32;

/**
 * Metrics under vLLM's names, so that dashboards and scalers made for it work unchanged.
 * @param cache size of the KV cache in tokens and whether the engine is a simulation, shown as labels.
 */
export function createWorkerMetrics(model: string, simulated: boolean, gauges: () => WorkerGauges): WorkerMetrics {
  const registry = new Registry();
  if (simulated) registry.setDefaultLabels({ simulated: 'true' });
  collectDefaultMetrics({ register: registry });
  const labels = { model_name: model };
  const base = { registers: [registry], labelNames: ['model_name'] };
  const counter = (name: string, help: string): Counter.Internal => new Counter({ ...base, name, help }).labels(labels);
  const histogram = (name: string, help: string, buckets: number[]): Histogram.Internal<string> =>
    new Histogram({ ...base, name, help, buckets }).labels(labels);

  registerGauges(registry, labels, gauges);
  const finished = new Counter({
    name: 'vllm:request_success_total',
    help: 'Answers that ended, by the reason why they did.',
    labelNames: ['model_name', 'finished_reason'],
    registers: [registry],
  });
  const instruments: Instruments = {
    promptTokens: counter('vllm:prompt_tokens_total', 'Prompt tokens processed.'),
    generationTokens: counter('vllm:generation_tokens_total', 'Tokens generated.'),
    firstToken: histogram('vllm:time_to_first_token_seconds', 'From the request to its first token.', latencyBuckets),
    whole: histogram('vllm:e2e_request_latency_seconds', 'From the request to its last token.', requestBuckets),
    queued: histogram('vllm:request_queue_time_seconds', 'Time waiting for a sequence.', requestBuckets),
    promptSize: histogram('vllm:request_prompt_tokens', 'Prompt tokens of a request.', countBuckets),
    answerSize: histogram('vllm:request_generation_tokens', 'Tokens generated for a request.', countBuckets),
    interToken: createTokenHistogram({
      name: 'vllm:inter_token_latency_seconds',
      help: 'Between two tokens of an answer.',
      buckets: tokenBuckets,
      labels,
      registry,
    }),
    success: (reason) => finished.labels({ ...labels, finished_reason: reason }).inc(),
  };
  return {
    registry,
    meter: (arrivedAt) => createMeter(instruments, arrivedAt),
    embedded(tokens) {
      instruments.promptTokens.inc(tokens);
      instruments.promptSize.observe(tokens);
    },
  };
}

function registerGauges(registry: Registry, labels: Record<string, string>, gauges: () => WorkerGauges): void {
  const shown: [string, string, keyof WorkerGauges][] = [
    ['vllm:num_requests_running', 'Answers being generated.', 'running'],
    ['vllm:num_requests_waiting', 'Answers waiting for a sequence.', 'waiting'],
    ['vllm:kv_cache_usage_perc', 'KV cache in use: 1 is full.', 'kvCacheUsage'],
  ];
  for (const [name, help, key] of shown) {
    const collect = function collect(this: Gauge): void {
      this.set(labels, gauges()[key]);
    };
    registry.registerMetric(new Gauge({ name, help, labelNames: ['model_name'], registers: [], collect }));
  }
  const counted: [string, string, keyof WorkerGauges][] = [
    ['vllm:prefix_cache_queries_total', 'Prompt tokens looked up in the prefix cache.', 'prefixCacheQueriesTotal'],
    ['vllm:prefix_cache_hits_total', 'Prompt tokens found in the prefix cache.', 'prefixCacheHitsTotal'],
  ];
  for (const [name, help, key] of counted) {
    const collect = function collect(this: Counter): void {
      this.reset();
      this.inc(labels, gauges()[key]);
    };
    registry.registerMetric(new Counter({ name, help, labelNames: ['model_name'], registers: [], collect }));
  }
}

interface Instruments {
  readonly promptTokens: Counter.Internal;
  readonly generationTokens: Counter.Internal;
  readonly firstToken: Histogram.Internal<string>;
  readonly whole: Histogram.Internal<string>;
  readonly queued: Histogram.Internal<string>;
  readonly promptSize: Histogram.Internal<string>;
  readonly answerSize: Histogram.Internal<string>;
  readonly interToken: { observe(seconds: number): void };
  readonly success: (reason: FinishReason | 'abort' | 'error') => void;
}

function createMeter(instruments: Instruments, arrivedAt: number): AnswerMeter {
  const sinceArrival = (): number => (performance.now() - arrivedAt) / 1_000;
  /** When each choice's last token came. */
  const lastTokenAt: number[] = [];
  let unflushed = 0;
  let prompts = 0;
  let startedAt: number | null = null;
  let prefilledAt: number | null = null;

  function flush(): void {
    if (unflushed > 0) instruments.generationTokens.inc(unflushed);
    unflushed = 0;
  }

  return {
    started() {
      startedAt ??= performance.now();
      instruments.queued.observe(sinceArrival());
    },
    prefilled(_choice, promptTokens) {
      prefilledAt ??= performance.now();
      prompts += 1;
      instruments.promptTokens.inc(promptTokens);
      if (prompts === 1) instruments.promptSize.observe(promptTokens);
    },
    token(choice) {
      const now = performance.now();
      const last = lastTokenAt[choice];
      if (last === undefined) instruments.firstToken.observe((now - arrivedAt) / 1_000);
      else instruments.interToken.observe((now - last) / 1_000);
      lastTokenAt[choice] = now;
      unflushed += 1;
      if (unflushed >= flushTokens) flush();
    },
    finished(_choice, reason, tokens) {
      flush();
      instruments.success(reason);
      instruments.whole.observe(sinceArrival());
      instruments.answerSize.observe(tokens);
    },
    timings() {
      const now = performance.now();
      const begun = startedAt ?? now;
      const read = prefilledAt ?? now;
      return { queueMs: begun - arrivedAt, prefillMs: read - begun, decodeMs: now - read };
    },
  };
}
