import { Agent, request } from 'node:http';
import { type KvCache, kvCacheSchema } from '@kumiki/api';
import { z } from 'zod';

/** A later answer counts as none. */
export const probeTimeoutMs = 1_500;
/** Longest health answer; typical ones have a few hundred bytes. */
const maxAnswerBytes = 16_384;

const healthyAnswer = z.object({
  status: z.literal('ok'),
  running: z.int().nonnegative(),
  waiting: z.int().nonnegative(),
  max_running: z.int().nonnegative(),
  max_waiting: z.int().nonnegative(),
  simulated: z.boolean().optional(),
  kv_cache: kvCacheSchema.nullish(),
});
const otherAnswer = z.object({ status: z.enum(['starting', 'stalled', 'draining']) });

export type ProbeResult =
  | {
      readonly kind: 'ok';
      readonly running: number;
      readonly waiting: number;
      readonly maxInFlight: number;
      readonly maxRunning: number;
      readonly simulated: boolean;
      readonly kvCache: KvCache | null;
    }
  | { readonly kind: 'starting' | 'stalled' | 'draining' }
  | { readonly kind: 'silent' };

const agent = new Agent({ keepAlive: true, maxSockets: 512, maxFreeSockets: 512 });

/** Checks a worker's health once. Never rejects. */
export function probeWorker(port: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const silent = (): void => resolve({ kind: 'silent' });
    const probe = request(
      { agent, host: '127.0.0.1', port, path: '/health', signal: AbortSignal.timeout(probeTimeoutMs) },
      (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > maxAnswerBytes) probe.destroy();
          else chunks.push(chunk);
        });
        response.on('end', () => resolve(readAnswer(Buffer.concat(chunks).toString())));
        response.on('error', silent);
        response.on('close', silent);
      },
    );
    probe.on('error', silent);
    probe.end();
  });
}

function readAnswer(text: string): ProbeResult {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return { kind: 'silent' };
  }
  const healthy = healthyAnswer.safeParse(body);
  if (healthy.success) {
    const { running, waiting, max_running: maxRunning, max_waiting: maxWaiting, simulated } = healthy.data;
    const kvCache = healthy.data.kv_cache ?? null;
    const maxInFlight = maxRunning + maxWaiting;
    return { kind: 'ok', running, waiting, maxInFlight, maxRunning, simulated: simulated ?? false, kvCache };
  }
  const other = otherAnswer.safeParse(body);
  return other.success ? { kind: other.data.status } : { kind: 'silent' };
}
