import { get } from 'node:http';
import { z } from 'zod';

/** A later answer counts as none. */
const timeoutMs = 1_500;
/** Longest health answer; typical ones have a few hundred bytes. */
const maxAnswerBytes = 16_384;

/** The places of a worker, which are the same as long as it runs. */
export interface WorkerPlaces {
  readonly maxInFlight: number;
  readonly maxRunning: number;
}

const answerSchema = z.object({ max_running: z.int().min(1), max_waiting: z.int().nonnegative() });

/** Asks a worker's health for its places. Null when it does not tell. Never rejects. */
export function askLoad(healthUrl: string): Promise<WorkerPlaces | null> {
  return new Promise((resolve) => {
    const none = (): void => resolve(null);
    const options = { agent: false, signal: AbortSignal.timeout(timeoutMs) };
    const request = get(`${healthUrl}/health`, options, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxAnswerBytes) request.destroy();
        else chunks.push(chunk);
      });
      response.on('end', () => resolve(readAnswer(Buffer.concat(chunks).toString())));
      response.on('error', none);
      response.on('close', none);
    });
    request.on('error', none);
  });
}

function readAnswer(text: string): WorkerPlaces | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return null;
  }
  const read = answerSchema.safeParse(body);
  if (!read.success) return null;
  const { max_running: maxRunning, max_waiting: maxWaiting } = read.data;
  return { maxInFlight: maxRunning + maxWaiting, maxRunning };
}
