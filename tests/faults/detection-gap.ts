import assert from 'node:assert/strict';
import { pause, readStream, streamAgent } from '@kumiki/testing';
import { startProduct } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';
import { countContinuations } from './count-continuations.ts';

export interface DetectionGap {
  /** Streams that continued at the other worker. */
  readonly moved: number;
  /** The longest wait between two events of any stream: detection, choice of another worker, prefill, first token. */
  readonly longestGapMs: number;
}

const streams = 30;
const beforeFaultMs = 1_000;
/** Long enough that all streams are open when the fault happens. */
const tokens = 150;
const interTokenLatencyMs = 20;

/** Sends a signal to one of two workers during thirty streams, and measures what their clients see. */
export async function detectionGap(signal: 'SIGKILL' | 'SIGSTOP'): Promise<DetectionGap> {
  const model = simulatedModel('detection', { replicas: 2, interTokenLatencyMs });
  await using product = await startProduct([model]);
  const agent = streamAgent();
  const body = {
    model: model.model,
    messages: [{ role: 'user', content: 'Tell me something.' }],
    temperature: 0,
    max_completion_tokens: tokens,
  };
  const reading = Array.from({ length: streams }, () =>
    readStream({ port: product.port, apiKey: product.apiKey, body, agent }),
  );
  await pause(beforeFaultMs);
  product.workers()[0]?.signal(signal);
  const records = await Promise.all(reading);
  agent.destroy();
  for (const { fault } of records) assert.equal(fault, null);
  return {
    moved: await countContinuations(product),
    longestGapMs: Math.max(...records.map(({ longestGapMs }) => longestGapMs)),
  };
}

export function describeGap(gap: DetectionGap): string {
  return `${gap.moved} streams moved, the longest wait was ${gap.longestGapMs.toFixed(0)} ms`;
}
