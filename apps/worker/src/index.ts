export { workerEntry } from './entry.ts';
export { createFaults, type Faults } from './engine/simulated/faults.ts';
export { startWorker, type Worker, type WorkerEvent, type WorkerOptions } from './start-worker.ts';
