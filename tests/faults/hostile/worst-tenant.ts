import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { measureTtft, quantile } from './measure-ttft.ts';
import { sampleBodies } from './sample-bodies.ts';
import { chatModel, embeddingModel, type TwoProjects } from './two-projects.ts';
import type { WorstJob, WorstReport } from './worst-process.ts';

export interface WorstTenantOptions {
  readonly seed: number;
  readonly aloneMs: number;
  readonly besideMs: number;
}

export interface WorstTenantReport {
  /** The p95 of the quiet tenant's time to first token, in milliseconds. */
  readonly aloneP95Ms: number;
  readonly besideP95Ms: number;
  readonly answers: number;
  readonly refusals: readonly string[];
  readonly death: string | null;
  /** The replies to the hostile tenant. */
  readonly worst: WorstReport['replies'];
}

/** Measures a quiet tenant alone, and then beside a hostile one. */
export async function besideWorstTenant(two: TwoProjects, options: WorstTenantOptions): Promise<WorstTenantReport> {
  const { product, quietKey, loudKey, loudIds } = two;
  const asking = { port: product.port, apiKey: quietKey, model: chatModel };
  const alone = await measureTtft({ ...asking, durationMs: options.aloneMs });
  const samples = sampleBodies({
    chatModel,
    embeddingModel,
    file: loudIds['file'] ?? '',
    store: loudIds['store'] ?? '',
  });
  const job: WorstJob = {
    port: product.port,
    apiKey: loudKey,
    model: chatModel,
    seed: options.seed,
    samples: [...samples]
      .map(([name, sample]) => [name.split(' ')[1] ?? '', sample] as const)
      .filter(([path]) => !path.includes(':') && !path.startsWith('/v1/kumiki')),
    floods: 64,
    slowConnections: 200,
    backgroundResponses: 1_000,
  };
  const worst = fork(fileURLToPath(new URL('./worst-process.ts', import.meta.url)), { stdio: 'inherit' });
  let replies: WorstReport['replies'] = [];
  worst.on('message', (message) => {
    replies = (message as WorstReport).replies;
  });
  worst.send(job);
  try {
    const beside = await measureTtft({ ...asking, durationMs: options.besideMs });
    return {
      aloneP95Ms: quantile(alone.ttftMs, 0.95),
      besideP95Ms: quantile(beside.ttftMs, 0.95),
      answers: alone.ttftMs.length + beside.ttftMs.length,
      refusals: [...alone.refusals, ...beside.refusals],
      death: await product.firstDeath(),
      worst: replies,
    };
  } finally {
    worst.kill('SIGKILL');
  }
}

export function describeWorstTenant(report: WorstTenantReport): string {
  const { aloneP95Ms, besideP95Ms, answers, refusals, worst } = report;
  const replies = worst.map(([what, status, count]) => `${what} ${count} × ${status}`).join(', ');
  return (
    `${answers} answers to the quiet tenant, first token p95 ${Math.round(aloneP95Ms)} ms alone and ` +
    `${Math.round(besideP95Ms)} ms beside the worst (${(besideP95Ms / aloneP95Ms).toFixed(2)} times), ` +
    `${refusals.length} refused; the worst got: ${replies}`
  );
}
