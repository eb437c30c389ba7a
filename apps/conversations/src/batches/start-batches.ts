import type { FastifyInstance } from 'fastify';
import { addBatchRoutes } from './batch-routes.ts';
import { type BatchRunner, type BatchRunnerOptions, startBatchRunner } from './batch-runner.ts';

/** Serves `/v1/batches` and drives batches. The tables must exist, and `app` must not listen yet. */
export function startBatches(app: FastifyInstance, options: BatchRunnerOptions): BatchRunner {
  addBatchRoutes(app, options);
  return startBatchRunner(options);
}
