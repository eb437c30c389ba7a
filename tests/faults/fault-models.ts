import type { ModelOptions } from '../product/product.ts';
import { demoChat } from '../product/product.ts';
import { simulatedModel } from '../product/simulated-model.ts';

/** Queue for every stream on the one worker that is always spared. */
const maxWaiting = 512;

export const simulatedFleet: ModelOptions = simulatedModel('simulated-fleet', {
  replicas: 3,
  interTokenLatencyMs: 40,
  maxSequences: 256,
  maxWaiting,
});

export const demoFleet: ModelOptions = {
  ...demoChat,
  model: 'demo-fleet',
  engine: { ...demoChat.engine, maxSequences: 16, maxWaiting },
  replicas: 3,
};

/** Slow enough that faults happen during its answers, with capacity for fifty on one worker. */
export const durableModel: ModelOptions = simulatedModel('durable', { interTokenLatencyMs: 10 });

/** So slow that fifty answers can be started before the first ends. */
export const slowModel: ModelOptions = simulatedModel('durable-slow', { interTokenLatencyMs: 50 });
