import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

/** Pause between two questions of the quiet tenant. */
const pauseMs = 100;
const replyLimitMs = 60_000;

export interface TtftReport {
  /** Milliseconds from the request to its first token, one for each answer. */
  readonly ttftMs: readonly number[];
  /** Requests without a complete answer, with the reason. */
  readonly refusals: readonly string[];
}

export interface TtftOptions {
  readonly port: number;
  readonly apiKey: string;
  readonly model: string;
  readonly durationMs: number;
}

/** A tenant that sends one streamed request after another for a time. */
export async function measureTtft(options: TtftOptions): Promise<TtftReport> {
  const until = performance.now() + options.durationMs;
  const ttftMs: number[] = [];
  const refusals: string[] = [];
  for (let asked = 0; performance.now() < until; asked++) {
    const result = await ask(options, asked);
    if (typeof result === 'number') ttftMs.push(result);
    else refusals.push(result);
    await wait(pauseMs);
  }
  return { ttftMs, refusals };
}

/** The quantile of the samples. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function ask({ port, apiKey, model }: TtftOptions, asked: number): Promise<number | string> {
  // As long as a question with some context. Each begins differently, so that no prefix cache applies.
  const content = `${randomUUID()} ${asked}: ${'some words of context, '.repeat(12)}`;
  const body = JSON.stringify({ model, messages: [{ role: 'user', content }], stream: true, max_tokens: 8 });
  const headers = {
    authorization: `Bearer ${apiKey}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  const path = '/v1/chat/completions';
  return new Promise((resolve) => {
    const startedAt = performance.now();
    let firstAt: number | null = null;
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers, timeout: replyLimitMs });
    sent.on('timeout', () => sent.destroy(new Error(`no reply within ${replyLimitMs} ms`)));
    sent.on('error', (error) => resolve(error.message));
    sent.on('response', (reply) => {
      let text = '';
      reply.setEncoding('utf8');
      reply.on('data', (piece: string) => {
        text += piece;
        if (firstAt === null && text.includes('"content":"')) firstAt = performance.now();
      });
      reply.on('error', (error) => resolve(error.message));
      reply.on('end', () => {
        const whole = reply.statusCode === 200 && text.includes('data: [DONE]') && firstAt !== null;
        resolve(whole ? (firstAt ?? 0) - startedAt : `${reply.statusCode} ${text.slice(0, 300)}`);
      });
    });
    sent.end(body);
  });
}
